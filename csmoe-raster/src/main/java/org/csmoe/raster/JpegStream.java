package org.csmoe.raster;

import java.io.ByteArrayOutputStream;

/**
 * Checks a JPEG stream before a decoder sees it, and takes over only what a decoder needs: tables,
 * one frame, one scan. Comments and application markers, by which decoders guess about colours, are
 * left out, and so is what follows the scan.
 *
 * <p>Frames are those that baseline decoders know: samples of 8 bits, Huffman codes, sequential.
 * Progressive frames have no bound of the work that a small stream can ask for; they are refused.
 */
final class JpegStream {
  /** The longest tag JPEGTables: four and eight tables of all kinds take less than 3 kB. */
  static final int MAX_TABLES = 16 << 10;

  private static final int START = 0xD8;
  private static final int END = 0xD9;
  private static final int HUFFMAN_TABLES = 0xC4;
  private static final int QUANTIZATION_TABLES = 0xDB;
  private static final int RESTART_INTERVAL = 0xDD;
  private static final int BASELINE = 0xC0;
  private static final int EXTENDED = 0xC1;
  private static final int SCAN = 0xDA;
  private static final int ARITHMETIC_TABLES = 0xCC;
  private static final int COMMENT = 0xFE;

  private final byte[] stream;
  private final ByteArrayOutputStream kept;
  private int position;

  private JpegStream(byte[] stream, int capacity) {
    this.stream = stream;
    kept = new ByteArrayOutputStream(capacity);
  }

  /**
   * What a stream must be.
   *
   * @param width pixels of a row
   * @param rows rows
   * @param taller whether the frame may have more rows, of which the first ones count
   * @param components samples of a pixel
   * @param subsampled whether chrominances may have fewer samples than luminance, the first one
   */
  record Expected(int width, int rows, boolean taller, int components, boolean subsampled) {
    @Override
    public String toString() {
      return "a baseline JPEG stream of %d x %d pixels with %d components"
          .formatted(width, rows, components);
    }
  }

  /**
   * The segments of an abbreviated stream that has only tables, as it is in the tag JPEGTables.
   *
   * @throws IllegalArgumentException when there is anything else
   */
  static byte[] tables(byte[] stream) {
    JpegStream tables = new JpegStream(stream, stream.length);
    tables.start();
    int marker = tables.takeTables();
    if (marker != END) {
      throw new IllegalArgumentException("marker %02X among the tables".formatted(marker));
    }
    return tables.kept.toByteArray();
  }

  /**
   * Joins tables and the stream of a block, which may have tables of its own.
   *
   * @param tables what {@link #tables} gave
   * @throws IllegalArgumentException when the stream is none of those that are expected
   */
  static byte[] joined(byte[] tables, byte[] stream, Expected expected) {
    JpegStream block = new JpegStream(stream, tables.length + stream.length + 4);
    block.start();
    block.kept.writeBytes(new byte[] {(byte) 0xFF, (byte) START});
    block.kept.writeBytes(tables);
    int frame = block.takeTables();
    if (frame != BASELINE && frame != EXTENDED) {
      throw new IllegalArgumentException(describe(frame));
    }
    block.checkFrame(expected);
    block.takeSegment();
    int scan = block.takeTables();
    if (scan != SCAN) {
      throw new IllegalArgumentException(describe(scan));
    }
    int components = block.octet(block.position + 4);
    if (components != expected.components) {
      throw new IllegalArgumentException("a scan of %d components".formatted(components));
    }
    block.takeSegment();
    block.takeCodes();
    block.kept.writeBytes(new byte[] {(byte) 0xFF, (byte) END});
    return block.kept.toByteArray();
  }

  private static String describe(int marker) {
    return switch (marker) {
      case 0xC2, 0xC6 -> "a progressive frame";
      case 0xC3, 0xC7 -> "a lossless frame";
      case 0xC5 -> "a hierarchical frame";
      case 0xC9, 0xCA, 0xCB, ARITHMETIC_TABLES, 0xCD, 0xCE, 0xCF -> "arithmetic codes";
      case END -> "the end of the stream before a scan";
      default -> "marker %02X".formatted(marker);
    };
  }

  private void start() {
    if (stream.length < 2 || octet(0) != 0xFF || octet(1) != START) {
      throw new IllegalArgumentException("no JPEG marker at the beginning");
    }
    position = 2;
  }

  private int octet(int at) {
    if (at >= stream.length) {
      throw new IllegalArgumentException("the end after %d bytes".formatted(stream.length));
    }
    return stream[at] & 0xFF;
  }

  private int number(int at) {
    return (octet(at) << 8) | octet(at + 1);
  }

  /** Takes over tables up to another marker, which is returned and stays ahead. */
  private int takeTables() {
    while (true) {
      if (octet(position) != 0xFF) {
        throw new IllegalArgumentException("no marker at byte %d".formatted(position));
      }
      int marker = octet(position + 1);
      boolean application = marker >= 0xE0 && marker <= 0xEF;
      if (marker == 0xFF) {
        position++;
      } else if (marker == HUFFMAN_TABLES
          || marker == QUANTIZATION_TABLES
          || marker == RESTART_INTERVAL) {
        takeSegment();
      } else if (application || marker == COMMENT) {
        position += 2 + number(position + 2);
      } else {
        return marker;
      }
    }
  }

  private void takeSegment() {
    int length = 2 + number(position + 2);
    if (length > stream.length - position) {
      throw new IllegalArgumentException("the end after %d bytes".formatted(stream.length));
    }
    kept.write(stream, position, length);
    position += length;
  }

  private void checkFrame(Expected expected) {
    int bits = octet(position + 4);
    if (bits != 8) {
      throw new IllegalArgumentException("a frame with samples of %d bits".formatted(bits));
    }
    int height = number(position + 5);
    int width = number(position + 7);
    if (width != expected.width
        || height < expected.rows
        || (height > expected.rows && !expected.taller)) {
      throw new IllegalArgumentException("a frame of %d x %d pixels".formatted(width, height));
    }
    int components = octet(position + 9);
    if (components != expected.components) {
      throw new IllegalArgumentException("a frame with %d components".formatted(components));
    }
    // Decoders disagree on others: TIFF 6.0 has no 1 x 2, and libjpeg has no 4 x 4 in one scan.
    for (int i = 0; i < components; i++) {
      int factors = octet(position + 11 + 3 * i);
      boolean known =
          factors == 0x11
              || (i == 0
                  && expected.subsampled
                  && (factors == 0x21 || factors == 0x22 || factors == 0x41));
      if (!known) {
        throw new IllegalArgumentException(
            "component %d with sampling factors %d x %d".formatted(i, factors >> 4, factors & 15));
      }
    }
  }

  /** Takes over the codes of a scan, with restart markers, up to any other marker. */
  private void takeCodes() {
    int end = position;
    while (end < stream.length && !(octet(end) == 0xFF && endsScan(end + 1))) {
      end++;
    }
    kept.write(stream, position, end - position);
  }

  private boolean endsScan(int at) {
    int marker = at < stream.length ? octet(at) : END;
    boolean restart = marker >= 0xD0 && marker <= 0xD7;
    return !(marker == 0 || marker == 0xFF || restart);
  }
}
