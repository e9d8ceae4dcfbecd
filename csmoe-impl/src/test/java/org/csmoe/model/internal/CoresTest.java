package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.Test;

class CoresTest {
  private static final int ALL = Runtime.getRuntime().availableProcessors();

  @Test
  void allRunsTogetherHaveNoMoreThreadsThanThereAreCores() throws Exception {
    AtomicInteger busy = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Cores cores = new Cores(i % 3 == 0 ? 0 : 1);
        runs.add(
            threads.submit(
                () ->
                    cores.use(
                        () -> {
                          most.accumulateAndGet(busy.addAndGet(cores.threads()), Math::max);
                          LockSupport.parkNanos(100_000);
                          return busy.addAndGet(-cores.threads());
                        })));
      }
      for (Future<Integer> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(most).hasValueBetween(1, ALL);
    assertThat(busy).hasValue(0);
  }

  @Test
  void moreThreadsThanCoresMeansAll() {
    assertThat(new Cores(0).threads()).isEqualTo(ALL);
    assertThat(new Cores(ALL + 5).threads()).isEqualTo(ALL);
    assertThat(new Cores(1).threads()).isEqualTo(1);
  }

  @Test
  void whoeverWaitsCanBeInterrupted() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Boolean> holder =
          threads.submit(
              () ->
                  new Cores(0)
                      .use(
                          () -> {
                            taken.countDown();
                            return await(done);
                          }));
      taken.await();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> new Cores(1).use(() -> 1))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("waiting");
      assertThat(Thread.interrupted()).isTrue();
      done.countDown();
      assertThat(holder.get()).isTrue();
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
