package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_div;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_ge;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_max;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_min;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_sub;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.csmoe.CsMoeException;
import org.csmoe.compiler.internal.Kernels.Epilogue;

/**
 * Writes the kernels of a plan, one after the other. What kernels cannot read is copied first; what
 * oneDNN has no good implementation for is put another way.
 *
 * <p>Invariant: every kernel writes storages of its own or a part of one that no other kernel
 * writes, except that {@link #addInto} and {@link #stackInto} change one; and reads what earlier
 * kernels wrote.
 */
final class Emitter {
  static final Kernels.Function GELU = new Kernels.Function("gelu", dnnl_eltwise_gelu_erf, 0, 0);

  /** An operation on two tensors. */
  enum Binary {
    ADD(dnnl_binary_add, true),
    SUBTRACT(dnnl_binary_sub, false),
    MULTIPLY(dnnl_binary_mul, true),
    DIVIDE(dnnl_binary_div, false),
    MAX(dnnl_binary_max, true),
    MIN(dnnl_binary_min, true),
    /** 1 where it is so, 0 elsewhere. */
    AT_LEAST(dnnl_binary_ge, false);

    private final int algorithm;
    private final boolean commutes;

    Binary(int algorithm, boolean commutes) {
      this.algorithm = algorithm;
      this.commutes = commutes;
    }
  }

  /** Rows from which a stack of matrices is multiplied at once. */
  private static final long LARGE = 400;

  private final List<Kernel> kernels = new ArrayList<>();
  private final List<FloatPointer> constants = new ArrayList<>();

  List<Kernel> kernels() {
    return kernels;
  }

  /** Memory that the plan owns. */
  List<FloatPointer> constants() {
    return constants;
  }

  void close() {
    kernels.forEach(Kernel::close);
    constants.forEach(FloatPointer::close);
  }

  /** Adds a kernel; one of constants alone is run now instead. */
  View emit(Kernel kernel) {
    View result = kernel.writes().get(0);
    boolean constant =
        kernel.reads().stream().allMatch(view -> view.storage().isConstant())
            && kernel.writes().stream().allMatch(Emitter::isWhole);
    if (!constant) {
      kernels.add(kernel);
      return result;
    }
    for (View view : kernel.writes()) {
      FloatPointer memory = new FloatPointer(view.storage().floats());
      constants.add(memory);
      view.storage().hold(memory);
    }
    try (kernel;
        Kernel.Step step = kernel.bind(constants.get(0))) {
      step.run();
    }
    return result;
  }

  /** Whether it is all of a storage of the arena. */
  private static boolean isWhole(View view) {
    return view.storage().isInArena() && view.length() == view.storage().length();
  }

  /** Lets a value be written to memory outside the arena. */
  void moveTo(View value, FloatPointer memory) {
    Storage storage = value.storage();
    if (isWhole(value) && value.isContiguous()) {
      storage.moveTo(memory);
    } else {
      copy(
          value,
          View.contiguous(Storage.variable(Element.F32, memory, value.length()), value.shape()));
    }
  }

  View contiguous(View view) {
    return view.isContiguous() ? view : copy(view, View.inArena(view.element(), view.shape()));
  }

  View copy(View from, View to) {
    return emit(Kernels.copy(from, to));
  }

  /**
   * A copy that {@link #addInto} may change, which is why one of a constant is made in each run.
   */
  View changeable(View from) {
    View to = View.inArena(from.shape());
    kernels.add(Kernels.copy(from, to));
    return to;
  }

  View reshaped(View x, long... shape) {
    return x.reshaped(shape).orElseGet(() -> contiguous(x).reshaped(shape).orElseThrow());
  }

  /** The product over all leading dimensions, into a new storage. */
  View product(View x, View y, Epilogue epilogue) {
    return productInto(x, y, View.inArena(productShape(x, y)), epilogue);
  }

  static long[] productShape(View x, View y) {
    if (x.rank() != y.rank()) {
      throw new CsMoeException(
          "cannot compile a product: factors have %d and %d dimensions"
              .formatted(x.rank(), y.rank()));
    }
    long[] shape = x.shape().clone();
    shape[shape.length - 1] = y.size(1);
    return shape;
  }

  /**
   * With a factor y in BF16, x is rounded to it, too, and sums are kept in F32. Where the processor
   * cannot multiply BF16 numbers, their products are computed in F32, which is exact.
   */
  View productInto(View x, View y, View result, Epilogue epilogue) {
    return switch (y.element()) {
      case F32 ->
          emitFast(readable(x), readable(y), (a, b) -> Kernels.product(a, b, result, epilogue));
      case PACKED -> packedProductInto(x, y, result, epilogue);
      case BF16 -> roundedProductInto(x, y, result, epilogue);
    };
  }

