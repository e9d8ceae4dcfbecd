package org.csmoe.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Window;

/** Small labelled pairs of water and forest in BigEarthNet's stacked layout. */
final class MadeUpPairs {
  private static final int SIZE = 24;
  private static final int L2A_BANDS = 12;

  private MadeUpPairs() {}

  static String id(int number) {
    return "S2A_MSIL2A_20180613T101031_N9999_R022_T33UUP_10_%02d".formatted(number);
  }

  /** Writes {@code train} and then {@code test} pairs; every second one is water. */
  static void write(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    StringBuilder table = new StringBuilder("patch_id,labels,split,country\n");
    for (int i = 0; i < train + test; i++) {
      boolean water = i % 2 == 0;
      Random random = new Random(i);
      write(folder.resolve(id(i) + "_s1.tif"), 2, random, water ? -25 : -10, 2);
      write(folder.resolve(id(i) + "_s2.tif"), L2A_BANDS, random, water ? 300 : 2500, 200);
      table.append(
          "%s,%s,%s,Austria%n"
              .formatted(
                  id(i),
                  water ? "Inland waters" : "Coniferous forest;Mixed forest",
                  i < train ? "train" : "test"));
    }
    Files.writeString(folder.resolve("labels.csv"), table);
  }

  private static void write(Path file, int bands, Random random, double mean, double deviation) {
    float[] pixels = new float[bands * SIZE * SIZE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (mean + deviation * random.nextGaussian());
    }
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(file, SIZE, SIZE, bands)
            .crs(Crs.projected(32633))
            .transform(GeoTransform.northUp(400_000, 5_300_000, 10))
            .open()) {
      writer.write(new Window(0, 0, SIZE, SIZE), pixels);
      writer.commit();
    }
  }
}
