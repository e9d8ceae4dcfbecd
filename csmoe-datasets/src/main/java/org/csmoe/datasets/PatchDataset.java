package org.csmoe.datasets;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * Squares of places, row by row from the top left; what is left at the right and at the bottom is
 * not used. Places are read whole and kept decoded as far as the cache has room, since neighbouring
 * patches share their blocks anyway.
 */
final class PatchDataset implements Dataset {
  private static final long CACHE_BYTES = 256L << 20;
  private static final int MAX_CELLS = 1 << 16;

  private final Places source;
  private final int size;
  private final int stride;

  /** Place, row and column of each patch, in 32, 16 and 16 bits. */
  private final long[] patches;

  private final Cache<Integer, Sample> cache =
      Caffeine.newBuilder()
          .maximumWeight(CACHE_BYTES >> 10)
          .weigher((Integer index, Sample sample) -> kibibytes(sample))
          .build();

  private PatchDataset(Places source, int size, int stride, long[] patches) {
    this.source = source;
    this.size = size;
    this.stride = stride;
    this.patches = patches;
  }

  /** Reads every place once, to know its size and where it has no data. */
  static PatchDataset cut(
      Path folder, Places source, int size, int stride, Columns columns, boolean keepNoData) {
    long[] patches =
        IntStream.range(0, source.places().size())
            .parallel()
            .mapToObj(i -> cut(source.places().get(i), i, size, stride, columns, keepNoData))
            .flatMapToLong(LongStream::of)
            .toArray();
    if (patches.length == 0) {
      SensorImage first = image(source.places().get(0).read());
      throw new CsMoeException(
          "%s: found no patch of %d x %d pixels%s%s in %d images, the first of %d x %d; expected some: set patchSize smaller%s"
              .formatted(
                  folder,
                  size,
                  size,
                  columns.equals(Columns.ALL) ? "" : " in columns " + columns,
                  keepNoData ? "" : " without a missing pixel",
                  source.places().size(),
                  first.width(),
                  first.height(),
                  keepNoData ? "" : ", or keepNoData"));
    }
    return new PatchDataset(source, size, stride, patches);
  }

  private static long[] cut(
      Place place, int index, int size, int stride, Columns part, boolean keepNoData) {
    Sample sample = place.read();
    SensorImage first = image(sample);
    int rows = whole(first.height(), size, stride);
    int columns = whole(first.width(), size, stride);
    if (rows > MAX_CELLS || columns > MAX_CELLS) {
      throw new CsMoeException(
          "%s: found %d x %d patches, expected at most %d in a row or column; set stride larger"
              .formatted(place.id(), rows, columns, MAX_CELLS));
    }
    return LongStream.range(0, (long) rows * columns)
        .filter(
            cell -> {
              int y = (int) (cell / columns) * stride;
              int x = (int) (cell % columns) * stride;
              return part.contain(x, size, first.width())
                  && (keepNoData
                      || sample.images().values().stream()
                          .allMatch(i -> isComplete(i, x, y, size)));
            })
        .map(cell -> ((long) index << 32) | ((cell / columns) << 16) | (cell % columns))
        .toArray();
  }

  private static int whole(int pixels, int size, int stride) {
    return pixels < size ? 0 : (pixels - size) / stride + 1;
  }

  private static SensorImage image(Sample sample) {
    return sample.images().values().iterator().next();
  }

  private static boolean isComplete(SensorImage image, int x, int y, int size) {
    for (int band = 0; band < image.bands().size(); band++) {
      for (int row = y; row < y + size; row++) {
        int from = (band * image.height() + row) * image.width() + x;
        for (int i = from; i < from + size; i++) {
          if (Float.isNaN(image.data()[i])) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static int kibibytes(Sample sample) {
    long values = sample.images().values().stream().mapToLong(i -> i.data().length).sum();
    return Math.toIntExact(((values * Float.BYTES) >> 10) + 1);
  }

  @Override
  public List<String> classes() {
    return source.classes();
  }

  @Override
  public int size() {
    return patches.length;
  }

  @Override
  public Sample get(int index) {
    long patch = patches[Objects.checkIndex(index, patches.length)];
    int place = (int) (patch >>> 32);
    int row = (int) (patch >>> 16) & 0xFFFF;
    int column = (int) patch & 0xFFFF;
    Sample whole = cache.get(place, i -> source.places().get(i).read());
    return crop(
        whole, "%s_%d_%d".formatted(whole.id(), row, column), column * stride, row * stride);
  }

  private Sample crop(Sample whole, String id, int x, int y) {
    Map<Sensor, SensorImage> images = new EnumMap<>(Sensor.class);
    whole.images().forEach((sensor, image) -> images.put(sensor, crop(image, x, y)));
    Target target = whole.target() instanceof Target.Mask mask ? crop(mask, x, y) : whole.target();
    return new Sample(id, images, target);
  }

  private SensorImage crop(SensorImage image, int x, int y) {
    float[] data = new float[image.bands().size() * size * size];
    for (int row = 0; row < image.bands().size() * size; row++) {
      int from = (row / size * image.height() + y + row % size) * image.width() + x;
      System.arraycopy(image.data(), from, data, row * size, size);
    }
    return SensorImage.of(image.sensor(), image.bands(), size, size, data);
  }

  private Target.Mask crop(Target.Mask mask, int x, int y) {
    int[] classes = new int[size * size];
    for (int row = 0; row < size; row++) {
      System.arraycopy(mask.classes(), (y + row) * mask.width() + x, classes, row * size, size);
    }
    return Target.Mask.of(size, size, classes);
  }

  @Override
  public void close() {
    cache.invalidateAll();
    source.resource().run();
  }
}
