package org.csmoe.sampling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was left out and why: a count per reason and the first few examples of each. Memory does not
 * grow with the number of rows, only with the number of different reasons.
 *
 * <p>Not safe for use by several threads.
 */
public final class Rejections {
  /** How many examples of each reason are kept. */
  public static final int EXAMPLES = 5;

  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, List<String>> examples = new TreeMap<>();

  /** Nothing rejected so far. */
  public Rejections() {}

  /**
   * Counts one.
   *
   * @param reason the class of the fault
   * @param example what was rejected: where, found, expected
   */
  public void add(String reason, String example) {
    counts.merge(reason, 1L, Long::sum);
    List<String> known = examples.computeIfAbsent(reason, key -> new ArrayList<>());
    if (known.size() < EXAMPLES) {
      known.add(example);
    }
  }

  /**
   * Counts several, as when work goes on from what was written down.
   *
   * @param reason the class of the fault
   * @param count how many, at least 1
   * @param first the first few; what exceeds {@link #EXAMPLES} is not kept
   */
  public void add(String reason, long count, List<String> first) {
    counts.merge(reason, count, Long::sum);
    List<String> known = examples.computeIfAbsent(reason, key -> new ArrayList<>());
    known.addAll(first.subList(0, Math.min(first.size(), EXAMPLES - known.size())));
  }

  /**
   * How many were rejected.
   *
   * @return the sum over all reasons
   */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * How many were rejected for each reason.
   *
   * @return a copy, in the order of the reasons' names
   */
  public Map<String, Long> counts() {
    return Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /**
   * The first few that were rejected for a reason.
   *
   * @param reason the reason
   * @return at most {@link #EXAMPLES}; empty for a reason that did not occur
   */
  public List<String> examples(String reason) {
    return List.copyOf(examples.getOrDefault(reason, List.of()));
  }
}
