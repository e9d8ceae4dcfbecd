package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class SplitRuleProperties {
  private static final double RADIUS = 6371.0088;

  @Example
  void theHashIsThatOfPythonsHashlib() {
    // int.from_bytes(hashlib.sha256(b"42:199U_1099R_0_7").digest()[:8], "big") / 2**64
    assertBoundary(42, "199U_1099R_0_7", 0.29094995542146224);
    assertBoundary(0, "199U_1099R_0_0", 0.6028413359170289);
    assertBoundary(-1, "922D_249L_3_3", 0.981320431962852);
  }

  private static void assertBoundary(long seed, String id, double hash) {
    assertThat(SplitRule.random(hash - 1e-12).split(seed, id, 0, 0)).isEqualTo(Split.TRAIN);
    assertThat(SplitRule.random(hash + 1e-12).split(seed, id, 0, 0)).isEqualTo(Split.VALIDATION);
  }

  @Property(tries = 20)
  void theShareOfValidationIsTheFraction(
      @ForAll long seed, @ForAll @DoubleRange(min = 0, max = 1) double fraction) {
    int patches = 20_000;
    int validation = 0;
    for (int i = 0; i < patches; i++) {
      Split split = SplitRule.random(fraction).split(seed, "1U_%dR_0_0".formatted(i), 0, 0);
      validation += split == Split.VALIDATION ? 1 : 0;
    }
    // five standard deviations of a binomial count: once in two million tries by chance
    double deviation = Math.sqrt(patches * fraction * (1 - fraction));
    assertThat((double) validation).isCloseTo(patches * fraction, within(5 * deviation + 1));
  }

  @Property(tries = 50)
  void noBlockHasPatchesOfBothSplits(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int km, @ForAll long places) {
    SplitRule rule = SplitRule.blocks(0.3, km);
    SplittableRandom random = new SplittableRandom(places);
    Map<String, Split> blocks = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      // pairs of near places, so that blocks are hit several times
      double longitude = random.nextDouble(-180, 180);
      double latitude = random.nextDouble(-90, 90);
      for (int j = 0; j < 2; j++) {
        double near = Math.max(-90, Math.min(90, latitude + random.nextDouble(-0.01, 0.01)));
        Split split = rule.split(seed, "patch" + i + j, longitude, near);
        String block = rule.block(longitude, near);
        assertThat(blocks.merge(block, split, (a, b) -> a)).as(block).isEqualTo(split);
      }
    }
  }

  @Property(tries = 100)
  void placesOfOneBlockAreNotFarApart(
      @ForAll @IntRange(min = 20, max = 2000) int km, @ForAll long places) {
    SplitRule rule = SplitRule.blocks(0.3, km);
    SplittableRandom random = new SplittableRandom(places);
    double longitude = random.nextDouble(-180, 180);
    double latitude = Math.toDegrees(Math.asin(random.nextDouble(-1, 1)));
    double degrees = 4 * Math.toDegrees(km / RADIUS);
    for (int i = 0; i < 300; i++) {
      double otherLongitude = wrap(longitude + random.nextDouble(-degrees, degrees));
      double otherLatitude =
          Math.max(-90, Math.min(90, latitude + random.nextDouble(-degrees, degrees)));
      if (rule.block(longitude, latitude).equals(rule.block(otherLongitude, otherLatitude))) {
        // next to a pole three cells share a cap, whose edge is 2.1 heights of a band per cell
        assertThat(distance(longitude, latitude, otherLongitude, otherLatitude))
            .isLessThan(2.5 * km);
      }
    }
  }

  @Example
  void blocksHaveAboutTheAreaOfASquare() {
    double km = 500;
    SplitRule rule = SplitRule.blocks(0.05, km);
    Set<String> blocks = new HashSet<>();
    for (double latitude = -89.9; latitude < 90; latitude += 0.2) {
      for (double longitude = -179.9; longitude < 180; longitude += 0.2) {
        blocks.add(rule.block(longitude, latitude));
      }
    }
    double expected = 4 * Math.PI * RADIUS * RADIUS / (km * km);
    // the last band is narrower, and columns are rounded
    assertThat((double) blocks.size()).isCloseTo(expected, within(0.03 * expected));
    assertThat(rule.block(180, 0)).isEqualTo(rule.block(-180, 0));
  }

  @Example
  void rulesAreCheckedAndSayWhatTheyAre() {
    assertThatThrownBy(() -> SplitRule.random(1.01)).hasMessageContaining("0..1 but was 1.01");
    assertThatThrownBy(() -> SplitRule.random(Double.NaN)).hasMessageContaining("0..1");
    assertThatThrownBy(() -> SplitRule.blocks(0.1, 0)).hasMessageContaining("1..5000");
    assertThatThrownBy(() -> SplitRule.random(0.1).block(0, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThat(SplitRule.random(0.05)).hasToString("random 0.05");
    assertThat(SplitRule.blocks(0.1, 50)).hasToString("blocks of 50 km, 0.1");
  }

  private static double wrap(double longitude) {
    return (longitude + 540) % 360 - 180;
  }

  private static double distance(double lon1, double lat1, double lon2, double lat2) {
    double dLat = Math.sin(Math.toRadians(lat2 - lat1) / 2);
    double dLon = Math.sin(Math.toRadians(lon2 - lon1) / 2);
    double cosines = Math.cos(Math.toRadians(lat1)) * Math.cos(Math.toRadians(lat2));
    return 2 * RADIUS * Math.asin(Math.sqrt(dLat * dLat + cosines * dLon * dLon));
  }
}
