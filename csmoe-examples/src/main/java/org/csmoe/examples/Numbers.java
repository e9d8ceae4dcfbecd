package org.csmoe.examples;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks numbers that options are given. */
final class Numbers {
  private Numbers() {}

  /**
   * Checks that an option counts something.
   *
   * @throws ParameterException when the value is below 1
   */
  static void requirePositive(CommandSpec spec, String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least 1 but was %d".formatted(option, value));
    }
  }
}
