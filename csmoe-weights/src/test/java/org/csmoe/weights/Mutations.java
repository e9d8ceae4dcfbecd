package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.csmoe.CsMoeException;

/** Valid checkpoints changed at random, and what must hold when one is opened. */
final class Mutations {
  private static final List<byte[]> SEEDS =
      List.of(
          seed("dtypes.safetensors"),
          seed("sharded/model.safetensors.index.json"),
          seed("strided.pt"),
          seed("nested.pt"),
          seed("training_protocol5.ckpt"),
          seed("zip64.pt"),
          seed("big_endian.pt"));

  /** Bytes with a meaning: opcodes, JSON, the ends of ranges. */
  private static final byte[] TELLING =
      "\0\1\u007f\u0080\u0081\u0085\u0094\u00ff().0RQhqrstu}]{[\",:9-eE\\PK"
          .getBytes(StandardCharsets.ISO_8859_1);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static {
    // Classes that are loaded at the first use do not count as memory of a file.
    for (byte[] seed : SEEDS) {
      try {
        opens(seed);
        opens(Arrays.copyOf(seed, 100));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Mutations() {}

  private static byte[] seed(String name) {
    try {
      return Files.readAllBytes(WeightFiles.golden(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that a seed decides: equal seeds, equal files. */
  static byte[] file(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] file = SEEDS.get(random.nextInt(SEEDS.size())).clone();
    for (int left = 1 + random.nextInt(6); left > 0 && file.length > 0; left--) {
      file = change(file, random);
    }
    return file;
  }

  private static byte[] change(byte[] file, SplittableRandom random) {
    int at = place(file, random);
    switch (random.nextInt(8)) {
      case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> file[at] = (byte) random.nextInt();
      case 2 -> file[at] = TELLING[random.nextInt(TELLING.length)];
      case 3 -> enlarge(file, at, random);
      case 4 -> {
        return digits(file, at, random);
      }
      case 5 -> {
        byte[] other = SEEDS.get(random.nextInt(SEEDS.size()));
        int from = random.nextInt(other.length);
        int length = Math.min(random.nextInt(1, 200), other.length - from);
        int removed = random.nextBoolean() ? Math.min(length, file.length - at) : 0;
        return splice(file, at, removed, Arrays.copyOfRange(other, from, from + length));
      }
      case 6 -> {
        return splice(file, at, Math.min(random.nextInt(1, 100), file.length - at), new byte[0]);
      }
      default -> {
        return random.nextInt(4) == 0 ? Arrays.copyOf(file, at) : file;
      }
    }
    return file;
  }

  /** Anywhere, but more often where headers and directories are. */
  private static int place(byte[] file, SplittableRandom random) {
    int near = Math.min(file.length, 1200);
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(near);
      case 1 -> file.length - 1 - random.nextInt(near);
      default -> random.nextInt(file.length);
    };
  }

  private static byte[] splice(byte[] file, int at, int removed, byte[] inserted) {
    ByteBuffer result = ByteBuffer.allocate(file.length - removed + inserted.length);
    result.put(file, 0, at).put(inserted).put(file, at + removed, file.length - at - removed);
    return result.array();
  }

  /** Writes a length of 2, 4 or 8 bytes that is too large, or just about. */
  private static void enlarge(byte[] file, int at, SplittableRandom random) {
    long[] values = {
      -1,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      Integer.MAX_VALUE,
      Integer.MIN_VALUE,
      1L << 32,
      0xffffffffL,
      0xffff,
      0x7fff,
      file.length,
      file.length + 1L,
      1 << 26,
      100_000_000,
      64,
      65
    };
    long value = values[random.nextInt(values.length)] + random.nextInt(-1, 2);
    ByteBuffer target = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    switch (Math.min(file.length - at, 2 << random.nextInt(3)) / 2) {
      case 4 -> target.putLong(at, value);
      case 2, 3 -> target.putInt(at, (int) value);
      case 1 -> target.putShort(at, (short) value);
      default -> file[at] = (byte) value;
    }
  }

  /** Puts digits into the text at a place, best into a number. */
  private static byte[] digits(byte[] file, int from, SplittableRandom random) {
    int at = from;
    while (at < file.length - 1 && at < from + 50 && (file[at] < '0' || file[at] > '9')) {
      at++;
    }
    String[] numbers = {"9", "-", "00", "9999999999", "1e9", "4294967296", "9223372036854775807"};
    byte[] number = numbers[random.nextInt(numbers.length)].getBytes(StandardCharsets.UTF_8);
    return splice(file, at, random.nextInt(2), number);
  }

  /**
   * Opens a file and reads all its tensors. Whatever is thrown beside {@link CsMoeException} goes
   * on, and memory out of proportion to the file is a failure.
   *
   * @return whether it could be opened
   */
  static boolean loads(byte[] file) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean opened = opens(file);
    long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
    // The seeds take up to 90 times their size, most of it in objects per tensor and in messages;
    // what is asked for here is that no length in a file decides.
    assertThat(taken).as("bytes taken on the heap").isLessThan(2_000_000 + 200L * file.length);
    return opened;
  }

  private static boolean opens(byte[] file) throws IOException {
    try (Checkpoint checkpoint = WeightFiles.open(file)) {
      for (TensorInfo info : checkpoint.tensors().values()) {
        // Shards lie outside of the file that was changed.
        assertThat(info.byteCount()).isLessThanOrEqualTo(Math.max(file.length, 1000));
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(info.elementCount()));
        checkpoint.read(info.name(), values);
        assertThat(values.hasRemaining()).isFalse();
      }
      return true;
    } catch (CsMoeException e) {
      assertThat(e).hasMessageContaining("expected");
      return false;
    }
  }
}
