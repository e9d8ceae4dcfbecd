package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;

/** A oneDNN primitive with its arguments. */
final class DnnlKernel implements Kernel {
  /**
   * An argument.
   *
   * @param role oneDNN's number of it
   * @param view what it is
   * @param descriptor how oneDNN sees it, of the same memory
   */
  record Argument(int role, View view, dnnl_memory_desc_t descriptor) {
    static Argument of(int role, View view) {
      return new Argument(role, view, Dnnl.descriptor(view));
    }
  }

  private final String description;
  private final dnnl_primitive_desc descriptor;
  private final List<Argument> reads;
  private final Argument writes;
  private final List<dnnl_memory> memories = new ArrayList<>();
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_stream stream = Dnnl.stream();
  private final dnnl_exec_arg_t arguments;

  DnnlKernel(
      String description, dnnl_primitive_desc descriptor, List<Argument> reads, Argument writes) {
    this.description = description;
    this.descriptor = descriptor;
    this.reads = List.copyOf(reads);
    this.writes = writes;
    this.arguments = new dnnl_exec_arg_t(reads.size() + 1L);
  }

  /** Whether oneDNN has nothing better than its reference implementation, which is very slow. */
  boolean isReference() {
    return implementation().startsWith("ref");
  }

  /** oneDNN's name of the implementation that it chose. */
  private String implementation() {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
      Dnnl.check("query", dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, text));
      return text.get(BytePointer.class, 0).getString();
    }
  }

  @Override
  public String describe() {
    return description + " [" + implementation() + "]";
  }

  @Override
  public List<View> reads() {
    return reads.stream().map(Argument::view).toList();
  }

  @Override
  public View writes() {
    return writes.view();
  }

  @Override
  public void bind(FloatPointer arena) {
    Dnnl.check("primitive", dnnl_primitive_create(primitive, descriptor));
    List<Argument> all = new ArrayList<>(reads);
    all.add(writes);
    for (int i = 0; i < all.size(); i++) {
      Argument argument = all.get(i);
      View view = argument.view();
      dnnl_memory memory = new dnnl_memory();
      Dnnl.check(
          "memory",
          dnnl_memory_create(
              memory,
              argument.descriptor(),
              Dnnl.engine(),
              view.storage().pointer(arena, view.offset())));
      memories.add(memory);
      arguments.position(i).arg(argument.role()).memory(memory);
    }
    arguments.position(0);
  }

  @Override
  public void run() {
    Dnnl.check(
        "run of " + description,
        dnnl_primitive_execute(primitive, stream, reads.size() + 1, arguments));
  }

  @Override
  public void close() {
    if (!primitive.isNull()) {
      dnnl_primitive_destroy(primitive);
    }
    memories.forEach(memory -> dnnl_memory_destroy(memory));
    memories.clear();
    dnnl_primitive_desc_destroy(descriptor);
    dnnl_stream_destroy(stream);
    arguments.close();
  }
}
