package org.csmoe.sampling.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.csmoe.CsMoeException;
import org.jspecify.annotations.Nullable;

/**
 * Independent parts of one piece of work, done by the calling thread and by whoever helps it. Since
 * the caller takes every part that nobody else has begun, it waits for running parts alone: an
 * executor that drops tasks, is shut down, or is the pool that the caller itself runs in, cannot
 * make it wait for ever.
 *
 * <p>When a part fails, or the caller is interrupted, no further part begins, helpers in a part are
 * interrupted, and {@link #run()} throws when the last of them has left. An interrupt from here
 * does not outlast the part on a helper's thread.
 *
 * <p>Made, filled and run by one thread.
 */
public final class SharedWork {
  private final String name;
  private final Executor helpers;
  private final Thread owner = Thread.currentThread();
  private final List<Part<?>> parts = new ArrayList<>();
  private final Set<Thread> working = new HashSet<>();
  private final Set<Thread> stopped = new HashSet<>();
  private int next;
  private volatile @Nullable Throwable failure;

  /**
   * Work without parts yet.
   *
   * @param name what it is, for messages
   * @param helpers who helps; it stays the caller's
   */
  public SharedWork(String name, Executor helpers) {
    this.name = name;
    this.helpers = helpers;
  }

  /**
   * One part of the work.
   *
   * @param <T> what it yields
   */
  public static final class Part<T> {
    private final Supplier<T> task;
    private @Nullable T result;

    private Part(Supplier<T> task) {
      this.task = task;
    }

    private void run() {
      result = task.get();
    }

    /**
     * What the part has yielded.
     *
     * @return the result, once {@link SharedWork#run()} has returned
     */
    public T get() {
      return Objects.requireNonNull(result, "the part has not run");
    }
  }

  /**
   * Adds a part. Parts begin in the order of adding.
   *
   * @param <T> what it yields
   * @param task does it; may be run by another thread
   * @return where the result will be
   */
  public <T> Part<T> add(Supplier<T> task) {
    Part<T> part = new Part<>(task);
    parts.add(part);
    return part;
  }

  /**
   * Does all parts.
   *
   * @throws CsMoeException when the thread is interrupted, and stays so, or the executor refuses a
   *     task; what a part has thrown is thrown as it is
   */
  public void run() {
    try {
      for (int helper = 1; helper < parts.size(); helper++) {
        helpers.execute(this::doNext);
      }
    } catch (RuntimeException e) {
      fail(
          new CsMoeException(
              "%s: the executor refused a task (%s); is it shut down, or its queue shorter than %d?"
                  .formatted(name, e, parts.size()),
              e));
    }
    boolean more = true;
    while (more) {
      more = doNext();
    }
    awaitHelpers();
    if (failure instanceof RuntimeException cause) {
      throw cause;
    }
    if (failure instanceof Error cause) {
      throw cause;
    }
  }

  /**
   * Ends the part in work when it is no longer wanted; for parts that take long.
   *
   * @throws CsMoeException when another part has failed or this thread is interrupted
   */
  public void requireGoing() {
    if (failure != null) {
      throw new CsMoeException(name + " was stopped, since another part of it failed");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CsMoeException(name + " was interrupted");
    }
  }

  /** Does the next part that nobody has begun; false when there is none. */
  private boolean doNext() {
    Part<?> part;
    synchronized (this) {
      if (failure != null || next == parts.size()) {
        return false;
      }
      part = parts.get(next++);
      working.add(Thread.currentThread());
    }
    try {
      requireGoing();
      part.run();
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      leave();
    }
    return true;
  }

  private synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
      for (Thread thread : working) {
        // The owner finds out by itself: its interrupts are other people's.
        if (thread != owner && thread != Thread.currentThread()) {
          stopped.add(thread);
          thread.interrupt();
        }
      }
    }
  }

  private synchronized void leave() {
    working.remove(Thread.currentThread());
    if (stopped.remove(Thread.currentThread())) {
      Thread.interrupted();
    }
    notifyAll();
  }

  private void awaitHelpers() {
    boolean interrupted = false;
    synchronized (this) {
      while (!working.isEmpty()) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
          fail(new CsMoeException(name + " was interrupted", e));
        }
      }
    }
    if (interrupted) {
      owner.interrupt();
    }
  }
}
