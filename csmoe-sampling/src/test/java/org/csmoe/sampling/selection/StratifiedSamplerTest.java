package org.csmoe.sampling.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Stratum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StratifiedSamplerTest {
  private static final DescribedArchive ARCHIVE = archive();

  /** Strata (1,10) to (9,10) with 30, 60, ... members. */
  private static DescribedArchive archive() {
    SplittableRandom random = new SplittableRandom(8);
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int climate = 1; climate < 10; climate++) {
      for (int i = 0; i < 30 * climate; i++) {
        builder.add(
            climate + "-" + i,
            random.nextDouble(-180, 180),
            random.nextDouble(-80, 80),
            climate,
            10);
      }
    }
    return builder.build();
  }

  @Test
  void smallStrataAreKeptWholeAndLargeOnesAreChosenFrom() {
    Sample sample = StratifiedSampler.builder().perStratum(60).seed(1).build().sample(ARCHIVE);
    assertThat(sample.strata()).extracting(StratumSample::stratum).isSorted().hasSize(9);
    for (StratumSample stratum : sample.strata()) {
      int members = 30 * stratum.stratum().climate();
      assertThat(stratum.memberCount()).isEqualTo(members);
      if (members <= 60) {
        assertThat(stratum.indexes()).hasSize(members);
        assertThat(stratum.history()).isEmpty();
      } else {
        assertThat(stratum.indexes()).hasSizeBetween(54, 66);
        assertThat(stratum.history()).hasSizeBetween(2, 258);
        assertThat(stratum.history().get(stratum.history().size() - 1).number()).isEqualTo(2500);
      }
      for (int index : stratum.indexes()) {
        assertThat(ARCHIVE.stratum(index)).isEqualTo(stratum.stratum());
      }
    }
    assertThat(sample.indexes()).isSorted().doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theSeedDecidesWhateverTheNumberOfThreads(int threads) {
    StratifiedSampler.Builder builder =
        StratifiedSampler.builder()
            .perStratum(40)
            .selector(GeneticSelector.builder().generations(50).build())
            .seed(77);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      assertThat(builder.executor(executor).build().sample(ARCHIVE).indexes())
          .containsExactly(builder.executor(Runnable::run).build().sample(ARCHIVE).indexes());
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void aStratumIsSampledAlikeWithAndWithoutTheOthers() {
    DescribedArchive.Builder alone = DescribedArchive.builder();
    for (int i = 0; i < ARCHIVE.size(); i++) {
      if (ARCHIVE.climate(i) == 7) {
        alone.add(ARCHIVE.id(i), ARCHIVE.longitude(i), ARCHIVE.latitude(i), 7, 10);
      }
    }
    StratifiedSampler sampler =
        StratifiedSampler.builder().perStratum(20).selector(new StratifiedRandom()).build();
    DescribedArchive one = alone.build();
    assertThat(ids(one, sampler.sample(one), 7))
        .isEqualTo(ids(ARCHIVE, sampler.sample(ARCHIVE), 7));
  }

  private static List<String> ids(DescribedArchive archive, Sample sample, int climate) {
    List<String> ids = new ArrayList<>();
    for (StratumSample stratum : sample.strata()) {
      if (stratum.stratum().equals(new Stratum(climate, 10))) {
        for (int index : stratum.indexes()) {
          ids.add(archive.id(index));
        }
      }
    }
    return ids;
  }

  @Test
  void anEmptyArchiveGivesAnEmptySample() {
    assertThat(
            StratifiedSampler.builder().build().sample(DescribedArchive.builder().build()).strata())
        .isEmpty();
  }

  @Test
  void theFirstFailureIsToldAndNoWorkerIsLeft() {
    Selector failing =
        new FakeSelector(
            (observer) -> {
              throw new IllegalStateException("broken selector");
            });
    ThreadPoolExecutor executor = (ThreadPoolExecutor) Executors.newFixedThreadPool(2);
    try {
      assertThatThrownBy(
              () ->
                  StratifiedSampler.builder()
                      .perStratum(5)
                      .selector(failing)
                      .executor(executor)
                      .build()
                      .sample(ARCHIVE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("broken selector");
      assertThat(executor.getQueue()).isEmpty();
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void anInterruptStopsWorkersAtTheirNextGeneration() {
    Thread caller = Thread.currentThread();
    CountDownLatch stopped = new CountDownLatch(1);
    Selector endless =
        new FakeSelector(
            observer -> {
              caller.interrupt();
              try {
                for (int i = 0; ; i++) {
                  observer.accept(new Generation(i, 0, 0, 0, 0, 0));
                }
              } finally {
                stopped.countDown();
              }
            });
    ExecutorService executor = Executors.newFixedThreadPool(1);
    try {
      assertThatThrownBy(
              () ->
                  StratifiedSampler.builder()
                      .perStratum(5)
                      .selector(endless)
                      .executor(executor)
                      .build()
                      .sample(ARCHIVE))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(stopped.getCount()).isZero();
    } finally {
      executor.shutdownNow();
    }
  }

  /** Does what a test wants and chooses the first members. */
  private record FakeSelector(Consumer<Consumer<Generation>> act) implements Selector {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public int[] select(Members members, int target, long seed, Consumer<Generation> observer) {
      act.accept(observer);
      return IntStream.range(0, target).toArray();
    }
  }
}
