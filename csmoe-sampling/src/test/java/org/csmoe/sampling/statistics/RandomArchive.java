package org.csmoe.sampling.statistics;

import java.util.SplittableRandom;
import org.csmoe.sampling.DescribedArchive;

/** Archives of random locations. */
final class RandomArchive {
  private RandomArchive() {}

  /** Uniform on the sphere; 6 climate and 4 thematic classes. */
  static DescribedArchive onTheGlobe(int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int i = 0; i < size; i++) {
      builder.add(
          "t" + i,
          random.nextDouble(-180, 180),
          Math.toDegrees(Math.asin(random.nextDouble(-1, 1))),
          random.nextInt(1, 7),
          random.nextInt(1, 5) * 10);
    }
    return builder.build();
  }
}
