package org.csmoe.sampling.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.ProgressListener;

/** Work on pairs in independent parts, done by the calling thread and whoever helps it. */
final class PairTasks {
  private static final String STAGE = "distances";

  private final Executor helpers;
  private final ProgressListener progress;
  private final List<Result<?>> results = new ArrayList<>();
  private long total;

  PairTasks(Executor helpers, ProgressListener progress) {
    this.helpers = helpers;
    this.progress = progress;
  }

  /** What a part yields, once all have run. */
  static final class Result<T> {
    private final FutureTask<T> task;
    private final long pairs;

    private Result(FutureTask<T> task, long pairs) {
      this.task = task;
      this.pairs = pairs;
    }

    T get() {
      try {
        return task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CsMoeException("the statistics of distances were interrupted", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        if (e.getCause() instanceof Error cause) {
          throw cause;
        }
        throw new IllegalStateException(e);
      }
    }
  }

  <T> Result<T> add(long pairs, Callable<T> work) {
    Result<T> result = new Result<>(new FutureTask<>(work), pairs);
    results.add(result);
    total += pairs;
    return result;
  }

  /** Runs all; when one fails or the thread is interrupted, the others are cancelled. */
  void run() {
    try {
      results.forEach(result -> helpers.execute(result.task));
      long done = 0;
      for (Result<?> result : results) {
        // Does nothing when a helper has begun it already.
        result.task.run();
        result.get();
        done += result.pairs;
        progress.advanced(STAGE, done, total);
      }
    } finally {
      results.forEach(result -> result.task.cancel(true));
    }
  }
}
