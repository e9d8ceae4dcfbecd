package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Damages headers, tags and blocks of valid files: pixels or {@link RasterFormatException}, nothing
 * else, in bounded time. Every trial is reproducible by its number; {@code -Dcsmoe.fuzz.first=N}
 * begins with another one, {@code -Dcsmoe.fuzz.only=jpeg} takes only files with this in their path.
 */
class FuzzTest {
  private static final int TRIALS = 2_000;
  private static final int LARGEST_SEED = 64 << 10;
  private static final long MAX_BLOCK_BYTES = 8 << 20;

  /**
   * Processor time of one trial, so that a busy machine fails no test: about 100 times the usual.
   */
  private static final long MAX_NANOS = 10_000_000_000L;

  private static final long[] VALUES = {
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    12,
    16,
    24,
    32,
    64,
    255,
    256,
    32773,
    50000,
    65535,
    65536,
    Integer.MAX_VALUE,
    0x80000000L,
    0xFFFFFFFFL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1
  };

  /** Of our own files. */
  @Test
  void damagedFilesGivePixelsOrRasterFormatException() throws IOException {
    fuzz(seeds(false), trials -> trials < TRIALS);
  }

  /**
   * The same for as long as the system property {@code csmoe.fuzz.seconds} says, with the corpus's
   * files, too, when it is there.
   */
  @Test
  @Tag("slow")
  void damagedFilesGivePixelsOrRasterFormatExceptionForMinutes() throws IOException {
    long seconds = Long.getLong("csmoe.fuzz.seconds", 600);
    long start = System.nanoTime();
    fuzz(seeds(true), trials -> System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds));
  }

  /** Goes on while a condition on the number of trials made holds. */
  private static void fuzz(List<byte[]> seeds, LongPredicate goesOn) {
    long first = Long.getLong("csmoe.fuzz.first", 0);
    TreeMap<String, Integer> outcomes = new TreeMap<>();
    long trial = first;
    while (goesOn.test(trial - first)) {
      SplittableRandom random = new SplittableRandom(trial * 7_919 + 1);
      byte[] damaged = damage(seeds.get((int) (trial % seeds.size())), random);
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      try {
        outcomes.merge(read(damaged, random), 1, Integer::sum);
      } catch (Throwable e) {
        throw new AssertionError("trial %d, %d seeds".formatted(trial, seeds.size()), e);
      }
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
      assertThat(nanos).as("processor time of trial %d", trial).isLessThan(MAX_NANOS);
      trial++;
    }
    System.out.printf("fuzz    %d trials of %d seeds: %s%n", trial - first, seeds.size(), outcomes);
    // Otherwise the damage is so heavy that decoders are never reached.
    assertThat(outcomes.get("pixels")).isGreaterThan((int) ((trial - first) / 10));
  }

  private static String read(byte[] file, SplittableRandom random) {
    try (GeoTiff tiff = GeoTiff.open("damaged.tif", file, 1 << 20, MAX_BLOCK_BYTES)) {
      RasterInfo info = tiff.info();
      int width = Math.min(64, info.width());
      int height = Math.min(64, info.height());
      int band = random.nextInt(info.bands());
      int x = random.nextInt(info.width() - width + 1);
      int y = random.nextInt(info.height() - height + 1);
      tiff.readFloats(band, new Window(0, 0, width, height));
      tiff.readRaw(band, new Window(x, y, width, height));
      if (info.pixelType() == PixelType.UINT8) {
        tiff.readBytes(band, new Window(x, y, width, height), new byte[width * height], 0);
      }
      if ((long) info.width() * info.height() < 1 << 16) {
        tiff.summarize(band);
      }
      return "pixels";
    } catch (RasterFormatException e) {
      assertThat(e).hasMessageStartingWith("damaged.tif: ").hasMessageContaining("expected");
      return "refused";
    }
  }

  private static List<byte[]> seeds(boolean corpus) throws IOException {
    List<Path> folders = new ArrayList<>();
    folders.add(GoldenReadTest.folder().resolve(".."));
    Path data = Path.of(System.getProperty("csmoe.data", "../shared/data"), "tiff-corpus");
    if (corpus && Files.isDirectory(data)) {
      folders.add(data);
    }
    List<byte[]> seeds = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> paths = Files.walk(folder)) {
        paths
            .filter(path -> path.toString().matches(".*\\.tiff?"))
            .filter(path -> path.toString().contains(System.getProperty("csmoe.fuzz.only", "")))
            .sorted()
            .forEach(path -> addSmall(path, seeds));
      }
    }
    return seeds;
  }

  private static void addSmall(Path path, List<byte[]> seeds) {
    try {
      if (Files.size(path) <= LARGEST_SEED) {
        seeds.add(Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] damage(byte[] seed, SplittableRandom random) {
    byte[] bytes = seed.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      switch (random.nextInt(8)) {
        case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 2 -> copyWithin(bytes, random);
        default -> damageTag(bytes, random);
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static void copyWithin(byte[] bytes, SplittableRandom random) {
    int length = 1 + random.nextInt(Math.min(64, bytes.length - 1));
    int from = random.nextInt(bytes.length - length + 1);
    int to = random.nextInt(bytes.length - length + 1);
    System.arraycopy(bytes, from, bytes, to, length);
  }

  /** Changes code, type, count or value of one entry of the first directory. */
  private static void damageTag(byte[] bytes, SplittableRandom random) {
    ByteBuffer file =
        ByteBuffer.wrap(bytes)
            .order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if (bytes.length < 16) {
      return;
    }
    boolean big = file.getShort(2) == 43;
    long directory = big ? file.getLong(8) : file.getInt(4) & 0xFFFFFFFFL;
    if (directory < 0 || directory > bytes.length - 8) {
      return;
    }
    int entries =
        Math.max(1, big ? (int) file.getLong((int) directory) : file.getShort((int) directory));
    int entryBytes = big ? 20 : 12;
    long at = directory + (big ? 8 : 2) + (long) random.nextInt(entries) * entryBytes;
    if (at > bytes.length - entryBytes) {
      return;
    }
    int entry = (int) at;
    long value = VALUES[random.nextInt(VALUES.length)];
    switch (random.nextInt(6)) {
      case 0 -> {
        TiffTag[] tags = TiffTag.values();
        file.putShort(entry, (short) tags[random.nextInt(tags.length)].code());
      }
      case 1 -> file.putShort(entry + 2, (short) random.nextInt(20));
      case 2 -> putField(file, entry + 4, value, big);
      case 3 -> file.putShort(entry + (big ? 12 : 8), (short) value);
      default -> putField(file, entry + (big ? 12 : 8), value, big);
    }
  }

  private static void putField(ByteBuffer file, int at, long value, boolean big) {
    if (big) {
      file.putLong(at, value);
    } else {
      file.putInt(at, (int) value);
    }
  }
}
