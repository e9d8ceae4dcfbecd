package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationsTest {
  @ParameterizedTest
  @CsvSource({
    "major-tom-grid,major-tom-grid 10 km,5094350",
    "major-tom-grid:100km,major-tom-grid 100 km,51145",
    "major-tom-grid:33.3 km,major-tom-grid 33.3 km,459790"
  })
  void theGridIsNamedWithItsSpacing(String text, String name, long count) {
    assertThat(Locations.parse(text).name()).isEqualTo(name);
    assertThat(Locations.parse(text).count()).hasValue(count);
    assertThat(Locations.parse(text).files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "major-tom-grid:",
        "major-tom-grid:5",
        "major-tom-grid:0km",
        "major-tom-grid:1.2.3km"
      })
  void aBadSpacingIsRefused(String text) {
    assertThatThrownBy(() -> Locations.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyOtherTextIsAFile() {
    assertThatThrownBy(() -> Locations.parse("gone.parquet"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone.parquet");
  }

  @Test
  void idsAreKnownAgainAndOthersAreNew() {
    IdSet ids = new IdSet();
    Set<String> known = new HashSet<>();
    for (int i = 0; i < 200_000; i++) {
      String id = i * 7919 % 50_021 + "U_" + i % 3 + "R";
      assertThat(ids.add(id) == known.add(id)).isTrue();
    }
    assertThat(known).hasSizeGreaterThan(100_000);
  }
}
