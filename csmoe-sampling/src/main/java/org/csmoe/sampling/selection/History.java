package org.csmoe.sampling.selection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some of the generations of a search: evenly spaced, at most a few hundred, and the last one. */
final class History {
  private static final int CAPACITY = 256;

  private final List<Generation> kept = new ArrayList<>();
  private int stride = 1;
  private @Nullable Generation last;

  void add(Generation generation) {
    last = generation;
    if (generation.number() % stride != 0) {
      return;
    }
    kept.add(generation);
    if (kept.size() > CAPACITY) {
      stride *= 2;
      kept.removeIf(old -> old.number() % stride != 0);
    }
  }

  List<Generation> toList() {
    List<Generation> all = new ArrayList<>(kept);
    if (last != null && !kept.contains(last)) {
      all.add(last);
    }
    return all;
  }
}
