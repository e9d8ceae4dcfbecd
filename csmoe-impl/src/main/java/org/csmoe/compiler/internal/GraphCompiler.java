package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_div;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_sub;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_square;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.csmoe.CsMoeException;
import org.csmoe.compiler.internal.Kernels.Epilogue;
import org.csmoe.compiler.internal.OpGraph.Node;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compiles a SameDiff graph for inputs of given shapes. Values are asked for from the outputs
 * backwards, so that only what is needed is compiled, each once, in topological order; a pattern
 * (layer norm, GELU, bias, residual sum) is looked for at its last operation, and what it covers is
 * then never asked for. Reshapes, permutations and slices become views.
 *
 * <p>Invariant: every kernel writes a storage of its own, or a part of one that no other kernel
 * writes, and reads what earlier kernels wrote. So kernels may be run in their order whatever is
 * fused.
 */
public final class GraphCompiler {
  private static final Map<String, Integer> BINARY =
      Map.of(
          "add", dnnl_binary_add,
          "subtract", dnnl_binary_sub,
          "multiply", dnnl_binary_mul,
          "divide", dnnl_binary_div);

  private final OpGraph graph;
  private final List<Kernel> kernels = new ArrayList<>();
  private final Map<String, View> values = new HashMap<>();
  private final Map<String, View> inputs = new LinkedHashMap<>();
  private final Map<String, long[]> shapes;
  private final List<FloatPointer> constants = new ArrayList<>();

  private GraphCompiler(SameDiff graph, Map<String, long[]> shapes) {
    this.graph = new OpGraph(graph);
    this.shapes = shapes;
  }

  /**
   * Why nothing can be compiled on this machine.
   *
   * @return the reason; empty when oneDNN can be loaded
   */
  public static Optional<String> problem() {
    return Dnnl.problem();
  }

  /**
   * Compiles.
   *
   * @param graph all float; its variables and constants have their arrays
   * @param shapes of the placeholders that the outputs need
   * @param outputs names of variables
   * @return the plan; it reads the graph's arrays, which must not be closed before it
   * @throws CsMoeException when a variable has no array or an operation cannot be compiled
   */
  public static Plan compile(SameDiff graph, Map<String, long[]> shapes, List<String> outputs) {
    GraphCompiler compiler = new GraphCompiler(graph, shapes);
    try {
      List<View> views = new ArrayList<>();
      for (String output : outputs) {
        views.add(compiler.contiguous(compiler.value(output)));
      }
      return new Plan(compiler.kernels, compiler.inputs, views, compiler.constants);
    } catch (RuntimeException e) {
      compiler.kernels.forEach(Kernel::close);
      compiler.constants.forEach(FloatPointer::close);
      throw e;
    }
  }

  private View value(String name) {
    View known = values.get(name);
    if (known != null) {
      return known;
    }
    Optional<Node> node = graph.producer(name);
    View view = node.isPresent() ? lower(node.get()) : leaf(name);
    values.put(name, view);
    return view;
  }

  private View leaf(String name) {
    long[] shape = shapes.get(name);
    if (shape != null) {
      View view = View.inArena(shape);
      inputs.put(name, view);
      return view;
    }
    INDArray array = graph.array(name);
    if (array == null || array.dataType() != DataType.FLOAT) {
      throw new CsMoeException(
          "cannot compile the graph: variable %s must have float values but has %s"
              .formatted(name, array == null ? "none" : array.dataType().toString()));
    }
    Storage storage = Storage.constant(Plan.pointer(array), array.length());
    return new View(storage, 0, array.shape(), array.stride());
  }

  private View lower(Node node) {
    return switch (node.kind()) {
      case "reshape" -> reshape(node);
      case "permute" -> value(node.input(0)).permuted(node.ints());
      case "strided_slice" -> slice(node);
      case "matmul" -> node.isPlainProduct() ? product(node, Epilogue.NONE) : fallback(node);
      case "add" -> add(node);
      case "multiply" -> multiply(node);
      case "subtract", "divide" -> binary(node.kind(), value(node.input(0)), value(node.input(1)));
      case "mul_scalar" -> linear(node, (float) node.scalar(), 0);
      case "add_scalar" -> linear(node, 1, (float) node.scalar());
      case "square" -> elementwise("square", dnnl_eltwise_square, 0, 0, value(node.input(0)));
      case "softmax" -> softmax(node);
      case "reduce_mean" -> mean(node);
      case "concat" -> concat(node);
      case "zeroslike" -> zeros(value(node.input(0)).shape());
      default -> fallback(node);
    };
  }

