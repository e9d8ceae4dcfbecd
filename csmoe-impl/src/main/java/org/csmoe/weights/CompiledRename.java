package org.csmoe.weights;

import java.io.Serial;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.csmoe.WeightFormatException;
import org.jspecify.annotations.Nullable;

/** A rename rule with its pattern compiled and its work bounded. */
final class CompiledRename {
  private static final int MAX_PATTERN = 1000;
  private static final int MAX_NAME = 4096;
  private static final int MAX_STEPS = 1_000_000;

  private final NameMapping.Rename rule;
  private final Pattern pattern;

  CompiledRename(NameMapping.Rename rule) {
    this.rule = rule;
    if (rule.pattern().length() > MAX_PATTERN) {
      throw new WeightFormatException(
          "Rename pattern %s: found %d characters; expected at most %d"
              .formatted(WeightFile.quote(rule.pattern()), rule.pattern().length(), MAX_PATTERN));
    }
    try {
      pattern = Pattern.compile(rule.pattern());
    } catch (PatternSyntaxException e) {
      throw new WeightFormatException(
          "Rename pattern %s: found %s at character %d; expected a regular expression"
              .formatted(WeightFile.quote(rule.pattern()), e.getDescription(), e.getIndex()),
          e);
    }
  }

  String apply(String name) {
    if (name.length() > MAX_NAME) {
      throw failure(name, "%d characters".formatted(name.length()), "at most " + MAX_NAME, null);
    }
    try {
      return pattern
          .matcher(new Bounded(name, new int[] {MAX_STEPS}))
          .replaceAll(rule.replacement());
    } catch (TooManySteps | StackOverflowError e) {
      throw failure(name, "endless backtracking", "a simpler pattern", e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw failure(name, String.valueOf(e.getMessage()), "groups of the pattern as $1", e);
    }
  }

  private WeightFormatException failure(
      String name, String found, String expected, @Nullable Throwable cause) {
    return new WeightFormatException(
        "Rename pattern %s to %s, applied to %s: found %s; expected %s"
            .formatted(
                WeightFile.quote(rule.pattern()),
                WeightFile.quote(rule.replacement()),
                WeightFile.quote(name),
                found,
                expected),
        cause);
  }

  private static final class TooManySteps extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;
  }

  /** Text that ends a match which looks at characters too often, whatever the pattern. */
  private record Bounded(String text, int[] stepsLeft) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (--stepsLeft[0] < 0) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
