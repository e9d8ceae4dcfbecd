package org.csmoe.compiler.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An operation of ND4J on arrays that lie in the arena: what is not lowered to oneDNN. */
final class OpKernel implements Kernel {
  private final String name;
  private final BiConsumer<List<INDArray>, INDArray> operation;
  private final List<View> reads;
  private final View writes;
  private final List<INDArray> arguments = new ArrayList<>();
  private final List<INDArray> result = new ArrayList<>();

  OpKernel(
      String name, BiConsumer<List<INDArray>, INDArray> operation, List<View> reads, View writes) {
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
  public View writes() {
    return writes;
  }

  @Override
  public void bind(FloatPointer arena) {
    reads.forEach(view -> arguments.add(array(view, arena)));
    result.add(array(writes, arena));
  }

  private static INDArray array(View view, FloatPointer arena) {
    FloatPointer data = view.storage().pointer(arena, view.offset());
    return Nd4j.create(
        Nd4j.createBuffer(data, view.length(), DataType.FLOAT),
        view.shape(),
        View.rowMajor(view.shape()),
        0,
        'c');
  }

  @Override
  public void run() {
    operation.accept(arguments, result.get(0));
  }

  @Override
  public void close() {
    // The arrays are windows on the arena and hold no memory of their own.
    arguments.clear();
    result.clear();
  }
}
