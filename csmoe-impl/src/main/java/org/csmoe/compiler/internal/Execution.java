package org.csmoe.compiler.internal;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.csmoe.CsMoeException;

/** A plan's kernels on an arena of their own: what one thread runs at a time. */
final class Execution implements AutoCloseable {
  private static final int CACHE_LINE = 16;

  private final FloatPointer memory;
  private final List<Kernel.Step> steps;
  private final long[] nanos;
  private final Map<String, FloatBuffer> buffers = new HashMap<>();
  private long runs;

  Execution(List<Kernel> kernels, Map<String, View> tensors, long arenaFloats) {
    memory = new FloatPointer(arenaFloats + CACHE_LINE);
    long misaligned = memory.address() % (CACHE_LINE * Float.BYTES) / Float.BYTES;
    FloatPointer arena = memory.getPointer((CACHE_LINE - misaligned) % CACHE_LINE);
    nanos = new long[kernels.size()];
    steps =
        Dnnl.withoutDescriptors(() -> kernels.stream().map(kernel -> kernel.bind(arena)).toList());
    tensors.forEach(
        (name, view) -> {
          FloatPointer data = new FloatPointer(view.storage().pointer(arena, view.offset()));
          buffers.put(name, data.capacity(view.length()).asBuffer());
        });
  }

  FloatBuffer tensor(String name) {
    FloatBuffer buffer =
        Objects.requireNonNull(buffers.get(name), () -> "the plan has no tensor " + name);
    return buffer.clear();
  }

  /** Runs all kernels, unless the thread is interrupted between them. */
  void run() {
    for (int i = 0; i < nanos.length; i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CsMoeException("interrupted at kernel %d of %d".formatted(i, nanos.length));
      }
      long begin = System.nanoTime();
      steps.get(i).run();
      nanos[i] += System.nanoTime() - begin;
    }
    runs++;
  }

  long nanos(int kernel) {
    return nanos[kernel];
  }

  long runs() {
    return runs;
  }

  @Override
  public void close() {
    steps.forEach(Kernel.Step::close);
    memory.close();
  }
}
