package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** A changed checkpoint is loaded or refused with a reason; nothing else happens. */
class CheckpointFuzzProperties {
  @Property(tries = 1500)
  void aChangedFileIsReadOrRefused(@ForAll long seed) throws IOException {
    Mutations.loads(Mutations.file(seed));
  }

  /** The same for as long as the system property {@code csmoe.fuzz.seconds} says. */
  @Example
  @Tag("slow")
  void aChangedFileIsReadOrRefusedForMinutes() throws IOException {
    long seconds = Long.getLong("csmoe.fuzz.seconds", 600);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Mutations.loads(Mutations.file(0));
    long start = System.nanoTime();
    long first = RandomGenerator.getDefault().nextLong();
    long opened = 0;
    long tries = 0;
    long slowest = 0;
    long now = threads.getCurrentThreadCpuTime();
    while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
      long seed = first + tries;
      try {
        opened += Mutations.loads(Mutations.file(seed)) ? 1 : 0;
      } catch (Throwable e) {
        throw new AssertionError("Mutations.file(" + seed + "L)", e);
      }
      tries++;
      long then = threads.getCurrentThreadCpuTime();
      slowest = Math.max(slowest, then - now);
      now = then;
    }
    // A file of 10 kB is read in less than a millisecond of this thread's own time.
    assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
    System.out.printf(
        "%d files, of which %d could be opened; slowest %.1f ms; from seed %d%n",
        tries, opened, slowest / 1e6, first);
  }
}
