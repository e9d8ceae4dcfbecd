package org.csmoe.raster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.csmoe.RasterFormatException;

/** Turns the stored bytes of a block into samples in the byte order of the file. */
final class BlockDecoder {
  private final TiffSource source;
  private final Compression compression;
  private final Predictor predictor;
  private final int sampleBytes;
  private final int samplesPerPixel;
  private final ByteOrder order;
  private final boolean reversedBits;
  private final SampleConversion conversion;
  private final byte[] jpegTables;
  private final RasterInfo info;

  BlockDecoder(TiffSource source, RasterInfo info, StoredSamples samples, byte[] jpegTables) {
    this.source = source;
    compression = info.compression();
    predictor = info.predictor();
    sampleBytes = samples.bits() / 8;
    samplesPerPixel = samples.interleaved();
    order = info.byteOrder();
    // The bits of a JPEG stream are never reversed, whatever the tag says.
    reversedBits = samples.reversedBits() && compression != Compression.JPEG;
    conversion = samples.conversion();
    this.jpegTables = jpegTables;
    this.info = info;
  }

  /** How many bytes the samples of so many rows take before they become pixels. */
  long storedBytes(int rows) {
    return conversion.storedBytes(rows);
  }

  /**
   * Reads and decodes one block.
   *
   * @param what the block, for error messages
   * @param offset where its bytes begin
   * @param stored how many bytes are stored
   * @param rows rows of the block
   * @return the pixels of exactly so many rows
   */
  byte[] decode(String what, long offset, long stored, int rows) {
    int expected = Math.toIntExact(storedBytes(rows));
    if (compression == Compression.NONE) {
      if (stored < expected) {
        throw source.malformed(what, stored + " bytes stored", expected);
      }
      return conversion.toPixels(read(what, offset, expected), rows);
    }
    if (expected / compression.maxRatio() > stored) {
      throw source.malformed(
          what,
          stored + " bytes stored",
          "at least %d for %d decoded bytes in %s"
              .formatted(expected / compression.maxRatio(), expected, compression));
    }
    byte[] input = read(what, offset, stored);
    byte[] output = new byte[expected];
    int written =
        switch (compression) {
          case LZW -> Lzw.decode(input, output);
          case DEFLATE -> inflate(what, input, output);
          case ZSTD -> unpackZstandard(what, input, output);
          case JPEG -> decodeJpeg(what, input, output, rows);
          default -> unpackBits(input, output);
        };
    if (written < expected) {
      throw source.malformed(
          what, written < 0 ? "a broken stream" : written + " decoded bytes", expected);
    }
    undoPredictor(output, expected / rows);
    return conversion.toPixels(output, rows);
  }

  private byte[] read(String what, long offset, long length) {
    byte[] bytes = source.read(what, offset, length);
    return reversedBits ? Bits.reversedInBytes(bytes) : bytes;
  }

  private void undoPredictor(byte[] block, int rowBytes) {
    switch (predictor) {
      case NONE -> {}
      case HORIZONTAL -> {
        ByteBuffer samples = ByteBuffer.wrap(block).order(order);
        for (int row = 0; row < block.length; row += rowBytes) {
          addNeighbours(samples, row, rowBytes);
        }
      }
      case FLOATING_POINT -> {
        ByteBuffer samples = ByteBuffer.wrap(block).order(order);
        byte[] scratch = new byte[rowBytes];
        for (int row = 0; row < block.length; row += rowBytes) {
          joinBytes(samples, row, rowBytes, scratch);
        }
      }
    }
  }

  private int unpackZstandard(String what, byte[] input, byte[] output) {
    try {
      return Zstandard.decode(input, output);
    } catch (IllegalArgumentException e) {
      throw broken(what, e, "a Zstandard frame of %d bytes".formatted(output.length));
    }
  }

