package org.csmoe.sampling.selection;

/** Checks that all selectors share. */
final class Selectors {
  private Selectors() {}

  static void requireTarget(Members members, int target) {
    if (target < 1 || target >= members.size()) {
      throw new IllegalArgumentException(
          "target must be in 1..%d, less than the members of the stratum, but was %d"
              .formatted(members.size() - 1, target));
    }
  }
}
