package org.csmoe.compiler.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.csmoe.compiler.internal.Emitter.Binary;

/**
 * Differentiation in reverse mode. While the graph is lowered, each value that depends on what is
 * differentiated for notes how it passes its gradient on; {@link #rewind} then does so from the
 * last one to the first.
 *
 * <p>A gradient is of the shape of its value, or has sizes of 1 where it is the same throughout.
 */
final class Tape {
  private final Emitter emit;
  private final Set<String> active;
  private final Deque<Runnable> rules = new ArrayDeque<>();
  private final Map<String, Gradient> gradients = new HashMap<>();

  /** What was passed to a value so far. */
  private static final class Gradient {
    private final List<View> wholes = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
  }

  /**
   * The gradient of a slice.
   *
   * @param begin first index in each dimension of the value
   * @param end last index in each dimension plus 1
   * @param place where the slice lies in the dense value
   * @param gradient of the slice, of its shape
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Part(long[] begin, long[] end, View place, View gradient) {
    private boolean isApartFrom(Part other) {
      for (int i = 0; i < begin.length; i++) {
        if (end[i] <= other.begin[i] || other.end[i] <= begin[i]) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * @param active names of the values that depend on what is differentiated for
   */
  Tape(Emitter emit, Set<String> active) {
    this.emit = emit;
    this.active = active;
  }

  boolean isActive(String value) {
    return active.contains(value);
  }

  /** Notes how a value passes its gradient on. */
  void record(String value, long[] shape, Consumer<View> rule) {
    recordCompact(value, shape, dy -> rule.accept(emit.broadcast(dy, shape)));
  }

  /** The same for a rule that can do with sizes of 1. */
  void recordCompact(String value, long[] shape, Consumer<View> rule) {
    if (isActive(value)) {
      rules.push(() -> gradient(value, shape).ifPresent(rule));
    }
  }

  /** Adds to a value's gradient, if that is wanted. */
  void add(String value, Supplier<View> gradient) {
    if (isActive(value)) {
      gradients.computeIfAbsent(value, any -> new Gradient()).wholes.add(gradient.get());
    }
  }

  /** Adds to the gradient of part of a value. */
  void addPart(String value, Part part) {
    gradients.computeIfAbsent(value, any -> new Gradient()).parts.add(part);
  }

  /** Writes the kernels of the way back. */
  void rewind() {
    while (!rules.isEmpty()) {
      rules.pop().run();
    }
  }

  /** The gradient of a value; empty if nothing was passed to it. */
  Optional<View> gradient(String value, long[] shape) {
    Gradient gradient = gradients.get(value);
    if (gradient == null) {
      return Optional.empty();
    }
    Optional<View> whole = gradient.wholes.stream().reduce((a, b) -> emit.binary(Binary.ADD, a, b));
    return gradient.parts.isEmpty() ? whole : Optional.of(joined(gradient.parts, whole, shape));
  }

  private View joined(List<Part> parts, Optional<View> whole, long[] shape) {
    if (whole.isEmpty() && isPartition(parts, View.product(shape))) {
      View sum = View.inArena(shape);
      parts.forEach(part -> emit.copy(part.gradient(), part.place().on(sum)));
      return sum;
    }
    View sum = emit.changeable(emit.broadcast(whole.orElseGet(() -> emit.filled(0, shape)), shape));
    parts.forEach(part -> emit.addInto(part.place().on(sum), part.gradient()));
    return sum;
  }

  private static boolean isPartition(List<Part> parts, long length) {
    long sum = parts.stream().mapToLong(part -> part.gradient().length()).sum();
    for (int i = 0; i < parts.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!parts.get(i).isApartFrom(parts.get(j))) {
          return false;
        }
      }
    }
    return sum == length;
  }
}