  /** One matrix at a time; a convolution scales nothing. */
  private View packedProductInto(View x, View y, View result, Epilogue epilogue) {
    if (epilogue.scale() != 1) {
      Epilogue unscaled = new Epilogue(1, epilogue.bias(), epilogue.gelu());
      return packedProductInto(linear(x, epilogue.scale(), 0), y, result, unscaled);
    }
    if (x.rank() == 3) {
      for (long i = 0; i < x.shape()[0]; i++) {
        packedProductInto(x.at(i), y.at(i), result.at(i), epilogue);
      }
      return result;
    }
    View dense = result.isContiguous() ? result : View.inArena(result.shape());
    View product = emit(Kernels.packedProduct(contiguous(x), y, dense, epilogue));
    return result.isContiguous() ? product : copy(product, result);
  }

  private View roundedProductInto(View x, View y, View result, Epilogue epilogue) {
    View left = as(Element.BF16, x);
    if (Dnnl.multipliesBf16()) {
      return emitFast(
          readable(left), readable(y), (a, b) -> Kernels.product(a, b, result, epilogue));
    }
    boolean direct = result.element() == Element.F32;
    View wide = direct ? result : View.inArena(result.shape());
    productInto(as(Element.F32, left), as(Element.F32, y), wide, epilogue);
    if (direct) {
      return result;
    }
    return result.isContiguous()
        ? emit(new ConversionKernel(wide, result))
        : copy(as(result.element(), wide), result);
  }

  /** The numbers as other elements; rounded ones lie row by row. */
  View as(Element element, View view) {
    if (view.element() == element) {
      return view;
    }
    View target = View.inArena(element, view.shape());
    if (Dnnl.multipliesBf16()) {
      return copy(view, target);
    }
    View dense = view.isDense() && element == Element.F32 ? view : contiguous(view);
    View image = new View(target.storage(), 0, dense.shape(), dense.strides());
    return emit(new ConversionKernel(dense, image));
  }

  /** Of dense copies, if oneDNN would read the operands by its reference implementation alone. */
  private View emitFast(View a, View b, BiFunction<View, View, DnnlKernel> kernel) {
    DnnlKernel direct = kernel.apply(a, b);
    if (!direct.isReference() || (a.isContiguous() && b.isContiguous())) {
      return emit(direct);
    }
    direct.close();
    return emit(kernel.apply(contiguous(a), contiguous(b)));
  }

  /** Products want one of the last two dimensions to be dense. */
  private View readable(View view) {
    return view.stride(1) == 1 || view.stride(2) == 1 ? view : contiguous(view);
  }

