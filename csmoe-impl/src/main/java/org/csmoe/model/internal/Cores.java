package org.csmoe.model.internal;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.csmoe.CsMoeException;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Shares the machine's cores among all models of the process: a run takes as many as it has
 * threads, and waits until they are free, in the order in which runs came. So the threads of
 * several models never compete for a core.
 */
final class Cores {
  private static final int ALL = Runtime.getRuntime().availableProcessors();
  private static final Semaphore FREE = new Semaphore(ALL, true);

  private final int threads;

  /**
   * @param threads of each run; 0 for all cores
   */
  Cores(int threads) {
    this.threads = threads == 0 ? ALL : Math.min(threads, ALL);
  }

  /** Threads of each run. */
  int threads() {
    return threads;
  }

  /**
   * Waits for cores and runs on them.
   *
   * @throws CsMoeException when the thread is interrupted while it waits; it stays interrupted
   */
  <T> T use(Supplier<T> work) {
    try {
      FREE.acquire(threads);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CsMoeException("interrupted while waiting to run the network", e);
    }
    try {
      return threads == ALL ? work.get() : withThreads(work);
    } finally {
      FREE.release(threads);
    }
  }

  /** OpenMP's number of threads belongs to the thread that calls. */
  private <T> T withThreads(Supplier<T> work) {
    NativeOps openMp = openMp();
    int before = openMp.ompGetMaxThreads();
    openMp.setOmpNumThreads(threads);
    try {
      return work.get();
    } finally {
      openMp.setOmpNumThreads(before);
    }
  }

  private static NativeOps openMp() {
    // The holder fails for ever unless ND4J has chosen its back end first.
    Nd4j.getBackend();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }
}