  private View emit(Kernel kernel) {
    kernels.add(kernel);
    return kernel.writes();
  }

  private View contiguous(View view) {
    if (view.isContiguous()) {
      return view;
    }
    return emit(Kernels.copy(view, View.inArena(view.shape())));
  }

  private View reshape(Node node) {
    View x = value(node.input(0));
    // The first number is the order of elements, -99 for 'c'.
    int[] sizes = node.ints();
    long[] target = new long[sizes.length - 1];
    int unknown = -1;
    long known = 1;
    for (int i = 0; i < target.length; i++) {
      target[i] = sizes[i + 1];
      if (target[i] == -1) {
        unknown = i;
      } else {
        known *= target[i];
      }
    }
    if (unknown >= 0) {
      target[unknown] = x.length() / known;
    }
    return x.reshaped(target).orElseGet(() -> contiguous(x).reshaped(target).orElseThrow());
  }

  /** Masks for begin, ellipsis, end, new axis and shrinking; then begin, end and step. */
  private View slice(Node node) {
    int[] numbers = node.ints();
    View x = value(node.input(0));
    int rank = (numbers.length - 5) / 3;
    if (numbers[1] != 0 || numbers[3] != 0 || rank != x.rank()) {
      return fallback(node);
    }
    List<Integer> kept = new ArrayList<>();
    View view = x;
    for (int i = 0; i < rank; i++) {
      boolean single = (numbers[4] >> i & 1) == 1;
      long step = numbers[5 + 2 * rank + i];
      if (step < 1) {
        return fallback(node);
      }
      long size = x.shape()[i];
      long begin = (numbers[0] >> i & 1) == 1 ? 0 : numbers[5 + i];
      long end = (numbers[2] >> i & 1) == 1 ? size : numbers[5 + rank + i];
      begin = begin < 0 ? begin + size : begin;
      end = single ? begin + 1 : end < 0 ? end + size : Math.min(end, size);
      view = view.sliced(i, begin, (end - begin + step - 1) / step, step);
      if (!single) {
        kept.add(i);
      }
    }
    long[] shape = new long[kept.size()];
    long[] strides = new long[kept.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = view.shape()[kept.get(i)];
      strides[i] = view.strides()[kept.get(i)];
    }
    return new View(view.storage(), view.offset(), shape, strides);
  }

  private View add(Node node) {
    Optional<View> normalised = layerNorm(node);
    if (normalised.isPresent()) {
      return normalised.get();
    }
    for (int i = 0; i < 2; i++) {
      Optional<Node> product = graph.only(node.input(i), "matmul");
      if (product.isPresent() && isRow(node.input(1 - i), product.get())) {
        View bias = value(node.input(1 - i));
        return product(product.get(), new Epilogue(1, Optional.of(bias), false));
      }
    }
    return binary("add", value(node.input(0)), value(node.input(1)));
  }

  /** Whether a value is a parameter that is the same for all rows of a plain product. */
  private boolean isRow(String name, Node product) {
    INDArray array = graph.array(name);
    if (array == null || !product.isPlainProduct()) {
      return false;
    }
    long columns = array.size(-1);
    boolean stacked = array.rank() == 3 && array.size(1) == 1;
    return array.length() == columns || (stacked && isStack(product, array.size(0)));
  }

  /** Whether the second factor is a stack of matrices, one for each of so many. */
  private boolean isStack(Node product, long count) {
    INDArray factor = graph.array(product.input(1));
    return factor != null && factor.rank() == 3 && factor.size(0) == count;
  }

  private View multiply(Node node) {
    for (int i = 0; i < 2; i++) {
      Optional<String> argument = graph.geluArgument(node.input(i), node.input(1 - i));
      if (argument.isPresent()) {
        return gelu(argument.get());
      }
    }
    return binary("multiply", value(node.input(0)), value(node.input(1)));
  }

  private View gelu(String argument) {
    Optional<Node> add = graph.producer(argument).filter(n -> n.kind().equals("add"));
    if (add.isPresent() && !values.containsKey(argument) && graph.consumers(argument) == 2) {
      for (int i = 0; i < 2; i++) {
        Optional<Node> product = graph.only(add.get().input(i), "matmul");
        if (product.isPresent() && isRow(add.get().input(1 - i), product.get())) {
          View bias = value(add.get().input(1 - i));
          return product(product.get(), new Epilogue(1, Optional.of(bias), true));
        }
      }
    }
    return elementwise("gelu", dnnl_eltwise_gelu_erf, 0, 0, value(argument));
  }

