package org.csmoe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.RasterInfo;
import org.csmoe.raster.Window;

/**
 * Our side of {@code raster.sh}: reads the first band of every file of a folder whole, as floats,
 * by several threads; the median and best of seven reads after two.
 */
public final class RasterBenchmark {
  private static final int WARM_UPS = 2;
  private static final int READS = 7;

  /** Rows that a thread reads at a time: whole blocks of 16 or 256 rows. */
  private static final int ROWS = 256;

  private RasterBenchmark() {}

  /**
   * Runs.
   *
   * @param arguments folder, threads
   * @throws IOException when the folder cannot be listed
   * @throws InterruptedException when interrupted
   * @throws ExecutionException when a file cannot be read
   */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    List<Path> paths;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      paths = files.sorted().toList();
    }
    ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(arguments[1]));
    try {
      for (Path path : paths) {
        double[] times = new double[READS];
        float[] pixels = {};
        for (int run = -WARM_UPS; run < READS; run++) {
          long begin = System.nanoTime();
          pixels = read(path, threads);
          if (run >= 0) {
            times[run] = (System.nanoTime() - begin) / 1e6;
          }
        }
        Arrays.sort(times);
        double sum = 0;
        for (float pixel : pixels) {
          sum += pixel;
        }
        System.out.printf(
            Locale.ROOT,
            "ours %s: median %.0f ms, best %.0f ms, sum %.0f%n",
            path.getFileName().toString().replace(".tif", ""),
            times[READS / 2],
            times[0],
            sum);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static float[] read(Path path, ExecutorService threads)
      throws InterruptedException, ExecutionException {
    try (GeoTiff tiff = GeoTiff.open(path)) {
      RasterInfo info = tiff.info();
      float[] pixels = new float[info.width() * info.height()];
      List<Callable<Void>> parts = new ArrayList<>();
      for (int y = 0; y < info.height(); y += ROWS) {
        Window rows = new Window(0, y, info.width(), Math.min(ROWS, info.height() - y));
        parts.add(
            () -> {
              tiff.readFloats(0, rows, pixels, rows.y() * info.width());
              return null;
            });
      }
      for (Future<Void> part : threads.invokeAll(parts)) {
        part.get();
      }
      return pixels;
    }
  }
}
