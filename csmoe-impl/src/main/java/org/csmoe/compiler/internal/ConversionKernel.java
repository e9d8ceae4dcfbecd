package org.csmoe.compiler.internal;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.ShortIndexer;
import org.csmoe.weights.Bfloat16;

/**
 * Rounds floats to BF16 or widens them again, for processors without BF16 instructions, where
 * oneDNN takes forty times as long.
 */
final class ConversionKernel implements Kernel {
  private final View from;
  private final View to;

  /**
   * Both tensors lie without gaps and in the same order, and one of them is BF16.
   *
   * @param from what is converted
   * @param to where it goes
   */
  ConversionKernel(View from, View to) {
    this.from = from;
    this.to = to;
  }

  @Override
  public String describe() {
    return "convert " + from + " [java]";
  }

  @Override
  public List<View> reads() {
    return List.of(from);
  }

  @Override
  public List<View> writes() {
    return List.of(to);
  }

  @Override
  public Step bind(FloatPointer arena) {
    boolean rounds = to.element() == Element.BF16;
    long count = from.length();
    FloatIndexer floats =
        FloatIndexer.create(new FloatPointer(memory(rounds ? from : to, arena)).capacity(count));
    ShortIndexer halves =
        ShortIndexer.create(new ShortPointer(memory(rounds ? to : from, arena)).capacity(count));
    return new Step() {
      @Override
      public void run() {
        if (rounds) {
          round(floats, halves, count);
        } else {
          widen(halves, floats, count);
        }
      }

      @Override
      public void close() {
        // The indexers are windows on the arena and hold no memory of their own.
      }
    };
  }

  private static Pointer memory(View view, FloatPointer arena) {
    return view.storage().pointer(arena, view.offset());
  }

  private static void round(FloatIndexer from, ShortIndexer to, long count) {
    for (long i = 0; i < count; i++) {
      to.put(i, Bfloat16.of(from.get(i)));
    }
  }

  private static void widen(ShortIndexer from, FloatIndexer to, long count) {
    for (long i = 0; i < count; i++) {
      to.put(i, Bfloat16.toFloat(from.get(i)));
    }
  }

  @Override
  public void close() {}
}
