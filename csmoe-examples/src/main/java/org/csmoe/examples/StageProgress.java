package org.csmoe.examples;

import java.io.PrintWriter;
import org.csmoe.sampling.ProgressListener;
import org.jspecify.annotations.Nullable;

/** Shows the stages of long work one after the other. */
final class StageProgress implements ProgressListener, AutoCloseable {
  private final PrintWriter messages;
  private String stage = "";
  private long shown;
  private @Nullable Progress progress;

  StageProgress(PrintWriter messages) {
    this.messages = messages;
  }

  @Override
  public synchronized void advanced(String stage, long done, long total) {
    if (progress == null || !stage.equals(this.stage) || done < shown) {
      finish();
      this.stage = stage;
      shown = 0;
      progress = new Progress(stage, total, messages);
    }
    progress.step(done - shown);
    shown = done;
  }

  /** Ends the stage that is shown. */
  synchronized void finish() {
    if (progress != null) {
      progress.close();
      progress = null;
    }
  }

  @Override
  public void close() {
    finish();
  }
}
