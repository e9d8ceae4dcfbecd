package org.csmoe.compiler.internal;

import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.csmoe.CsMoeException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A compiled graph: kernels in their order, for inputs of fixed shapes, and where in an arena each
 * value lies. The memory of a run is known before it. Immutable; several threads may run it, each
 * on an arena of its own that is kept for the next run. The arrays of the graph stay reachable
 * while it is; closing one before it is an error.
 */
public final class Plan implements AutoCloseable {
  private final List<Kernel> kernels;
  private final Map<String, View> tensors = new HashMap<>();
  private final List<FloatPointer> constants;
  private final List<INDArray> arrays;
  private final long arenaFloats;
  private final List<Execution> executions = new ArrayList<>();
  private final Deque<Execution> idle = new ArrayDeque<>();

  Plan(
      List<Kernel> kernels,
      Map<String, View> inputs,
      Map<String, View> outputs,
      List<FloatPointer> constants,
      List<INDArray> arrays) {
    this.kernels = List.copyOf(kernels);
    this.constants = List.copyOf(constants);
    this.arrays = List.copyOf(arrays);
    tensors.putAll(inputs);
    tensors.putAll(outputs);
    this.arenaFloats = Arena.place(liveStorages(inputs.values(), outputs.values()));
  }

  /** Notes when each storage is in use, and lists those in the arena. */
  private List<Storage> liveStorages(Collection<View> inputs, Collection<View> outputs) {
    Set<Storage> storages = new HashSet<>();
    List<Storage> inOrder = new ArrayList<>();
    inputs.forEach(view -> use(view, 0, storages, inOrder));
    for (int step = 0; step < kernels.size(); step++) {
      for (View view : kernels.get(step).reads()) {
        use(view, step, storages, inOrder);
      }
      for (View view : kernels.get(step).writes()) {
        use(view, step, storages, inOrder);
      }
    }
    outputs.forEach(view -> use(view, kernels.size(), storages, inOrder));
    return inOrder;
  }

  private static void use(View view, int step, Set<Storage> known, List<Storage> inOrder) {
    if (view.storage().isInArena()) {
      view.storage().usedAt(step);
      if (known.add(view.storage())) {
        inOrder.add(view.storage());
      }
    }
  }

  /**
   * Runs the kernels.
   *
   * @param write fills the inputs
   * @param read takes the outputs
   * @throws CsMoeException when the thread is interrupted, between kernels
   */
  public void run(Consumer<Tensors> write, Consumer<Tensors> read) {
    Execution execution = acquire();
    try {
      write.accept(execution::tensor);
      execution.run();
      read.accept(execution::tensor);
    } finally {
      // ND4J frees an array's memory when nothing refers to the array.
      Reference.reachabilityFence(arrays);
      synchronized (idle) {
        idle.push(execution);
      }
    }
  }

  private Execution acquire() {
    synchronized (idle) {
      if (idle.isEmpty()) {
        Execution execution = new Execution(kernels, tensors, arenaFloats);
        executions.add(execution);
        return execution;
      }
      return idle.pop();
    }
  }

  /**
   * Memory of a run beside the arrays of the graph; each thread that runs at the same time takes as
   * much.
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
    synchronized (idle) {
      StringBuilder text = new StringBuilder();
      double all = 0;
      for (int i = 0; i < kernels.size(); i++) {
        int index = i;
        Kernel kernel = kernels.get(i);
        double mean = sum(execution -> execution.nanos(index)) / 1e6 / Math.max(1, runs());
        all += mean;
        text.append(
            "%4d %9.3f ms  %s -> %s%n"
                .formatted(i, mean, kernel.describe(), kernel.writes().get(0)));
      }
      return text.append(
              "%d kernels, %.3f ms, arena of %,d bytes%n"
                  .formatted(kernels.size(), all, arenaBytes()))
          .toString();
    }
  }

  private long runs() {
    return sum(Execution::runs);
  }

  private long sum(ToLongFunction<Execution> number) {
    return executions.stream().mapToLong(number).sum();
  }

  @Override
  public void close() {
    synchronized (idle) {
      executions.forEach(Execution::close);
      executions.clear();
      idle.clear();
    }
    kernels.forEach(Kernel::close);
    constants.forEach(FloatPointer::close);
  }
}
