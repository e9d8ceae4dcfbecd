package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
    long start = System.nanoTime();
    long first = RandomGenerator.getDefault().nextLong();
    long opened = 0;
    long tries = 0;
    long slowest = 0;
    long now = start;
    while (now - start < TimeUnit.SECONDS.toNanos(seconds)) {
      long seed = first + tries;
      try {
        opened += Mutations.loads(Mutations.file(seed)) ? 1 : 0;
      } catch (Throwable e) {
        throw new AssertionError("Mutations.file(" + seed + "L)", e);
      }
      tries++;
      long then = System.nanoTime();
      slowest = Math.max(slowest, then - now);
      now = then;
    }
    // A generous bound: a file of 10 kB is read in microseconds, but a test machine can be busy.
    assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(20));
    System.out.printf(
        "%d files, of which %d could be opened; slowest %.1f ms; from seed %d%n",
        tries, opened, slowest / 1e6, first);
  }
}