  private int decodeJpeg(String what, byte[] input, byte[] output, int rows) {
    boolean subsampled = conversion instanceof YCbCrToRgb;
    // Some writers give the last strip as many rows as the others, as libtiff tolerates.
    boolean taller = !info.tiled() && (rows < info.blockHeight() || info.blocksDown() == 1);
    JpegStream.Expected expected =
        new JpegStream.Expected(info.blockWidth(), rows, taller, samplesPerPixel, subsampled);
    try {
      JpegDecoder.decode(JpegStream.joined(jpegTables, input, expected), expected, output);
      return output.length;
    } catch (IllegalArgumentException e) {
      throw broken(what, e, expected.toString());
    }
  }

  private int inflate(String what, byte[] input, byte[] output) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(input);
      int written = 0;
      while (written < output.length) {
        int count = inflater.inflate(output, written, output.length - written);
        if (count == 0) {
          break;
        }
        written += count;
      }
      return written;
    } catch (DataFormatException e) {
      throw broken(what, e, "a zlib stream");
    } finally {
      inflater.end();
    }
  }

  private RasterFormatException broken(String what, Exception cause, String expected) {
    RasterFormatException broken =
        source.malformed(what, "a broken stream (" + cause.getMessage() + ")", expected);
    broken.initCause(cause);
    return broken;
  }

  private static int unpackBits(byte[] input, byte[] output) {
    int position = 0;
    int written = 0;
    while (written < output.length && position + 1 < input.length) {
      int header = input[position++];
      if (header == -128) {
        continue;
      }
      int count = Math.min(output.length - written, header < 0 ? 1 - header : 1 + header);
      if (header < 0) {
        Arrays.fill(output, written, written + count, input[position++]);
      } else {
        if (count > input.length - position) {
          return written;
        }
        System.arraycopy(input, position, output, written, count);
        position += count;
      }
      written += count;
    }
    return written;
  }

  /** Adds up the samples of a row, each band by itself, modulo their size. */
  private void addNeighbours(ByteBuffer bytes, int start, int length) {
    int stride = samplesPerPixel * sampleBytes;
    int end = start + length;
    for (int band = 0; band < samplesPerPixel; band++) {
      int first = start + band * sampleBytes;
      // Sums are carried in a variable: reading back what was just written would take longer.
      switch (sampleBytes) {
        case 1 -> {
          int sum = 0;
          for (int i = first; i < end; i += stride) {
            sum += bytes.get(i);
            bytes.put(i, (byte) sum);
          }
        }
        case 2 -> {
          int sum = 0;
          for (int i = first; i < end; i += stride) {
            sum += bytes.getShort(i);
            bytes.putShort(i, (short) sum);
          }
        }
        case 4 -> {
          int sum = 0;
          for (int i = first; i < end; i += stride) {
            sum += bytes.getInt(i);
            bytes.putInt(i, sum);
          }
        }
        default -> {
          long sum = 0;
          for (int i = first; i < end; i += stride) {
            sum += bytes.getLong(i);
            bytes.putLong(i, sum);
          }
        }
      }
    }
  }

  /** Adds up the bytes of a row and puts those of a sample together again. */
  private void joinBytes(ByteBuffer bytes, int start, int length, byte[] scratch) {
    for (int first = 0; first < samplesPerPixel; first++) {
      byte sum = 0;
      for (int i = first; i < length; i += samplesPerPixel) {
        sum += bytes.get(start + i);
        scratch[i] = sum;
      }
    }
    int samples = length / sampleBytes;
    if (sampleBytes == Float.BYTES) {
      for (int i = 0; i < samples; i++) {
        bytes.putInt(
            start + i * Float.BYTES,
            scratch[i] << 24
                | (scratch[samples + i] & 0xFF) << 16
                | (scratch[2 * samples + i] & 0xFF) << 8
                | (scratch[3 * samples + i] & 0xFF));
      }
      return;
    }
    for (int plane = 0; plane < sampleBytes; plane++) {
      int target = start + (order == ByteOrder.BIG_ENDIAN ? plane : sampleBytes - 1 - plane);
      for (int i = 0; i < samples; i++) {
        bytes.put(target + i * sampleBytes, scratch[plane * samples + i]);
      }
    }
  }
}
