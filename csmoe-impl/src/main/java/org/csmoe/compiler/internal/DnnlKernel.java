package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
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
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * A oneDNN primitive with its arguments. Its working memory lies in the arena too, so that several
 * executions can run it at a time and a run allocates nothing.
 */
final class DnnlKernel implements Kernel {
  /**
   * An argument.
   *
   * @param role oneDNN's number of it
   * @param view what it is
   * @param seen the same elements in the shape that the primitive takes
   */
  record Argument(int role, View view, View seen) {
    Argument(int role, View view) {
      this(role, view, view);
    }
  }

  private final String description;
  private final dnnl_primitive_desc descriptor;
  private final List<Argument> reads;
  private final List<Argument> writes;
  private final dnnl_primitive primitive = new dnnl_primitive();

  DnnlKernel(
      String description,
      dnnl_primitive_desc descriptor,
      List<Argument> reads,
      List<Argument> results) {
    this.description = description;
    this.descriptor = descriptor;
    this.reads = List.copyOf(reads);
    this.writes = new ArrayList<>(results);
    dnnl_memory_desc_t scratch = scratchpad();
    long bytes = scratch == null ? 0 : dnnl_memory_desc_get_size(scratch);
    if (bytes > 0) {
      View view = View.inArena((bytes + Float.BYTES - 1) / Float.BYTES);
      writes.add(new Argument(DNNL_ARG_SCRATCHPAD, view));
    }
    Dnnl.check("primitive", dnnl_primitive_create(primitive, descriptor));
    Dnnl.opened();
  }

  private @Nullable dnnl_memory_desc_t scratchpad() {
    return dnnl_primitive_desc_query_md(descriptor, dnnl_query_scratchpad_md, 0);
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
  public List<View> writes() {
    return writes.stream().map(Argument::view).toList();
  }

  @Override
  public Step bind(FloatPointer arena) {
    return new Bound(arena);
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
    dnnl_primitive_desc_destroy(descriptor);
    Dnnl.closed();
  }

  private final class Bound implements Step {
    private final String what = "run of " + description;
    private final List<dnnl_memory> memories = new ArrayList<>();
    private final dnnl_stream stream = Dnnl.stream();
    private final int count = reads.size() + writes.size();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(count);

    Bound(FloatPointer arena) {
      List<Argument> all = new ArrayList<>(reads);
      all.addAll(writes);
      for (int i = 0; i < count; i++) {
        Argument argument = all.get(i);
        View view = argument.view();
        dnnl_memory memory = new dnnl_memory();
        Pointer data = view.storage().pointer(arena, view.offset());
        dnnl_memory_desc_t seen =
            argument.role() == DNNL_ARG_SCRATCHPAD
                ? scratchpad()
                : Dnnl.descriptor(argument.seen());
        Dnnl.check("memory", dnnl_memory_create(memory, seen, Dnnl.engine(), data));
        memories.add(memory);
        arguments.position(i).arg(argument.role()).memory(memory);
      }
      arguments.position(0);
      Dnnl.opened();
    }

    @Override
    public void run() {
      Dnnl.check(what, dnnl_primitive_execute(primitive, stream, count, arguments));
    }

    @Override
    public void close() {
      memories.forEach(memory -> dnnl_memory_destroy(memory));
      dnnl_stream_destroy(stream);
      arguments.close();
      Dnnl.closed();
    }
  }
}