  /** {@code (x - mean) * rsqrt(mean of squares + epsilon) * scale + shift} of rows. */
  private Optional<View> layerNorm(Node node) {
    return graph
        .layerNorm(node)
        .filter(norm -> value(norm.x()).rank() == 2)
        .map(
            norm -> {
              View x = contiguous(value(norm.x()));
              View scale = value(norm.scale());
              View shift = value(norm.shift());
              return emit(
                  Kernels.layerNorm(x, scale, shift, norm.epsilon(), View.inArena(x.shape())));
            });
  }

  private View product(Node node, Epilogue after) {
    int[] flags = node.ints();
    Epilogue epilogue = after;
    String left = node.input(0);
    Optional<Node> scaling = graph.only(left, "mul_scalar");
    // oneDNN would scale a bias, too.
    if (scaling.isPresent() && after.bias().isEmpty()) {
      left = scaling.get().input(0);
      epilogue = new Epilogue((float) scaling.get().scalar(), after.bias(), after.gelu());
    }
    View a = value(left);
    View b = value(node.input(1));
    View x = flags.length > 0 && flags[0] == 1 ? a.transposed() : a;
    View y = flags.length > 1 && flags[1] == 1 ? b.transposed() : b;
    if (x.rank() != y.rank()) {
      throw new CsMoeException(
          "cannot compile %s: factors have %d and %d dimensions"
              .formatted(node.name(), x.rank(), y.rank()));
    }
    long[] shape = x.shape().clone();
    shape[shape.length - 1] = y.size(1);
    boolean stackedBias = epilogue.bias().filter(row -> row.rank() == 3).isPresent();
    if (x.rank() == 3 && (stackedBias || epilogue.gelu())) {
      View result = epilogue.gelu() ? View.inArena(shape) : interleaved(shape);
      for (int i = 0; i < shape[0]; i++) {
        int index = i;
        Optional<View> bias =
            epilogue.bias().map(row -> row.rank() == 3 ? row.at(index).at(0) : row);
        emitProduct(
            x.at(i), y.at(i), result.at(i), new Epilogue(epilogue.scale(), bias, epilogue.gelu()));
      }
      return result;
    }
    return emitProduct(x, y, View.inArena(shape), epilogue);
  }

  /** Rows of all matrices in turn: what experts yield is then in the order of slots. */
  private static View interleaved(long[] shape) {
    return View.inArena(shape[1], shape[0], shape[2]).permuted(1, 0, 2);
  }

  /** As it is where oneDNN has a fast implementation for these strides, else from copies. */
  private View emitProduct(View x, View y, View result, Epilogue epilogue) {
    View a = readable(x);
    View b = readable(y);
    DnnlKernel direct = Kernels.product(a, b, result, epilogue);
    if (!direct.isReference() || (a.isContiguous() && b.isContiguous())) {
      return emit(direct);
    }
    direct.close();
    return emit(Kernels.product(contiguous(a), contiguous(b), result, epilogue));
  }

  /** Products want one of the last two dimensions to be dense. */
  private View readable(View view) {
    return view.stride(1) == 1 || view.stride(2) == 1 ? view : contiguous(view);
  }

