package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.dnnl_OIhw8i8o;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_init_by_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_layer_normalization_desc_t;
import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.csmoe.CsMoeException;

/** The process's oneDNN engine. */
final class Dnnl {
  private static final Optional<String> PROBLEM = probe();

  private static final boolean MULTIPLIES_BF16 = has(dnnl_cpu_isa_avx512_core_bf16);

  private static final boolean PACKS = has(dnnl_cpu_isa_avx2) && !has(dnnl_cpu_isa_avx512_core);

  /** Kernels and their bindings that hold native objects, so that tests find leaks. */
  private static final AtomicLong OPEN = new AtomicLong();

  private Dnnl() {}

  /** Created where oneDNN could be loaded. */
  private static final class Engine {
    static final dnnl_engine ENGINE = new dnnl_engine();

    static {
      check("engine", dnnl_engine_create(ENGINE, dnnl_cpu, 0));
    }
  }

  /** Why oneDNN cannot be used here; empty when it can. */
  static Optional<String> problem() {
    return PROBLEM;
  }

  private static Optional<String> probe() {
    try {
      Loader.load(org.bytedeco.dnnl.global.dnnl.class);
      return Optional.empty();
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Whether the processor multiplies BF16 numbers: AVX512-BF16, and AMX where it has it. */
  static boolean multipliesBf16() {
    return MULTIPLIES_BF16;
  }

  /** Whether products are faster as convolutions with {@link Packing packed} weights. */
  static boolean packs() {
    return PACKS;
  }

  private static boolean has(int instructions) {
    return PROBLEM.isEmpty() && (dnnl_get_effective_cpu_isa() & instructions) == instructions;
  }

  static void opened() {
    OPEN.incrementAndGet();
  }

  static void closed() {
    OPEN.decrementAndGet();
  }

  static long open() {
    return OPEN.get();
  }

  static dnnl_engine engine() {
    return Engine.ENGINE;
  }

  static dnnl_stream stream() {
    dnnl_stream stream = new dnnl_stream();
    check("stream", dnnl_stream_create(stream, engine(), dnnl_stream_default_flags));
    return stream;
  }

  static dnnl_memory_desc_t descriptor(View view) {
    // oneDNN has no tensors without dimensions.
    View seen = view.rank() == 0 ? view.withRank(1) : view;
    dnnl_memory_desc_t descriptor = new dnnl_memory_desc_t();
    if (seen.element() == Element.PACKED) {
      check(
          "memory descriptor",
          dnnl_memory_desc_init_by_tag(
              descriptor, seen.rank(), seen.shape(), dnnl_f32, dnnl_OIhw8i8o));
      return descriptor;
    }
    check(
        "memory descriptor",
        dnnl_memory_desc_init_by_strides(
            descriptor, seen.rank(), seen.shape(), seen.element().dnnlType(), seen.strides()));
    return descriptor;
  }

  /** Does something, and frees the descriptors that it made. */
  @SuppressWarnings({"unchecked", "try"})
  static <T> T withoutDescriptors(Supplier<T> work) {
    try (PointerScope scope =
        new PointerScope(
            dnnl_memory_desc_t.class,
            dnnl_matmul_desc_t.class,
            dnnl_convolution_desc_t.class,
            dnnl_layer_normalization_desc_t.class,
            dnnl_softmax_desc_t.class,
            dnnl_eltwise_desc_t.class,
            dnnl_binary_desc_t.class)) {
      return work.get();
    }
  }

  static void check(String what, int status) {
    if (status != dnnl_success) {
      throw new CsMoeException("oneDNN refused a %s with status %d".formatted(what, status));
    }
  }
}
