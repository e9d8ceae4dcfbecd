package org.csmoe.model;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.csmoe.CsMoeException;

/** Lets threads run the network one at a time, in the order in which they came. */
final class Turns {
  private final ReentrantLock lock = new ReentrantLock(true);

  /**
   * Waits for its turn and runs.
   *
   * @throws CsMoeException when the thread is interrupted while it waits; it stays interrupted
   */
  <T> T take(Supplier<T> work) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CsMoeException("interrupted while waiting to run the network", e);
    }
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for its turn whatever interrupts it, and runs. */
  void takeUninterruptibly(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }
}
