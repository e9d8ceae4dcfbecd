package org.csmoe.sampling.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
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

  private static StratifiedSampler sampler(Selector selector, Executor executor) {
    return StratifiedSampler.builder().perStratum(5).selector(selector).executor(executor).build();
  }

  @Test
  void theFirstFailureIsToldAndNoStratumIsLeftInWork() {
    AtomicInteger working = new AtomicInteger();
    Selector failing =
        new FakeSelector(
            observer -> {
              working.incrementAndGet();
              try {
                if (working.get() > 1) {
                  throw new IllegalStateException("broken selector");
                }
                for (int i = 0; ; i++) {
                  observer.accept(new Generation(i, 0, 0, 0, 0, 0));
                }
              } finally {
                working.decrementAndGet();
              }
            });
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      assertThatThrownBy(() -> sampler(failing, executor).sample(ARCHIVE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("broken selector");
      assertThat(working).hasValue(0);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void anInterruptStopsEveryStratumInWork() {
    Thread caller = Thread.currentThread();
    AtomicInteger working = new AtomicInteger();
    Selector endless =
        new FakeSelector(
            observer -> {
              working.incrementAndGet();
              try {
                for (int i = 0; ; i++) {
                  if (working.get() > 1) {
                    caller.interrupt();
                  }
                  observer.accept(new Generation(i, 0, 0, 0, 0, 0));
                }
              } finally {
                working.decrementAndGet();
              }
            });
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      assertThatThrownBy(() -> sampler(endless, executor).sample(ARCHIVE))
          .isInstanceOf(CsMoeException.class)
          .hasMessage("the sampling of strata was interrupted");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(working).hasValue(0);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void anExecutorThatIsShutDownIsNamedAndOneThatDropsTasksIsNoTrouble() {
    ExecutorService closed = Executors.newFixedThreadPool(1);
    closed.shutdown();
    assertThatThrownBy(() -> sampler(new StratifiedRandom(), closed).sample(ARCHIVE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("the sampling of strata: the executor refused a task");
    assertThat(sampler(new StratifiedRandom(), task -> {}).sample(ARCHIVE).indexes()).hasSize(45);
  }

  @Test
  void whatIsNoChoiceOfMembersIsRefused() {
    for (int[] wrong : new int[][] {{-1}, {3, 3}, {5, 2}, {0, 30}}) {
      assertThatThrownBy(() -> sampler(always(wrong), Runnable::run).sample(ARCHIVE))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("selector fixed must return ascending members in 0..")
          .hasMessageContaining("but returned " + wrong[wrong.length - 1]);
    }
  }

  @Test
  void theSelectorsOwnArrayIsLeftAlone() {
    int[] choice = {1, 4, 7};
    sampler(always(choice), Runnable::run).sample(ARCHIVE);
    assertThat(choice).containsExactly(1, 4, 7);
  }

  @Test
  void aTargetOfOneAndAStratumOfOneMoreThanTheTargetWork() {
    StratifiedSampler.Builder builder = StratifiedSampler.builder();
    for (Selector selector :
        List.of(
            GeneticSelector.builder().generations(20).build(),
            new StratifiedRandom(),
            new FarthestPoint(),
            new GridThinning())) {
      builder.selector(selector);
      assertThat(builder.perStratum(1).build().sample(ARCHIVE).indexes()).hasSize(9);
      // The stratum of 30 leaves one member to choose against.
      assertThat(builder.perStratum(29).build().sample(ARCHIVE).strata().get(0).indexes())
          .hasSizeBetween(27, 30);
    }
  }

  /** Computed once with this code: a change of any random choice or of rounding shows here. */
  @Test
  void aSeedChoosesTheSameOnEveryMachineAndJava() {
    StratifiedSampler.Builder builder = StratifiedSampler.builder().perStratum(40).seed(5);
    List<Integer> checksums = new ArrayList<>();
    checksums.add(checksum(builder.selector(new StratifiedRandom())));
    checksums.add(checksum(builder.selector(new FarthestPoint())));
    checksums.add(checksum(builder.selector(new GridThinning())));
    for (Fitness fitness :
        List.of(
            Fitness.histogramEntropy(),
            Fitness.meanDistance(),
            Fitness.meanLogDistance(),
            Fitness.nearestNeighbourEntropy())) {
      GeneticSelector.Builder genetic = GeneticSelector.builder().generations(60).fitness(fitness);
      checksums.add(checksum(builder.selector(genetic.build())));
    }
    assertThat(checksums)
        .containsExactly(
            554337584, 2021521257, -1623012309, 1389168583, 1786015300, -1870741836, -1264053497);
  }

  private static int checksum(StratifiedSampler.Builder builder) {
    return Arrays.hashCode(builder.build().sample(ARCHIVE).indexes());
  }

  /** Chooses always the same. */
  private static Selector always(int... choice) {
    return new Selector() {
      @Override
      public String name() {
        return "fixed";
      }

      @Override
      public int[] select(Members members, int target, long seed, Consumer<Generation> observer) {
        return choice;
      }
    };
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
