package org.csmoe.examples;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A progress bar on a terminal, a line per minute elsewhere. */
final class Progress implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final String task;
  private final long total;
  private final PrintWriter messages;
  private final @Nullable ProgressBar bar;
  private long done;
  private Instant next = Instant.now().plus(EVERY);

  /** Progress of work of {@code total} steps, or -1 when that is not known. */
  Progress(String task, long total, PrintWriter messages) {
    this.task = task;
    this.total = total;
    this.messages = messages;
    this.bar =
        isTerminal()
            ? new ProgressBarBuilder().setTaskName(task).setInitialMax(total).build()
            : null;
  }

  /** Since Java 22 there is a console without a terminal, too, and a method that tells. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  void step(long steps) {
    done += steps;
    if (bar != null) {
      bar.stepBy(steps);
    } else if (Instant.now().isAfter(next)) {
      next = Instant.now().plus(EVERY);
      messages.println(task + ": " + done + (total < 0 ? "" : " of " + total));
      messages.flush();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
