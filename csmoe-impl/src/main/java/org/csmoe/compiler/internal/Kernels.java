package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_backward;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_layer_normalization_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_layer_normalization_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_logsoftmax_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_logsoftmax_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_sum;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_output_scales;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_scale;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_shift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.dnnl_layer_normalization_desc_t;
import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_softmax_desc_t;
import org.csmoe.compiler.internal.DnnlKernel.Argument;
import org.jspecify.annotations.Nullable;

/** Makes kernels of oneDNN primitives. */
final class Kernels {
  private Kernels() {}

  /**
   * What follows a product in the same kernel: {@code gelu(scale * product + bias) + result}, each
   * part if it is there.
   *
   * @param scale 1 for none
   * @param bias one row for all rows
   * @param gelu whether GELU by the error function is applied
   * @param sum whether what the result held before is added
   */
  record Epilogue(float scale, Optional<View> bias, boolean gelu, boolean sum) {
    static final Epilogue NONE = scale(1);

    Epilogue(float scale, Optional<View> bias, boolean gelu) {
      this(scale, bias, gelu, false);
    }

    static Epilogue scale(float scale) {
      return new Epilogue(scale, Optional.empty(), false);
    }
  }

  /**
   * An element-wise function.
   *
   * @param name for {@link Plan#explain()}
   * @param algorithm oneDNN's number of it
   * @param alpha its first parameter
   * @param beta its second one
   */
  record Function(String name, int algorithm, float alpha, float beta) {}

  /** {@code c = a b}, over all leading dimensions. */
  static DnnlKernel product(View a, View b, View c, Epilogue after) {
    Optional<View> bias = after.bias().map(row -> asRank(row, c.rank()));
    dnnl_matmul_desc_t operation = new dnnl_matmul_desc_t();
    Dnnl.check(
        "product",
        dnnl_matmul_desc_init(
            operation,
            Dnnl.descriptor(a),
            Dnnl.descriptor(b),
            bias.map(Dnnl::descriptor).orElse(null),
            Dnnl.descriptor(c)));
    List<Argument> reads = new ArrayList<>();
    reads.add(new Argument(DNNL_ARG_SRC, a));
    reads.add(new Argument(DNNL_ARG_WEIGHTS, b));
    bias.ifPresent(row -> reads.add(new Argument(DNNL_ARG_BIAS, row)));
    return kernel(
        describe(a, b, after),
        new const_dnnl_op_desc_t(operation),
        after,
        null,
        reads,
        List.of(new Argument(DNNL_ARG_DST, c)));
  }

  /**
   * A product of rows with {@link Packing packed} weights, as a convolution of as many pixels with
   * kernels of one.
   *
   * @param x {@code [rows, columns]}
   * @param weights {@code [columns, new columns]}
   * @param y {@code [rows, new columns]}
   */
  static DnnlKernel packedProduct(View x, View weights, View y, Epilogue after) {
    View source = pixels(x);
    long[] shape = {weights.size(1), weights.size(2), 1, 1};
    View kernels = new View(weights.storage(), weights.offset(), shape, View.rowMajor(shape));
    View result = pixels(y);
    Optional<View> bias = after.bias().map(row -> asRank(row, 1));
    dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
    Dnnl.check(
        "product",
        dnnl_convolution_forward_desc_init(
            operation,
            dnnl_forward_inference,
            dnnl_convolution_direct,
            Dnnl.descriptor(source),
            Dnnl.descriptor(kernels),
            bias.map(Dnnl::descriptor).orElse(null),
            Dnnl.descriptor(result),
            new long[] {1, 1},
            new long[2],
            new long[2]));
    List<Argument> reads = new ArrayList<>();
    reads.add(new Argument(DNNL_ARG_SRC, x, source));
    reads.add(new Argument(DNNL_ARG_WEIGHTS, weights, kernels));
    bias.ifPresent(row -> reads.add(new Argument(DNNL_ARG_BIAS, row)));
    return kernel(
        describe(x, weights, after),
        new const_dnnl_op_desc_t(operation),
        after,
        null,
        reads,
        List.of(new Argument(DNNL_ARG_DST, y, result)));
  }

