package org.csmoe.training;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fills inputs on a thread of its own, two ahead of the step that runs. Closing it ends the thread
 * and waits for it.
 */
final class Prefetch implements AutoCloseable {
  private static final int AHEAD = 2;

  private final BlockingQueue<Inputs> free = new ArrayBlockingQueue<>(AHEAD + 1);
  private final BlockingQueue<Filled> filled = new ArrayBlockingQueue<>(AHEAD + 1);
  private final Thread thread;

  /** Inputs, or why there are none. */
  private record Filled(@Nullable Inputs inputs, @Nullable Throwable problem) {}

  /** Makes and fills inputs; used by the thread alone. */
  interface Source {
    Inputs allocate();

    /** Fills the next inputs; false when there are no more. */
    boolean fill(Inputs inputs);
  }

  Prefetch(Source source) {
    this.thread = new Thread(() -> work(source), "csmoe-prefetch");
    thread.setDaemon(true);
    thread.start();
  }

  private void work(Source source) {
    try {
      for (int i = 0; i <= AHEAD; i++) {
        free.put(source.allocate());
      }
      while (!Thread.currentThread().isInterrupted()) {
        Inputs inputs = free.take();
        if (!source.fill(inputs)) {
          return;
        }
        filled.put(new Filled(inputs, null));
      }
    } catch (InterruptedException e) {
      // Closed: nobody waits any more.
    } catch (RuntimeException | Error e) {
      // There is always room: the consumer gets this instead of inputs that were not filled.
      filled.add(new Filled(null, e));
    }
  }

  /** Waits for the next inputs and gives them back after use. */
  void use(Consumer<Inputs> consumer) throws InterruptedException {
    Filled next = filled.take();
    if (next.problem() instanceof RuntimeException problem) {
      throw problem;
    }
    if (next.problem() instanceof Error problem) {
      throw problem;
    }
    Inputs inputs = next.inputs();
    if (inputs == null) {
      throw new IllegalStateException("no inputs");
    }
    consumer.accept(inputs);
    // There is always room; put() would look for interrupts, between a gradient and its update.
    free.add(inputs);
  }

  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
