package org.csmoe.compiler.internal;

import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An operation of ND4J on arrays that lie in the arena: what is not lowered to oneDNN. */
final class OpKernel implements Kernel {
  private final String name;
  private final BiFunction<List<INDArray>, INDArray, Runnable> operation;
  private final List<View> reads;
  private final View writes;

  OpKernel(
      String name,
      BiFunction<List<INDArray>, INDArray, Runnable> operation,
      List<View> reads,
      View writes) {
    this.name = name;
    this.operation = operation;
    this.reads = List.copyOf(reads);
    this.writes = writes;
  }

  @Override
  public String describe() {
    return "fallback " + name + " " + reads;
  }

  @Override
  public List<View> reads() {
    return reads;
  }

  @Override
  public List<View> writes() {
    return List.of(writes);
  }

  @Override
  public Step bind(FloatPointer arena) {
    List<INDArray> arguments = reads.stream().map(view -> array(view, arena)).toList();
    Runnable run = operation.apply(arguments, array(writes, arena));
    return new Step() {
      @Override
      public void run() {
        run.run();
      }

      @Override
      public void close() {
        // The arrays are windows on the arena and hold no memory of their own.
      }
    };
  }

  private static INDArray array(View view, FloatPointer arena) {
    FloatPointer data = new FloatPointer(view.storage().pointer(arena, view.offset()));
    return Nd4j.create(
        Nd4j.createBuffer(data, view.length(), DataType.FLOAT),
        view.shape(),
        View.rowMajor(view.shape()),
        0,
        'c');
  }

  @Override
  public void close() {}
}