  private View binary(String kind, View a, View b) {
    View left = a;
    View right = b;
    boolean commutes = kind.equals("add") || kind.equals("multiply");
    if (commutes && left.length() < right.length()) {
      left = b;
      right = a;
    }
    int rank = Math.max(left.rank(), right.rank());
    left = withRank(left, rank);
    right = withRank(right, rank);
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = Math.max(left.shape()[i], right.shape()[i]);
    }
    if (!Arrays.equals(shape, left.shape())) {
      left = broadcast(left, shape);
    }
    int algorithm = Objects.requireNonNull(BINARY.get(kind));
    return emit(Kernels.binary(kind, algorithm, left, right, View.inArena(shape)));
  }

  private static View withRank(View view, int rank) {
    long[] shape = new long[rank];
    long[] strides = new long[rank];
    Arrays.fill(shape, 1);
    int more = rank - view.rank();
    System.arraycopy(view.shape(), 0, shape, more, view.rank());
    System.arraycopy(view.strides(), 0, strides, more, view.rank());
    Arrays.fill(strides, 0, more, view.length());
    return new View(view.storage(), view.offset(), shape, strides);
  }

  /** A copy in which sizes of 1 are repeated; oneDNN repeats the second operand alone. */
  private View broadcast(View view, long[] shape) {
    return emit(Kernels.binary("repeat", dnnl_binary_add, zeros(shape), view, View.inArena(shape)));
  }

  private View zeros(long[] shape) {
    return filled(0, shape);
  }

  private View filled(float number, long... shape) {
    long length = View.product(shape);
    FloatPointer numbers = new FloatPointer(length);
    for (long i = 0; i < length; i++) {
      numbers.put(i, number);
    }
    constants.add(numbers);
    return View.contiguous(Storage.constant(numbers, length), shape);
  }

  private View linear(Node node, float factor, float summand) {
    return elementwise(node.kind(), dnnl_eltwise_linear, factor, summand, value(node.input(0)));
  }

  private View elementwise(String name, int algorithm, float alpha, float beta, View x) {
    View dense = contiguous(x);
    return emit(
        Kernels.elementwise(name, algorithm, alpha, beta, dense, View.inArena(dense.shape())));
  }

  /** Over the last dimension; another one is first laid out as the last. */
  private View softmax(Node node) {
    View x = value(node.input(0));
    int[] numbers = node.ints();
    int dimension = numbers.length == 0 ? x.rank() - 1 : numbers[0];
    dimension = dimension < 0 ? dimension + x.rank() : dimension;
    int[] order = lastOf(x.rank(), dimension);
    View moved = contiguous(x.permuted(order));
    View y = emit(Kernels.softmax(moved, View.inArena(moved.shape())));
    return y.permuted(inverse(order));
  }

  private static int[] lastOf(int rank, int dimension) {
    int[] order = new int[rank];
    for (int i = 0, j = 0; i < rank; i++) {
      if (i != dimension) {
        order[j++] = i;
      }
    }
    order[rank - 1] = dimension;
    return order;
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  private View mean(Node node) {
    View x = value(node.input(0));
    int[] dimensions = node.dimensions();
    if (dimensions.length != 1) {
      return fallback(node);
    }
    int dimension = dimensions[0] < 0 ? dimensions[0] + x.rank() : dimensions[0];
    View mean = mean(x, dimension);
    if (node.keepsDimensions()) {
      return mean;
    }
    long[] shape = new long[x.rank() - 1];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = x.shape()[i < dimension ? i : i + 1];
    }
    return mean.reshaped(shape).orElseThrow();
  }

  /** As a product with a row or column of 1/n: oneDNN's own reductions are many times slower. */
  private View mean(View x, int dimension) {
    long n = x.shape()[dimension];
    long[] shape = x.shape().clone();
    shape[dimension] = 1;
    if (dimension == x.rank() - 1) {
      View rows = contiguous(x).reshaped(x.length() / n, n).orElseThrow();
      View sums = View.inArena(rows.shape()[0], 1);
      View column = filled(1f / n, n, 1);
      return emitProduct(rows, column, sums, Epilogue.NONE).reshaped(shape).orElseThrow();
    }
    View matrices = x;
    if (dimension < x.rank() - 2) {
      long inner = 1;
      for (int i = dimension + 1; i < x.rank(); i++) {
        inner *= x.shape()[i];
      }
      matrices = contiguous(x).reshaped(x.length() / n / inner, n, inner).orElseThrow();
    }
    long[] left = matrices.shape().clone();
    left[left.length - 2] = 1;
    left[left.length - 1] = n;
    long[] product = matrices.shape().clone();
    product[product.length - 2] = 1;
    View row = filled(1f / n, left);
    return emitProduct(row, matrices, View.inArena(product), Epilogue.NONE)
        .reshaped(shape)
        .orElseThrow();
  }

  private View concat(Node node) {
    List<View> parts = node.inputs().stream().map(this::value).toList();
    int dimension = node.ints()[0] < 0 ? node.ints()[0] + parts.get(0).rank() : node.ints()[0];
    long[] shape = parts.get(0).shape().clone();
    shape[dimension] = parts.stream().mapToLong(part -> part.shape()[dimension]).sum();
    View whole = View.inArena(shape);
    long begin = 0;
    for (View part : parts) {
      long size = part.shape()[dimension];
      emit(Kernels.copy(part, whole.sliced(dimension, begin, size, 1)));
      begin += size;
    }
    return whole;
  }

  /** Runs through ND4J on contiguous arrays of the arena. */
  private View fallback(Node node) {
    List<View> arguments = node.inputs().stream().map(this::value).map(this::contiguous).toList();
    List<INDArray> samples =
        arguments.stream().map(a -> Nd4j.createUninitialized(DataType.FLOAT, a.shape())).toList();
    View result;
    try {
      result = View.inArena(node.resultShape(samples));
    } finally {
      samples.forEach(INDArray::close);
    }
    return emit(new OpKernel(node.kind(), node.operation(), arguments, result));
  }
}