  /** Rows as the pixels of an image, channels last. */
  private static View pixels(View rows) {
    long count = rows.size(2);
    long columns = rows.size(1);
    return new View(
        rows.storage(),
        rows.offset(),
        new long[] {1, columns, count, 1},
        new long[] {count * columns, 1, columns, columns});
  }

  private static String describe(View a, View b, Epilogue after) {
    return "product %s x %s%s%s%s"
        .formatted(
            a,
            b,
            after.scale() == 1 ? "" : " * scale",
            after.bias().isPresent() ? " + bias" : "",
            after.gelu() ? " gelu" : "");
  }

  private static View asRank(View row, int rank) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[rank - 1] = row.length();
    return row.reshaped(shape).orElseThrow();
  }

  /** Mean and variance of each row, which a layer norm leaves for its way back. */
  record Statistics(View mean, View variance) {
    static Statistics of(View rows) {
      return new Statistics(View.inArena(rows.shape()[0]), View.inArena(rows.shape()[0]));
    }
  }

  /** Normalises rows, the last dimension, with scale and shift. */
  static DnnlKernel layerNorm(
      View x, View scale, View shift, float epsilon, View y, Optional<Statistics> statistics) {
    int direction = statistics.isPresent() ? dnnl_forward_training : dnnl_forward_inference;
    dnnl_layer_normalization_desc_t operation = layerNorm(direction, x, statistics, epsilon);
    List<Argument> writes = new ArrayList<>();
    writes.add(new Argument(DNNL_ARG_DST, y));
    statistics.ifPresent(
        kept -> {
          writes.add(new Argument(DNNL_ARG_MEAN, kept.mean()));
          writes.add(new Argument(DNNL_ARG_VARIANCE, kept.variance()));
        });
    return kernel(
        "layer norm " + x,
        new const_dnnl_op_desc_t(operation),
        Epilogue.NONE,
        null,
        List.of(
            new Argument(DNNL_ARG_SRC, x),
            new Argument(DNNL_ARG_SCALE, scale),
            new Argument(DNNL_ARG_SHIFT, shift)),
        writes);
  }

  private static dnnl_layer_normalization_desc_t layerNorm(
      int direction, View x, Optional<Statistics> statistics, float epsilon) {
    dnnl_layer_normalization_desc_t operation = new dnnl_layer_normalization_desc_t();
    Dnnl.check(
        "layer norm",
        dnnl_layer_normalization_forward_desc_init(
            operation,
            direction,
            Dnnl.descriptor(x),
            statistics.map(kept -> Dnnl.descriptor(kept.mean())).orElse(null),
            epsilon,
            dnnl_use_scale | dnnl_use_shift));
    return operation;
  }

  /** The gradients of a layer norm's input, scale and shift from that of its output. */
  static DnnlKernel layerNormBackward(
      View x,
      View scale,
      View shift,
      Statistics statistics,
      float epsilon,
      View dy,
      View dx,
      View dScale,
      View dShift) {
    dnnl_layer_normalization_desc_t operation = new dnnl_layer_normalization_desc_t();
    Dnnl.check(
        "layer norm backward",
        dnnl_layer_normalization_backward_desc_init(
            operation,
            dnnl_backward,
            Dnnl.descriptor(dx),
            Dnnl.descriptor(x),
            Dnnl.descriptor(statistics.mean()),
            epsilon,
            dnnl_use_scale | dnnl_use_shift));
    dnnl_layer_normalization_desc_t forward =
        layerNorm(dnnl_forward_training, x, Optional.of(statistics), epsilon);
    return kernel(
        "layer norm backward " + x,
        new const_dnnl_op_desc_t(operation),
        Epilogue.NONE,
        new const_dnnl_op_desc_t(forward),
        List.of(
            new Argument(DNNL_ARG_SRC, x),
            new Argument(DNNL_ARG_MEAN, statistics.mean()),
            new Argument(DNNL_ARG_VARIANCE, statistics.variance()),
            new Argument(DNNL_ARG_SCALE, scale),
            new Argument(DNNL_ARG_SHIFT, shift),
            new Argument(DNNL_ARG_DIFF_DST, dy)),
        List.of(
            new Argument(DNNL_ARG_DIFF_SRC, dx),
            new Argument(DNNL_ARG_DIFF_SCALE, dScale),
            new Argument(DNNL_ARG_DIFF_SHIFT, dShift)));
  }

  /** Softmax over the last dimension, or its logarithm. */
  static DnnlKernel softmax(View x, View y, boolean log) {
    return kernel(
        (log ? "log softmax " : "softmax ") + x,
        softmax(dnnl_forward_inference, x, log),
        List.of(new Argument(DNNL_ARG_SRC, x)),
        new Argument(DNNL_ARG_DST, y));
  }

  private static dnnl_softmax_desc_t softmax(int direction, View x, boolean log) {
    dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t();
    int last = x.rank() - 1;
    Dnnl.check(
        "softmax",
        log
            ? dnnl_logsoftmax_forward_desc_init(operation, direction, Dnnl.descriptor(x), last)
            : dnnl_softmax_forward_desc_init(operation, direction, Dnnl.descriptor(x), last));
    return operation;
  }

  /** The gradient of softmax's input from its output and that one's gradient. */
  static DnnlKernel softmaxBackward(View y, View dy, View dx, boolean log) {
    dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t();
    int last = y.rank() - 1;
    Dnnl.check(
        "softmax backward",
        log
            ? dnnl_logsoftmax_backward_desc_init(
                operation, Dnnl.descriptor(dy), Dnnl.descriptor(y), last)
            : dnnl_softmax_backward_desc_init(
                operation, Dnnl.descriptor(dy), Dnnl.descriptor(y), last));
    return kernel(
        (log ? "log softmax backward " : "softmax backward ") + y,
        new const_dnnl_op_desc_t(operation),
        Epilogue.NONE,
        new const_dnnl_op_desc_t(softmax(dnnl_forward_training, y, log)),
        List.of(new Argument(DNNL_ARG_DST, y), new Argument(DNNL_ARG_DIFF_DST, dy)),
        List.of(new Argument(DNNL_ARG_DIFF_SRC, dx)));
  }

  /** An element-wise function. */
  static DnnlKernel elementwise(Function function, View x, View y) {
    return kernel(
        function.name() + " " + x,
        elementwise(dnnl_forward_inference, function, x),
        List.of(new Argument(DNNL_ARG_SRC, x)),
        new Argument(DNNL_ARG_DST, y));
  }

  private static dnnl_eltwise_desc_t elementwise(int direction, Function function, View x) {
    dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t();
    Dnnl.check(
        function.name(),
        dnnl_eltwise_forward_desc_init(
            operation,
            direction,
            function.algorithm(),
            Dnnl.descriptor(x),
            function.alpha(),
            function.beta()));
    return operation;
  }

  /** The gradient of a function's input from that input and the output's gradient. */
  static DnnlKernel elementwiseBackward(Function function, View x, View dy, View dx) {
    dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t();
    Dnnl.check(
        function.name(),
        dnnl_eltwise_backward_desc_init(
            operation,
            function.algorithm(),
            Dnnl.descriptor(dy),
            Dnnl.descriptor(x),
            function.alpha(),
            function.beta()));
    return kernel(
        function.name() + " backward " + x,
        new const_dnnl_op_desc_t(operation),
        Epilogue.NONE,
        new const_dnnl_op_desc_t(elementwise(dnnl_forward_training, function, x)),
        List.of(new Argument(DNNL_ARG_SRC, x), new Argument(DNNL_ARG_DIFF_DST, dy)),
        List.of(new Argument(DNNL_ARG_DIFF_SRC, dx)));
  }

  /** {@code y = a op b}; sizes of 1 in b stand for the whole dimension. */
  static DnnlKernel binary(String name, int algorithm, View a, View b, View y) {
    return binary(name, algorithm, a, b, y, Epilogue.NONE);
  }

  /** Adds a row to all rows of a matrix, in place, and applies GELU if it is wanted. */
  static DnnlKernel addRow(View matrix, View row, boolean gelu) {
    return binary(
        gelu ? "add row and gelu" : "add row",
        dnnl_binary_add,
        matrix,
        row,
        matrix,
        new Epilogue(1, Optional.empty(), gelu));
  }

  private static DnnlKernel binary(
      String name, int algorithm, View a, View b, View y, Epilogue after) {
    dnnl_binary_desc_t operation = new dnnl_binary_desc_t();
    Dnnl.check(
        name,
        dnnl_binary_desc_init(
            operation, algorithm, Dnnl.descriptor(a), Dnnl.descriptor(b), Dnnl.descriptor(y)));
    return kernel(
        "%s %s, %s".formatted(name, a, b),
        new const_dnnl_op_desc_t(operation),
        after,
        null,
        List.of(new Argument(DNNL_ARG_SRC_0, a), new Argument(DNNL_ARG_SRC_1, b)),
        List.of(new Argument(DNNL_ARG_DST, y)));
  }

  /** Copies elements between any strides. */
  static DnnlKernel copy(View x, View y) {
    return copy("copy", x, y, false);
  }

  /** Adds elements to others between any strides. */
  static DnnlKernel addInto(View x, View y) {
    return copy("add", x, y, true);
  }

  private static DnnlKernel copy(String name, View x, View y, boolean sum) {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    withAttributes(
        new Epilogue(1, Optional.empty(), false, sum),
        attributes ->
            Dnnl.check(
                name,
                dnnl_reorder_primitive_desc_create(
                    descriptor,
                    Dnnl.descriptor(x),
                    Dnnl.engine(),
                    Dnnl.descriptor(y),
                    Dnnl.engine(),
                    attributes)));
    return new DnnlKernel(
        "%s %s to %s".formatted(name, x, y),
        descriptor,
        List.of(new Argument(DNNL_ARG_FROM, x)),
        List.of(new Argument(DNNL_ARG_TO, y)));
  }

  private static DnnlKernel kernel(
      String text, dnnl_softmax_desc_t operation, List<Argument> reads, Argument y) {
    const_dnnl_op_desc_t any = new const_dnnl_op_desc_t(operation);
    return kernel(text, any, Epilogue.NONE, null, reads, List.of(y));
  }

  private static DnnlKernel kernel(
      String text, dnnl_eltwise_desc_t operation, List<Argument> reads, Argument y) {
    const_dnnl_op_desc_t any = new const_dnnl_op_desc_t(operation);
    return kernel(text, any, Epilogue.NONE, null, reads, List.of(y));
  }

  /** A backward operation wants to know the forward one. */
  private static DnnlKernel kernel(
      String text,
      const_dnnl_op_desc_t operation,
      Epilogue after,
      @Nullable const_dnnl_op_desc_t forward,
      List<Argument> reads,
      List<Argument> writes) {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    dnnl_primitive_desc hint = forward == null ? null : new dnnl_primitive_desc();
    withAttributes(
        after,
        attributes -> {
          if (hint != null) {
            Dnnl.check(
                text, dnnl_primitive_desc_create(hint, forward, attributes, Dnnl.engine(), null));
          }
          Dnnl.check(
              text,
              dnnl_primitive_desc_create(descriptor, operation, attributes, Dnnl.engine(), hint));
        });
    if (hint != null) {
      dnnl_primitive_desc_destroy(hint);
    }
    return new DnnlKernel(text, descriptor, reads, writes);
  }

  private static void withAttributes(Epilogue after, Consumer<dnnl_primitive_attr> use) {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    dnnl_post_ops posts = new dnnl_post_ops();
    Dnnl.check("attribute", dnnl_primitive_attr_create(attributes));
    Dnnl.check("post-op", dnnl_post_ops_create(posts));
    try {
      Dnnl.check(
          "scratchpad",
          dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user));
      if (after.scale() != 1) {
        Dnnl.check(
            "scale",
            dnnl_primitive_attr_set_output_scales(attributes, 1, 0, new float[] {after.scale()}));
      }
      if (after.gelu()) {
        Dnnl.check("gelu", dnnl_post_ops_append_eltwise(posts, 1, dnnl_eltwise_gelu_erf, 0, 0));
      }
      if (after.sum()) {
        Dnnl.check("sum", dnnl_post_ops_append_sum(posts, 1));
      }
      Dnnl.check("post-ops", dnnl_primitive_attr_set_post_ops(attributes, posts));
      use.accept(attributes);
    } finally {
      dnnl_post_ops_destroy(posts);
      dnnl_primitive_attr_destroy(attributes);
    }
  }
}
