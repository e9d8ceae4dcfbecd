package org.csmoe.compiler.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.csmoe.CsMoeException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A compiled graph: kernels in their order on one arena, for inputs of fixed shapes. The memory of
 * a run is known before it. Not safe for use by several threads; the constants of the graph must
 * outlive it.
 */
public final class Plan implements AutoCloseable {
  private static final int CACHE_LINE = 16;

  private final List<Kernel> kernels;
  private final Map<String, View> inputs;
  private final List<View> outputs;
  private final List<FloatPointer> constants;
  private final FloatPointer memory;
  private final FloatPointer arena;
  private final long arenaFloats;
  private final long[] nanos;
  private long runs;

  Plan(
      List<Kernel> kernels,
      Map<String, View> inputs,
      List<View> outputs,
      List<FloatPointer> constants) {
    this.constants = List.copyOf(constants);
    this.kernels = List.copyOf(kernels);
    this.inputs = Map.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.nanos = new long[kernels.size()];
    this.arenaFloats = Arena.place(liveStorages());
    this.memory = new FloatPointer(arenaFloats + CACHE_LINE);
    long misaligned = memory.address() % (CACHE_LINE * Float.BYTES) / Float.BYTES;
    this.arena = memory.getPointer((CACHE_LINE - misaligned) % CACHE_LINE);
    this.kernels.forEach(kernel -> kernel.bind(arena));
  }

  /** Notes when each storage is in use, and lists those in the arena. */
  private List<Storage> liveStorages() {
    Set<Storage> storages = new HashSet<>();
    List<Storage> inOrder = new ArrayList<>();
    inputs.values().forEach(view -> use(view, 0, storages, inOrder));
    for (int step = 0; step < kernels.size(); step++) {
      Kernel kernel = kernels.get(step);
      for (View view : kernel.reads()) {
        use(view, step, storages, inOrder);
      }
      use(kernel.writes(), step, storages, inOrder);
    }
    outputs.forEach(view -> use(view, kernels.size(), storages, inOrder));
    return inOrder;
  }

  private static void use(View view, int step, Set<Storage> known, List<Storage> inOrder) {
    if (!view.storage().isConstant()) {
      view.storage().usedAt(step);
      if (known.add(view.storage())) {
        inOrder.add(view.storage());
      }
    }
  }

  /**
   * Runs the kernels.
   *
   * @param values an array per input, of the compiled shape
   * @return one new array per output, in order; the caller closes them
   * @throws CsMoeException when the thread is interrupted, between kernels
   */
  public List<INDArray> run(Map<String, INDArray> values) {
    inputs.forEach(
        (name, view) ->
            copy(
                view.storage().pointer(arena, view.offset()),
                pointer(Objects.requireNonNull(values.get(name))),
                view.length()));
    for (int i = 0; i < kernels.size(); i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CsMoeException("interrupted at kernel %d of %d".formatted(i, kernels.size()));
      }
      long begin = System.nanoTime();
      kernels.get(i).run();
      nanos[i] += System.nanoTime() - begin;
    }
    runs++;
    List<INDArray> results = new ArrayList<>();
    for (View view : outputs) {
      INDArray result = Nd4j.createUninitialized(DataType.FLOAT, view.shape());
      copy(pointer(result), view.storage().pointer(arena, view.offset()), view.length());
      results.add(result);
    }
    return results;
  }

  static FloatPointer pointer(INDArray array) {
    return new FloatPointer(array.data().pointer()).getPointer(array.offset());
  }

  private static void copy(FloatPointer to, FloatPointer from, long floats) {
    Pointer.memcpy(to, from, floats * Float.BYTES);
  }

  /**
   * Memory of a run beside inputs, outputs and constants.
   *
   * @return bytes
   */
  public long arenaBytes() {
    return arenaFloats * Float.BYTES;
  }

  /**
   * The plan as text: a line per kernel.
   *
   * @return mean milliseconds of all runs so far, kernels, shapes, implementations, and the size of
   *     the arena
   */
  public String explain() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < kernels.size(); i++) {
      Kernel kernel = kernels.get(i);
      text.append(
          "%4d %9.3f ms  %s -> %s%n"
              .formatted(i, milliseconds(nanos[i]), kernel.describe(), kernel.writes()));
    }
    return text.append(
            "%d kernels, %.3f ms, arena of %,d bytes%n"
                .formatted(kernels.size(), milliseconds(Arrays.stream(nanos).sum()), arenaBytes()))
        .toString();
  }

  private double milliseconds(long total) {
    return total / 1e6 / Math.max(1, runs);
  }

  @Override
  public void close() {
    kernels.forEach(Kernel::close);
    memory.close();
    constants.forEach(FloatPointer::close);
  }
}
