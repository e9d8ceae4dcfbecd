package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloatDecoderTest {

  @Test
  void convertsEveryHalf() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >>> 10 & 0x1f;
      int fraction = bits & 0x3ff;
      double sign = bits < 0x8000 ? 1 : -1;
      double expected =
          exponent == 0x1f
              ? (fraction == 0 ? sign / 0.0 : Double.NaN)
              : exponent == 0
                  ? sign * Math.scalb((double) fraction, -24)
                  : sign * Math.scalb(1 + fraction / 1024.0, exponent - 15);
      float found = FloatDecoder.half((short) bits);
      assertThat(Double.doubleToLongBits(found)).isEqualTo(Double.doubleToLongBits(expected));
    }
  }

  @Test
  void bfloat16IsTheNearestOrOfTwoTheEvenOne() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      int bits = i % 2 == 0 ? random.nextInt() : (random.nextInt() & 0xFFFF0000) | 0x8000;
      float value = Float.intBitsToFloat(bits);
      float found = element(DType.BF16, Bfloat16.of(value) & 0xFFFFL);
      if (!Float.isFinite(value) || Float.isInfinite(found)) {
        assertThat(Float.isNaN(found)).isEqualTo(Float.isNaN(value));
        continue;
      }
      float down = Float.intBitsToFloat(bits & 0xFFFF0000);
      float up = Float.intBitsToFloat((bits & 0xFFFF0000) + 0x10000);
      double below = Math.abs((double) value - down);
      double above = Math.abs((double) up - value);
      boolean even = (bits & 0x10000) == 0;
      assertThat(found).isEqualTo(below < above || (below == above && even) ? down : up);
    }
    assertThat(Bfloat16.of(Float.MAX_VALUE)).isEqualTo((short) 0x7F80);
  }

  @Test
  void roundsUnsignedIntegersOnce() {
    assertThat(element(DType.U64, -1L)).isEqualTo(0x1p64f);
    // Just above the middle between two floats, and exactly in the middle.
    assertThat(element(DType.U64, 0x8000008000000001L)).isEqualTo(0x1.000002p63f);
    assertThat(element(DType.U64, 0x8000008000000000L)).isEqualTo(0x1p63f);
    assertThat(element(DType.U32, 0xffffffffL)).isEqualTo(0x1p32f);
    assertThat(element(DType.U16, 0xffffL)).isEqualTo(65535f);
    assertThat(element(DType.U8, 0xffL)).isEqualTo(255f);
    assertThat(element(DType.I8, 0xffL)).isEqualTo(-1f);
    assertThat(element(DType.BOOL, 2L)).isEqualTo(1f);
    assertThat(element(DType.F64, Double.doubleToLongBits(1e300)))
        .isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(element(DType.BF16, 0x0001L)).isEqualTo(Float.intBitsToFloat(0x10000));
  }

  private static float element(DType dtype, long bits) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, bits);
    return FloatDecoder.element(dtype, bytes, 0);
  }
}
