package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_layer_normalization_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_output_scales;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_scale;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_shift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
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
   * What follows a product in the same kernel: {@code gelu(scale * product + bias)}, each part if
   * it is there.
   *
   * @param scale 1 for none
   * @param bias one row for all rows
   * @param gelu whether GELU by the error function is applied
   */
  record Epilogue(float scale, Optional<View> bias, boolean gelu) {
    static final Epilogue NONE = new Epilogue(1, Optional.empty(), false);
  }

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
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    dnnl_post_ops posts = new dnnl_post_ops();
    Dnnl.check("attribute", dnnl_primitive_attr_create(attributes));
    Dnnl.check("post-op", dnnl_post_ops_create(posts));
    List<Argument> reads = new ArrayList<>();
    reads.add(Argument.of(DNNL_ARG_SRC, a));
    reads.add(Argument.of(DNNL_ARG_WEIGHTS, b));
    bias.ifPresent(row -> reads.add(Argument.of(DNNL_ARG_BIAS, row)));
    if (after.scale() != 1) {
      Dnnl.check(
          "scale",
          dnnl_primitive_attr_set_output_scales(attributes, 1, 0, new float[] {after.scale()}));
    }
    if (after.gelu()) {
      Dnnl.check("gelu", dnnl_post_ops_append_eltwise(posts, 1, dnnl_eltwise_gelu_erf, 0, 0));
    }
    Dnnl.check("post-ops", dnnl_primitive_attr_set_post_ops(attributes, posts));
    dnnl_primitive_desc descriptor = create(new const_dnnl_op_desc_t(operation), attributes);
    dnnl_post_ops_destroy(posts);
    dnnl_primitive_attr_destroy(attributes);
    String text =
        "product %s x %s%s%s%s"
            .formatted(
                a,
                b,
                after.scale() == 1 ? "" : " * scale",
                bias.isPresent() ? " + bias" : "",
                after.gelu() ? " gelu" : "");
    return new DnnlKernel(text, descriptor, reads, Argument.of(DNNL_ARG_DST, c));
  }

  private static View asRank(View row, int rank) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[rank - 1] = row.length();
    return row.reshaped(shape).orElseThrow();
  }

  /** Normalises rows, the last dimension, with scale and shift. */
  static DnnlKernel layerNorm(View x, View scale, View shift, float epsilon, View y) {
    dnnl_layer_normalization_desc_t operation = new dnnl_layer_normalization_desc_t();
    Dnnl.check(
        "layer norm",
        dnnl_layer_normalization_forward_desc_init(
            operation,
            dnnl_forward_inference,
            Dnnl.descriptor(x),
            null,
            epsilon,
            dnnl_use_scale | dnnl_use_shift));
    return new DnnlKernel(
        "layer norm " + x,
        create(new const_dnnl_op_desc_t(operation), null),
        List.of(
            Argument.of(DNNL_ARG_SRC, x),
            Argument.of(DNNL_ARG_SCALE, scale),
            Argument.of(DNNL_ARG_SHIFT, shift)),
        Argument.of(DNNL_ARG_DST, y));
  }

  /** Softmax over the last dimension. */
  static DnnlKernel softmax(View x, View y) {
    dnnl_softmax_desc_t operation = new dnnl_softmax_desc_t();
    Dnnl.check(
        "softmax",
        dnnl_softmax_forward_desc_init(
            operation, dnnl_forward_inference, Dnnl.descriptor(x), x.rank() - 1));
    return new DnnlKernel(
        "softmax " + x,
        create(new const_dnnl_op_desc_t(operation), null),
        List.of(Argument.of(DNNL_ARG_SRC, x)),
        Argument.of(DNNL_ARG_DST, y));
  }

  /** An element-wise function. */
  static DnnlKernel elementwise(
      String name, int algorithm, float alpha, float beta, View x, View y) {
    dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t();
    Dnnl.check(
        name,
        dnnl_eltwise_forward_desc_init(
            operation, dnnl_forward_inference, algorithm, Dnnl.descriptor(x), alpha, beta));
    return new DnnlKernel(
        name + " " + x,
        create(new const_dnnl_op_desc_t(operation), null),
        List.of(Argument.of(DNNL_ARG_SRC, x)),
        Argument.of(DNNL_ARG_DST, y));
  }

  /** {@code y = a op b}; sizes of 1 in b stand for the whole dimension. */
  static DnnlKernel binary(String name, int algorithm, View a, View b, View y) {
    dnnl_binary_desc_t operation = new dnnl_binary_desc_t();
    Dnnl.check(
        name,
        dnnl_binary_desc_init(
            operation, algorithm, Dnnl.descriptor(a), Dnnl.descriptor(b), Dnnl.descriptor(y)));
    return new DnnlKernel(
        "%s %s, %s".formatted(name, a, b),
        create(new const_dnnl_op_desc_t(operation), null),
        List.of(Argument.of(DNNL_ARG_SRC_0, a), Argument.of(DNNL_ARG_SRC_1, b)),
        Argument.of(DNNL_ARG_DST, y));
  }

  /** Copies elements between any strides. */
  static DnnlKernel copy(View x, View y) {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    Dnnl.check(
        "copy",
        dnnl_reorder_primitive_desc_create(
            descriptor,
            Dnnl.descriptor(x),
            Dnnl.engine(),
            Dnnl.descriptor(y),
            Dnnl.engine(),
            null));
    return new DnnlKernel(
        "copy %s to %s".formatted(x, y),
        descriptor,
        List.of(Argument.of(DNNL_ARG_FROM, x)),
        Argument.of(DNNL_ARG_TO, y));
  }

  private static dnnl_primitive_desc create(
      const_dnnl_op_desc_t operation, @Nullable dnnl_primitive_attr attributes) {
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    Dnnl.check(
        "primitive descriptor",
        dnnl_primitive_desc_create(descriptor, operation, attributes, Dnnl.engine(), null));
    return descriptor;
  }
}
