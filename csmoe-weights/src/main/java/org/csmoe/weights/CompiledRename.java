package org.csmoe.weights;

import java.io.Serial;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.csmoe.WeightFormatException;

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
      throw failure(name, "%d characters".formatted(name.length()), "at most " + MAX_NAME);
    }
    try {
      return pattern.matcher(new Bounded(name)).replaceAll(rule.replacement());
    } catch (TooManySteps | StackOverflowError e) {
      throw (WeightFormatException)
          failure(name, "endless backtracking", "a simpler pattern").initCause(e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw (WeightFormatException)
          failure(name, String.valueOf(e.getMessage()), "groups of the pattern as $1").initCause(e);
    }
  }

  private WeightFormatException failure(String name, String found, String expected) {
    return new WeightFormatException(
        "Rename pattern %s to %s, applied to %s: found %s; expected %s"
            .formatted(
                WeightFile.quote(rule.pattern()),
                WeightFile.quote(rule.replacement()),
                WeightFile.quote(name),
                found,
                expected));
  }

  private static final class TooManySteps extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;
  }

  /** Text that ends a match which looks at characters too often, whatever the pattern. */
  private static final class Bounded implements CharSequence {
    private final String text;
    private int stepsLeft = MAX_STEPS;

    Bounded(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (--stepsLeft < 0) {
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
