package org.csmoe.sampling.statistics;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.internal.SharedWork;

/** Work on pairs in independent parts, with progress by pairs. */
final class PairTasks {
  private static final String STAGE = "distances";

  private final SharedWork work;
  private final ProgressListener progress;
  private long total;
  private long done;

  PairTasks(Executor helpers, ProgressListener progress) {
    work = new SharedWork("the statistics of distances", helpers);
    this.progress = progress;
  }

  <T> SharedWork.Part<T> add(long pairs, Supplier<T> task) {
    total += pairs;
    return work.add(
        () -> {
          T result = task.get();
          finished(pairs);
          return result;
        });
  }

  private synchronized void finished(long pairs) {
    done += pairs;
    progress.advanced(STAGE, done, total);
  }

  void run() {
    work.run();
  }
}