  View binary(Binary operation, View a, View b) {
    View left = a;
    View right = b;
    if (operation.commutes && left.length() < right.length()) {
      left = b;
      right = a;
    }
    int rank = Math.max(left.rank(), right.rank());
    left = left.withRank(rank);
    right = right.withRank(rank);
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = Math.max(left.shape()[i], right.shape()[i]);
    }
    if (!Arrays.equals(shape, left.shape())) {
      left = broadcast(left, shape);
    }
    String name = operation.name().toLowerCase(Locale.ROOT);
    View result = View.inArena(shape);
    return emitFast(left, right, (x, y) -> Kernels.binary(name, operation.algorithm, x, y, result));
  }

  /**
   * The product of stacks with a bias {@code [matrices, 1, columns]}, which oneDNN has in a very
   * slow implementation alone. Small matrices are multiplied one by one, with everything fused;
   * large ones of floats at once, so that cores need not wait for each other, and what follows is
   * done in place: 5 % faster for 800 rows on 2 cores, but 4 % slower for 200.
   */
  void stackInto(View x, View y, View result, Epilogue epilogue) {
    View rows = epilogue.bias().orElseThrow();
    long matrices = result.shape()[0];
    if (result.shape()[1] < LARGE || y.element() != Element.F32) {
      View left = y.element() == Element.BF16 ? as(Element.BF16, x) : x;
      for (long i = 0; i < matrices; i++) {
        Optional<View> bias = Optional.of(rows.at(i).at(0));
        productInto(
            left.at(i),
            y.at(i),
            result.at(i),
            new Epilogue(epilogue.scale(), bias, epilogue.gelu()));
      }
      return;
    }
    productInto(x, y, result, Epilogue.scale(epilogue.scale()));
    long columns = matrices * result.shape()[2];
    Optional<View> side = result.permuted(1, 0, 2).reshaped(result.shape()[1], columns);
    if (side.isPresent()) {
      emit(Kernels.addRow(side.get(), reshaped(rows, 1, columns), epilogue.gelu()));
      return;
    }
    for (long i = 0; i < matrices; i++) {
      emit(Kernels.addRow(result.at(i), rows.at(i), epilogue.gelu()));
    }
  }

  /** Adds a tensor to another one of the same shape, which is changed. */
  void addInto(View sum, View summand) {
    emit(Kernels.addInto(summand, sum));
  }

  /**
   * A copy in which sizes of 1 are repeated. As products with a row or column of ones, the opposite
   * of {@link #sum(View, int, float)}: oneDNN repeats few forms of tensors well.
   */
  View broadcast(View view, long[] shape) {
    View result = view.withRank(shape.length);
    for (int dimension = 0; dimension < shape.length; dimension++) {
      if (result.shape()[dimension] != shape[dimension]) {
        result = repeated(result, dimension, shape[dimension]);
      }
    }
    return result;
  }

  private View repeated(View x, int dimension, long n) {
    long[] shape = x.shape().clone();
    shape[dimension] = n;
    long inner = View.product(Arrays.copyOfRange(shape, dimension + 1, shape.length));
    long outer = x.length() / inner;
    View result =
        outer == 1
            ? product(filled(1, n, 1), reshaped(x, 1, inner), Epilogue.NONE)
            : inner == 1
                ? product(reshaped(x, outer, 1), filled(1, 1, n), Epilogue.NONE)
                : product(filled(1, outer, n, 1), reshaped(x, outer, 1, inner), Epilogue.NONE);
    return reshaped(result, shape);
  }

  View filled(float number, long... shape) {
    long length = View.product(shape);
    FloatPointer numbers = new FloatPointer(length);
    constants.add(numbers);
    for (long i = 0; i < length; i++) {
      numbers.put(i, number);
    }
    return View.contiguous(Storage.constant(Element.F32, numbers, length), shape);
  }

  View linear(View x, double factor, double summand) {
    return elementwise(
        new Kernels.Function("linear", dnnl_eltwise_linear, (float) factor, (float) summand), x);
  }

  View elementwise(Kernels.Function function, View x) {
    View dense = contiguous(x);
    return emit(Kernels.elementwise(function, dense, View.inArena(dense.shape())));
  }

  View elementwiseBackward(Kernels.Function function, View x, View dy) {
    View dense = contiguous(dy);
    return emit(
        Kernels.elementwiseBackward(function, contiguous(x), dense, View.inArena(dense.shape())));
  }

  /** Softmax, or its logarithm. */
  View softmax(View x, int dimension, boolean log) {
    return withLast(
        x.rank(),
        dimension,
        List.of(x),
        only -> emit(Kernels.softmax(only.get(0), View.inArena(only.get(0).shape()), log)));
  }

  View softmaxBackward(View y, View dy, int dimension, boolean log) {
    return withLast(
        y.rank(),
        dimension,
        List.of(y, dy),
        pair ->
            emit(
                Kernels.softmaxBackward(
                    pair.get(0), pair.get(1), View.inArena(pair.get(0).shape()), log)));
  }

  /** Does something to dense tensors whose last dimension is a given one of the arguments. */
  private View withLast(
      int rank, int dimension, List<View> arguments, Function<List<View>, View> kernel) {
    int[] order = new int[rank];
    for (int i = 0, j = 0; i < rank; i++) {
      order[i == dimension ? rank - 1 : j++] = i;
    }
    return kernel
        .apply(arguments.stream().map(x -> contiguous(x.permuted(order))).toList())
        .permuted(View.inverse(order));
  }

  /**
   * The sum over a dimension, times a factor; its size becomes 1. As a product with a row or column
   * of the factor: oneDNN's own reductions are many times slower.
   */
  View sum(View x, int dimension, float factor) {
    long n = x.shape()[dimension];
    long[] shape = x.shape().clone();
    shape[dimension] = 1;
    if (dimension == x.rank() - 1) {
      View rows = reshaped(x, x.length() / n, n);
      return reshaped(product(rows, filled(factor, n, 1), Epilogue.NONE), shape);
    }
    View matrices = x;
    if (dimension < x.rank() - 2) {
      long inner = View.product(Arrays.copyOfRange(x.shape(), dimension + 1, x.rank()));
      matrices = reshaped(x, x.length() / n / inner, n, inner);
    }
    long[] left = matrices.shape().clone();
    left[left.length - 2] = 1;
    left[left.length - 1] = n;
    return reshaped(product(filled(factor, left), matrices, Epilogue.NONE), shape);
  }

  /** Sums over dimensions, neighbours at once; their sizes become 1. */
  View sum(View x, boolean[] over, float factor) {
    long[] shape = x.shape().clone();
    List<Long> merged = new ArrayList<>();
    List<Integer> summed = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      if (i > 0 && over[i] == over[i - 1]) {
        merged.set(merged.size() - 1, merged.get(merged.size() - 1) * shape[i]);
      } else {
        if (over[i]) {
          summed.add(merged.size());
        }
        merged.add(shape[i]);
      }
      shape[i] = over[i] ? 1 : shape[i];
    }
    View result = reshaped(x, merged.stream().mapToLong(Long::longValue).toArray());
    float once = factor;
    for (int dimension : summed) {
      result = sum(result, dimension, once);
      once = 1;
    }
    return reshaped(summed.isEmpty() && factor != 1 ? linear(result, factor, 0) : result, shape);
  }

  /** The sum over what broadcasting repeated, so that a tensor gets a given shape again. */
  View summedTo(View x, long[] shape) {
    if (Arrays.equals(x.shape(), shape)) {
      return x;
    }
    boolean[] over = new boolean[x.rank()];
    int more = x.rank() - shape.length;
    for (int i = 0; i < over.length; i++) {
      over[i] = x.shape()[i] != 1 && (i < more || shape[i - more] == 1);
    }
    return reshaped(sum(x, over, 1), shape);
  }
}
