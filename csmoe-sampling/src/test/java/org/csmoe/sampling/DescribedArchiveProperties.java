package org.csmoe.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class DescribedArchiveProperties {
  @Property(tries = 50)
  void columnsGiveBackWhatWasAdded(
      @ForAll @Size(max = 3000) List<@IntRange(max = 32767) Integer> codes) {
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int i = 0; i < codes.size(); i++) {
      builder.add("Kyöpelinvuori " + i, i * 0.01, -i * 0.01, codes.get(i), i % 7);
    }
    DescribedArchive archive = builder.build();
    assertThat(archive.size()).isEqualTo(codes.size());
    for (int i = 0; i < archive.size(); i++) {
      assertThat(archive.id(i)).isEqualTo("Kyöpelinvuori " + i);
      assertThat(archive.longitude(i)).isEqualTo(i * 0.01);
      assertThat(archive.latitude(i)).isEqualTo(-i * 0.01);
      assertThat(archive.stratum(i)).isEqualTo(new Stratum(codes.get(i), i % 7));
    }
  }

  @Property(tries = 50)
  void strataPartitionTheArchive(
      @ForAll @Size(min = 1, max = 500) List<@IntRange(max = 3) Integer> codes) {
    DescribedArchive.Builder builder = DescribedArchive.builder();
    codes.forEach(code -> builder.add("a", 0, 0, code, 3 - code));
    DescribedArchive archive = builder.build();
    SortedMap<Stratum, int[]> strata = archive.strata();
    assertThat(strata.values().stream().flatMapToInt(Arrays::stream).sorted().toArray())
        .containsExactly(IntStream.range(0, codes.size()).toArray());
    strata.forEach(
        (stratum, members) -> {
          assertThat(members).isSorted();
          for (int member : members) {
            assertThat(archive.stratum(member)).isEqualTo(stratum);
          }
        });
  }

  @Example
  void aCodeThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> DescribedArchive.builder().add("a", 0, 0, 32768, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("climate must be in 0..32767 but was 32768");
  }

  @Example
  void crossedAxesAreSuspected() {
    assertThatThrownBy(() -> Location.at("a", 48.1, 171.3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("latitude must be in -90..90 but was 171.3")
        .hasMessageContaining("crossed?");
    assertThatThrownBy(() -> Location.at("a", Double.NaN, 3))
        .hasMessageContaining("longitude must be in -180..180 but was NaN");
  }
}
