package org.csmoe.examples;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Window;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * A made-up but plausible pair of Sentinel-1 and Sentinel-2 scenes of one place: a river and a
 * lake, forest, fields, a town, bare soil; reflectances and backscatter typical of each cover,
 * texture, four-look speckle, and a corner without data. The same seed gives the same scene.
 */
final class SyntheticScene {
  /** Pixels per side. */
  static final int SIZE = 448;

  private static final int TILE = 64;
  private static final int PARCEL = 28;

  /** Land covers: reflectance x 10^4 of the ten bands, VV and VH in dB, relative texture. */
  private enum Cover {
    WATER(List.of(480, 420, 300, 260, 210, 200, 180, 170, 110, 80), -20, -27, 0.05),
    FOREST(List.of(260, 420, 270, 720, 2100, 2600, 2750, 2900, 1350, 600), -9, -14.5, 0.14),
    CROP(List.of(420, 720, 560, 1150, 2900, 3500, 3650, 3800, 1900, 1050), -11, -17, 0.06),
    STUBBLE(List.of(720, 1020, 1450, 1750, 2150, 2350, 2500, 2650, 3100, 2300), -13, -21, 0.07),
    TOWN(List.of(1150, 1300, 1450, 1600, 1850, 1950, 2050, 2100, 2150, 1850), -5, -12.5, 0.28),
    BARE(List.of(1050, 1400, 1950, 2250, 2450, 2600, 2700, 2850, 3400, 2900), -14.5, -23, 0.08);

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<Integer> reflectance;

    private final double vv;
    private final double vh;
    private final double texture;

    Cover(List<Integer> reflectance, double vv, double vh, double texture) {
      this.reflectance = reflectance;
      this.vv = vv;
      this.vh = vh;
      this.texture = texture;
    }
  }

  private final long seed;
  private final Cover[] covers = new Cover[SIZE * SIZE];
  private final double[] vigour = new double[SIZE * SIZE];

  SyntheticScene(long seed) {
    this.seed = seed;
    double[][] hills = noise(seed, 56);
    double[][] detail = noise(seed + 1, 17);
    double[][] town = noise(seed + 2, 90);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        double height = hills[y][x] + 0.35 * detail[y][x];
        double river =
            Math.abs(y - (0.55 * SIZE + 60 * Math.sin(x / 70.0) + 30 * detail[SIZE / 2][x]));
        int parcel = parcel(x, y);
        Random random = new Random(seed * 31 + parcel);
        double choice = random.nextDouble();
        Cover cover;
        if (river < 5 || height < -0.62) {
          cover = Cover.WATER;
        } else if (height > 0.28) {
          cover = Cover.FOREST;
        } else if (town[y][x] > 0.42) {
          boolean street = x % 14 < 2 || y % 18 < 2;
          cover = street || choice < 0.75 ? Cover.TOWN : Cover.CROP;
        } else if (choice < 0.5) {
          cover = Cover.CROP;
        } else {
          cover = choice < 0.85 ? Cover.STUBBLE : Cover.BARE;
        }
        covers[y * SIZE + x] = cover;
        vigour[y * SIZE + x] = 0.85 + 0.3 * random.nextDouble() + 0.08 * detail[y][x];
      }
    }
  }

  /** Parcels are cells of a sheared, uneven grid. */
  private static int parcel(int x, int y) {
    int row = (int) ((y + 0.25 * x) / PARCEL);
    int column = (int) ((x - 0.2 * y + 7 * (row % 3)) / (PARCEL * (1.3 + 0.4 * (row % 2))));
    return row * 1000 + column;
  }

  /** Smooth noise between about -1 and 1: random values at knots, cosine interpolation. */
  private static double[][] noise(long seed, int spacing) {
    Random random = new Random(seed);
    int knots = SIZE / spacing + 3;
    double[][] values = new double[knots][knots];
    for (double[] row : values) {
      for (int i = 0; i < knots; i++) {
        row[i] = 2 * random.nextDouble() - 1;
      }
    }
    double[][] result = new double[SIZE][SIZE];
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        double fx = ease((double) (x % spacing) / spacing);
        double fy = ease((double) (y % spacing) / spacing);
        double[] top = values[y / spacing];
        double[] bottom = values[y / spacing + 1];
        int i = x / spacing;
        result[y][x] =
            (1 - fy) * ((1 - fx) * top[i] + fx * top[i + 1])
                + fy * ((1 - fx) * bottom[i] + fx * bottom[i + 1]);
      }
    }
    return result;
  }

  private static double ease(double t) {
    return (1 - Math.cos(Math.PI * t)) / 2;
  }

  /** Writes the scene of a sensor as GeoTIFF: UTM zone 32 north, 10 m, named bands. */
  void write(Sensor sensor, Path path) {
    List<Band> bands = sensor.defaultBands();
    float[] data = new float[bands.size() * SIZE * SIZE];
    Random random = new Random(seed + (sensor == Sensor.SENTINEL1 ? 101 : 102));
    for (int i = 0; i < SIZE * SIZE; i++) {
      boolean missing = i % SIZE + i / SIZE < 96;
      Cover cover = covers[i];
      double texture = 1 + cover.texture * random.nextGaussian();
      for (int b = 0; b < bands.size(); b++) {
        double value;
        if (sensor == Sensor.SENTINEL2) {
          value =
              Math.max(
                  1, cover.reflectance.get(b) * vigour[i] * texture + 15 * random.nextGaussian());
        } else {
          double mean = (b == 0 ? cover.vv : cover.vh) + 3 * (vigour[i] - 1);
          value = mean + 10 * Math.log10(speckle(random) * Math.max(0.2, texture));
        }
        data[b * SIZE * SIZE + i] = missing ? Float.NaN : (float) value;
      }
    }
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(path, SIZE, SIZE, bands.size())
            .tileSize(TILE)
            .crs(Crs.projected(32632))
            .transform(GeoTransform.northUp(600_000, 5_340_000, 10))
            .noData(Double.NaN)
            .bandNames(bands.stream().map(Band::name).toList())
            .open()) {
      writer.write(new Window(0, 0, SIZE, SIZE), data);
      writer.commit();
    }
  }

  /** Intensity of four looks: a gamma variable of mean 1. */
  private static double speckle(Random random) {
    double sum = 0;
    for (int look = 0; look < 4; look++) {
      sum -= Math.log(1 - random.nextDouble()) / 4;
    }
    return sum;
  }
}
