package org.csmoe.examples;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.csmoe.training.TrainingListener;

/** Shows a training: a bar of its steps, and a line for each epoch. */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private final PrintWriter messages;
  private final Progress progress;
  private long shown;

  TrainingProgress(long steps, PrintWriter messages) {
    this.messages = messages;
    this.progress = new Progress("training", steps, messages);
  }

  @Override
  public void begins(long step) {
    if (step > 0) {
      messages.println("going on after step " + step);
      messages.flush();
    }
    shown = step;
    progress.step(step);
  }

  @Override
  public void stepped(Step step) {
    progress.step(step.step() - shown);
    shown = step.step();
  }

  @Override
  public void epochEnded(Epoch epoch) {
    messages.printf(
        Locale.ROOT,
        "epoch %d of %d: training %s%s%s%n",
        epoch.epoch() + 1,
        epoch.epochs(),
        text(epoch.training()),
        epoch.validation().isEmpty() ? "" : "; validation " + text(epoch.validation()),
        epoch.best() ? " *" : "");
    messages.flush();
  }

  private static String text(Map<String, Double> values) {
    return values.entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%s %.4f", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    progress.close();
  }
}
