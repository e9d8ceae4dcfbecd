package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.csmoe.CsMoeException;

/** Checks that what belongs together is complete. */
final class Twins {
  private Twins() {}

  /** Fails when a name is in one folder and not in the other. */
  static void requireEqual(
      Path first, Collection<String> firstNames, Path second, Collection<String> secondNames) {
    requireAll(first, firstNames, second, secondNames);
    requireAll(second, secondNames, first, firstNames);
  }

  private static void requireAll(
      Path first, Collection<String> names, Path second, Collection<String> others) {
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(new HashSet<>(others));
    if (!missing.isEmpty()) {
      throw new CsMoeException(
          "%s: found %s without its twin in %s (%d of %d have none); give onlySensor to do without twins"
              .formatted(first, missing.iterator().next(), second, missing.size(), names.size()));
    }
  }
}
