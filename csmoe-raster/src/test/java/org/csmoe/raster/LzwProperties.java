package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LzwProperties {
  @Property(tries = 300)
  void whatATextbookEncodesIsDecoded(
      @ForAll @IntRange(max = 40_000) int size,
      @ForAll @IntRange(min = 1, max = 256) int values,
      @ForAll @IntRange(min = 1, max = 400) int period,
      @ForAll @IntRange(min = 300, max = 4096) int tableLimit,
      @ForAll long seed) {
    byte[] data = data(size, values, period, new SplittableRandom(seed));
    byte[] encoded = encode(data, Math.min(tableLimit, 4093));
    byte[] decoded = new byte[size];
    assertThat(Lzw.decode(encoded, decoded)).isEqualTo(size);
    assertThat(decoded).isEqualTo(data);
  }

  @Property(tries = 100)
  void aShorterOutputGetsTheBeginningAndALongerOneTheCount(
      @ForAll @IntRange(min = 1, max = 3000) int size,
      @ForAll @IntRange(min = 1, max = 4) int values,
      @ForAll @IntRange(max = 3000) int shorter,
      @ForAll long seed) {
    byte[] data = data(size, values, 20, new SplittableRandom(seed));
    byte[] encoded = encode(data, 4093);
    byte[] part = new byte[Math.min(shorter, size)];
    assertThat(Lzw.decode(encoded, part)).isEqualTo(part.length);
    assertThat(part).isEqualTo(Arrays.copyOf(data, part.length));
    byte[] longer = new byte[size + 9];
    assertThat(Lzw.decode(encoded, longer)).isEqualTo(size);
    assertThat(Arrays.copyOf(longer, size)).isEqualTo(data);
  }

  @Property(tries = 200)
  void aTruncatedStreamGivesLessAndABrokenOneNothingWorse(
      @ForAll @IntRange(min = 20, max = 3000) int size,
      @ForAll @IntRange(min = 1, max = 256) int values,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] data = data(size, values, 300, random);
    byte[] encoded = encode(data, 4093);
    // Three bytes hold the last code of data and the end.
    byte[] cut = Arrays.copyOf(encoded, random.nextInt(Math.max(1, encoded.length - 3)));
    byte[] output = new byte[size];
    int written = Lzw.decode(cut, output);
    assertThat(written).isBetween(0, size - 1);
    assertThat(Arrays.copyOf(output, written)).isEqualTo(Arrays.copyOf(data, written));
    random.nextBytes(cut);
    assertThat(Lzw.decode(cut, output)).isBetween(-1, size);
  }

  @Example
  void aFullTableIsUsedFurtherWithoutAClear() {
    byte[] data = data(200_000, 200, 90, new SplittableRandom(3));
    byte[] decoded = new byte[data.length];
    assertThat(Lzw.decode(encode(data, Integer.MAX_VALUE), decoded)).isEqualTo(data.length);
    assertThat(decoded).isEqualTo(data);
  }

  /** Repeats a random piece, with a change here and there. */
  private static byte[] data(int size, int values, int period, SplittableRandom random) {
    byte[] data = new byte[size];
    for (int i = 0; i < size; i++) {
      boolean fresh = i < period || random.nextInt(50) == 0;
      data[i] = fresh ? (byte) random.nextInt(values) : data[i - period];
    }
    return data;
  }

  /** TIFF 6.0, section 13, with a clear whenever the table has so many strings. */
  private static byte[] encode(byte[] data, int tableLimit) {
    Codes codes = new Codes();
    codes.put(256, 9);
    Map<String, Integer> table = new HashMap<>();
    int width = 9;
    int next = 258;
    String string = "";
    for (byte octet : data) {
      String longer = string + (char) (octet & 0xFF);
      if (longer.length() == 1 || table.containsKey(longer)) {
        string = longer;
        continue;
      }
      codes.put(code(table, string), width);
      if (next < 4096) {
        table.put(longer, next++);
      }
      width = Math.max(width, Math.min(12, Integer.SIZE - Integer.numberOfLeadingZeros(next)));
      if (next >= tableLimit) {
        codes.put(256, width);
        table.clear();
        next = 258;
        width = 9;
      }
      string = longer.substring(longer.length() - 1);
    }
    if (!string.isEmpty()) {
      codes.put(code(table, string), width);
      next++;
    }
    codes.put(
        257, Math.max(width, Math.min(12, Integer.SIZE - Integer.numberOfLeadingZeros(next))));
    codes.put(0, 7);
    return codes.bytes.toByteArray();
  }

  private static int code(Map<String, Integer> table, String string) {
    return string.length() == 1 ? string.charAt(0) : table.getOrDefault(string, -1);
  }

  private static final class Codes {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int bits;
    private int count;

    void put(int code, int width) {
      bits = bits << width | code;
      count += width;
      while (count >= 8) {
        count -= 8;
        bytes.write(bits >>> count);
      }
    }
  }
}
