package org.csmoe.sampling.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A failure here would be a hang, hence the limit of a minute. */
@Timeout(60)
class SharedWorkTest {
  private final ExecutorService pool = Executors.newFixedThreadPool(3);

  @AfterEach
  void close() {
    pool.shutdownNow();
  }

  private static List<SharedWork.Part<Integer>> squares(SharedWork work, int count) {
    List<SharedWork.Part<Integer>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      parts.add(work.add(() -> number * number));
    }
    return parts;
  }

  private static void assertSquares(Executor executor) {
    SharedWork work = new SharedWork("squaring", executor);
    List<SharedWork.Part<Integer>> parts = squares(work, 50);
    work.run();
    assertThat(parts.stream().map(SharedWork.Part::get))
        .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(i -> i * i).toList());
  }

  @Test
  void everyPartYieldsItsResultWhoeverHelps() {
    assertSquares(pool);
    assertSquares(Runnable::run);
  }

  @Test
  void anExecutorThatDropsTasksMakesNobodyWait() {
    assertSquares(task -> {});
  }

  @Test
  void thePoolOfTheCallerItselfDoesNotLockUp() throws Exception {
    ExecutorService single = Executors.newSingleThreadExecutor();
    try {
      Future<?> nested = single.submit(() -> assertSquares(single));
      nested.get(30, TimeUnit.SECONDS);
    } finally {
      single.shutdownNow();
    }
  }

  @Test
  void aRefusedTaskIsAClearErrorAndStopsWhatHasBegun() {
    AtomicInteger accepted = new AtomicInteger();
    Executor full =
        task -> {
          if (accepted.incrementAndGet() > 2) {
            throw new RejectedExecutionException("queue full");
          }
          pool.execute(task);
        };
    SharedWork work = new SharedWork("squaring", full);
    squares(work, 50);
    assertThatThrownBy(work::run)
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("squaring: the executor refused a task")
        .hasMessageContaining("queue full")
        .hasMessageContaining("is it shut down, or its queue shorter than 50?");
    pool.shutdown();
    SharedWork late = new SharedWork("squaring", pool);
    squares(late, 2);
    assertThatThrownBy(late::run)
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("refused");
  }

  @Test
  void whenAPartFailsHelpersAreInterruptedAndAwaitedAndNoPartBeginsAnyMore() throws Exception {
    CountDownLatch begun = new CountDownLatch(3);
    AtomicInteger left = new AtomicInteger();
    AtomicInteger late = new AtomicInteger();
    AtomicBoolean leaked = new AtomicBoolean();
    Supplier<Boolean> sleeper =
        () -> {
          begun.countDown();
          try {
            Thread.sleep(TimeUnit.MINUTES.toMillis(10));
            return false;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CsMoeException("woken", e);
          } finally {
            left.incrementAndGet();
          }
        };
    Thread owner = Thread.currentThread();
    Supplier<Boolean> failing =
        () -> {
          await(begun);
          throw new IllegalStateException("broken part");
        };
    SharedWork work =
        new SharedWork(
            "sleeping",
            task ->
                pool.execute(
                    () -> {
                      task.run();
                      leaked.compareAndSet(false, Thread.currentThread().isInterrupted());
                    }));
    // The caller may take any of them; whoever takes the failing one is not asleep.
    Supplier<Boolean> first = () -> Thread.currentThread() == owner ? failing.get() : sleeper.get();
    for (int i = 0; i < 4; i++) {
      work.add(first);
    }
    work.add(() -> late.incrementAndGet() > 0);
    work.add(() -> late.incrementAndGet() > 0);
    assertThatThrownBy(work::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken part");
    assertThat(left).hasValue(3);
    assertThat(late).hasValue(0);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    pool.shutdown();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(leaked).as("an interrupt outlasts its part").isFalse();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anInterruptedCallerStopsHelpersAndStaysInterrupted() {
    CountDownLatch asleep = new CountDownLatch(1);
    AtomicBoolean awake = new AtomicBoolean();
    Thread owner = Thread.currentThread();
    SharedWork work = new SharedWork("sleeping", pool);
    Supplier<Boolean> part =
        () -> {
          if (Thread.currentThread() == owner) {
            while (asleep.getCount() > 0) {
              Thread.onSpinWait();
            }
            return true;
          }
          asleep.countDown();
          owner.interrupt();
          try {
            Thread.sleep(TimeUnit.MINUTES.toMillis(10));
          } catch (InterruptedException e) {
            awake.set(true);
          }
          return true;
        };
    work.add(part);
    work.add(part);
    assertThatThrownBy(work::run)
        .isInstanceOf(CsMoeException.class)
        .hasMessage("sleeping was interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(awake).isTrue();
  }

  @Test
  void anErrorOfAPartIsThrownAsItIs() {
    SharedWork work = new SharedWork("overflowing", pool);
    for (int i = 0; i < 5; i++) {
      work.add(
          () -> {
            throw new StackOverflowError("deep");
          });
    }
    assertThatThrownBy(work::run).isInstanceOf(StackOverflowError.class).hasMessage("deep");
  }

  @Test
  void noPartsAreNoWork() {
    new SharedWork("nothing", pool).run();
  }
}
