package org.csmoe.sampling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.csmoe.sampling.DescribedArchive;

class DensityMapProperties {
  @Provide
  Arbitrary<Double> sizes() {
    return Arbitraries.oneOf(
        Arbitraries.of(0.05, 0.1, 1.0, 2.5, 7.0, 90.0),
        Arbitraries.doubles().between(0.05, 90).ofScale(9));
  }

  private static DescribedArchive places(double... coordinates) {
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int i = 0; i < coordinates.length; i += 2) {
      builder.add("t" + i / 2, coordinates[i], coordinates[i + 1], 1, 1);
    }
    return builder.build();
  }

  /**
   * Whole degrees often, so that tiles lie on edges, at both ends of a parallel and at the poles.
   */
  private static DescribedArchive random(int tiles, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] coordinates = new double[2 * tiles];
    for (int i = 0; i < tiles; i++) {
      boolean whole = random.nextBoolean();
      coordinates[2 * i] = whole ? random.nextInt(-180, 181) : random.nextDouble(-180, 180);
      coordinates[2 * i + 1] = whole ? random.nextInt(-90, 91) : random.nextDouble(-90, 90);
    }
    return places(coordinates);
  }

  @Property(tries = 100)
  void everyTileIsInOneCell(
      @ForAll("sizes") double size, @ForAll @IntRange(max = 300) int tiles, @ForAll long seed) {
    DescribedArchive archive = random(tiles, seed);
    DensityMap map = DensityMap.of(archive, size);
    // Tiles that share a cell see the same count n; n of them contribute 1/n each.
    double cells = 0;
    int most = 0;
    for (int i = 0; i < tiles; i++) {
      int count = map.count(archive.longitude(i), archive.latitude(i));
      assertThat(count).isPositive();
      cells += 1.0 / count;
      most = Math.max(most, count);
    }
    assertThat(Math.round(cells)).isEqualTo(map.occupied());
    assertThat(map.max()).isEqualTo(most);
  }

  @Property(tries = 50)
  void countsOfOneDegreeSumToTheTilesOfASelection(
      @ForAll @IntRange(max = 300) int tiles, @ForAll long seed) {
    DescribedArchive archive = random(tiles, seed);
    int[] selection = IntStream.range(0, tiles).filter(i -> i % 3 != 0).toArray();
    DensityMap map = DensityMap.of(archive, selection, 1);
    int sum = 0;
    for (int longitude = -180; longitude < 180; longitude++) {
      for (int latitude = -89; latitude <= 90; latitude++) {
        sum += map.count(longitude + 0.5, latitude - 0.5);
      }
    }
    assertThat(sum).isEqualTo(selection.length);
  }

  @Example
  void aCellHasItsWesternAndNorthernEdges() {
    DensityMap map = DensityMap.of(places(10, 50), 1);
    assertThat(map.count(10, 50)).isOne();
    assertThat(map.count(10.999, 49.001)).isOne();
    assertThat(map.count(11, 50)).isZero();
    assertThat(map.count(10, 49)).isZero();
    assertThat(map.count(10, 50.001)).isZero();
    assertThat(map.count(9.999, 50)).isZero();
  }

  @Example
  void longitude180IsThatOfMinus180AndBothPolesHaveCells() {
    DensityMap map = DensityMap.of(places(180, 0.5, -180, 0.5, 0, 90, 0, -90, 0.5, -89.5), 1);
    assertThat(map.count(-179.5, 0.5)).isEqualTo(2);
    assertThat(map.count(179.5, 0.5)).isZero();
    assertThat(map.count(0.5, 89.5)).isOne();
    assertThat(map.count(0.5, -90)).isEqualTo(2);
  }

  @Example
  void aSizeThatDoesNotDivideMakesTheLastColumnAndRowNarrower() {
    DensityMap map = DensityMap.of(places(179.9, -89.9), 7);
    // 51 whole columns end at 177 degrees east, 25 whole rows at 85 degrees south.
    assertThat(map.count(177, -85.1)).isOne();
    assertThat(map.count(176.9, -85.1)).isZero();
    assertThat(map.count(177, -84.9)).isZero();
  }

  @Example
  void theFinestSizeHasNoSliverOfAColumnOrRow() {
    DensityMap map = DensityMap.of(places(180, -90, 179.99, -89.99, -180, 90), 0.05);
    assertThat(map.count(-180, -90)).isOne();
    assertThat(map.count(179.96, -89.96)).isOne();
    assertThat(map.count(179.94, -89.96)).isZero();
    assertThat(map.occupied()).isEqualTo(3);
  }

  @Example
  void noTilesAreNoCells() {
    DensityMap map = DensityMap.of(places(), 1);
    assertThat(map.max()).isZero();
    assertThat(map.occupied()).isZero();
    assertThat(map.cellDegrees()).isEqualTo(1);
  }

  @Example
  void sizesAndPlacesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> DensityMap.of(places(), 0.04))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cellDegrees must be in 0.05..90 but was 0.04");
    assertThatThrownBy(() -> DensityMap.of(places(), Double.NaN)).hasMessageContaining("NaN");
    for (double[] wrong : new double[][] {{190, 0}, {0, 90.1}, {Double.NaN, 0}, {-180.5, 3}}) {
      assertThatThrownBy(() -> DensityMap.of(places(0, 0, wrong[0], wrong[1]), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("location t1 must have longitude in -180..180")
          .hasMessageEndingWith("but had %s, %s", wrong[0], wrong[1]);
      assertThatThrownBy(() -> DensityMap.of(places(), 1).count(wrong[0], wrong[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
