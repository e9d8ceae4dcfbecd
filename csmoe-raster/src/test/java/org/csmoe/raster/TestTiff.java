package org.csmoe.raster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Writes small uncompressed uint16 files, one strip per band, and broken ones. */
final class TestTiff {
  private TestTiff() {}

  /** A file whose directory can be changed before it is written. */
  static Path write(
      Path path, int width, int height, Consumer<DirectoryWriter> change, int[]... bands) {
    ByteBuffer pixels =
        ByteBuffer.allocate(2 * width * height * bands.length).order(ByteOrder.LITTLE_ENDIAN);
    long[] offsets = new long[bands.length];
    long[] byteCounts = new long[bands.length];
    for (int band = 0; band < bands.length; band++) {
      offsets[band] = 16L + pixels.position();
      byteCounts[band] = 2L * width * height;
      for (int value : bands[band]) {
        pixels.putShort((short) value);
      }
    }
    DirectoryWriter directory = new DirectoryWriter(false);
    directory.longs(TiffTag.IMAGE_WIDTH, width);
    directory.longs(TiffTag.IMAGE_LENGTH, height);
    directory.repeatedShort(TiffTag.BITS_PER_SAMPLE, 16, bands.length);
    directory.shorts(TiffTag.COMPRESSION, 1);
    directory.shorts(TiffTag.PHOTOMETRIC, 1);
    directory.longs(TiffTag.STRIP_OFFSETS, offsets);
    directory.shorts(TiffTag.SAMPLES_PER_PIXEL, bands.length);
    directory.longs(TiffTag.ROWS_PER_STRIP, height);
    directory.longs(TiffTag.STRIP_BYTE_COUNTS, byteCounts);
    directory.shorts(TiffTag.PLANAR_CONFIGURATION, 2);
    change.accept(directory);
    long start = 16L + pixels.capacity();
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      channel.write(directory.header(start), 0);
      channel.write(pixels.rewind(), 16);
      channel.write(directory.directory(start, 0), start);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path;
  }

  /** One band of UTM zone 32N at an origin. */
  static Path band(Path path, int width, double pixelSize, double originX, int... pixels) {
    return write(
        path,
        width,
        pixels.length / width,
        directory -> {
          GeoReference.write(GeoTransform.northUp(originX, 5_000_000, pixelSize), directory);
          GeoReference.write(Optional.of(Crs.projected(32632)), directory);
        },
        pixels);
  }

  /** A file of tiles of noise, which do not become smaller: 16 x 16 floats, 1 kB each. */
  static byte[] noise(int width, int height) {
    SplittableRandom random = new SplittableRandom(3);
    float[] pixels = new float[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Float.intBitsToFloat(random.nextInt() & 0x7F7FFFFF);
    }
    try {
      Path path = Files.createTempFile("noise", ".tif");
      try (GeoTiffWriter writer =
          GeoTiffWriter.builder(path, width, height, 1).tileSize(16).open()) {
        writer.write(new Window(0, 0, width, height), pixels);
        writer.commit();
        return Files.readAllBytes(path);
      } finally {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
