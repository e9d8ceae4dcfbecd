package org.csmoe.compiler.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.csmoe.CsMoeException;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/** A SameDiff graph as the compiler reads it: who produces what, and the patterns in it. */
final class OpGraph {
  private final SameDiff graph;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();

  OpGraph(SameDiff graph) {
    this.graph = graph;
    for (SameDiffOp op : graph.getOps().values()) {
      Node node =
          new Node(
              op.getName(), op.getOp(), List.copyOf(inputs(op)), List.copyOf(op.getOutputsOfOp()));
      for (String output : op.getOutputsOfOp()) {
        producers.put(output, node);
      }
      node.inputs()
          .forEach(input -> consumers.computeIfAbsent(input, any -> new ArrayList<>()).add(node));
    }
  }

  private static List<String> inputs(SameDiffOp op) {
    return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
  }

  /**
   * An operation.
   *
   * @param name its name in the graph
   * @param function the operation
   * @param inputs names of the values it takes
   * @param outputs names of the values it yields
   */
  record Node(
      String name, DifferentialFunction function, List<String> inputs, List<String> outputs) {
    String kind() {
      return function.opName();
    }

    String output() {
      return outputs.get(0);
    }

    String input(int index) {
      return inputs.get(index);
    }

    int[] ints() {
      return function instanceof DynamicCustomOp op
          ? Arrays.stream(op.iArgs()).mapToInt(Math::toIntExact).toArray()
          : new int[0];
    }

    /** A product of matrices without a factor before it. */
    boolean isPlainProduct() {
      return kind().equals("matmul")
          && function instanceof DynamicCustomOp op
          && (op.tArgs().length == 0 || op.tArgs()[0] == 1);
    }

    /** Which of a product's first and second factor and result are transposed. */
    boolean isTransposed(int which) {
      int[] flags = ints();
      return flags.length > which && flags[which] == 1;
    }

    double scalar() {
      if (function instanceof ScalarOp op) {
        return op.scalar().getDouble(0);
      }
      throw new CsMoeException(name + " has no scalar");
    }

    /** Of a reduction; empty for all. */
    int[] dimensions() {
      INDArray numbers = function instanceof BaseReduceOp op ? op.dimensions() : null;
      int[] found = numbers == null ? new int[0] : numbers.toIntVector();
      return Arrays.stream(found).anyMatch(i -> i == Integer.MAX_VALUE) ? new int[0] : found;
    }

    boolean keepsDimensions() {
      return function instanceof BaseReduceOp op && op.isKeepDims();
    }

    /** The shape of the result for arguments of these shapes. */
    long[] resultShape(List<INDArray> arguments) {
      List<LongShapeDescriptor> shapes;
      if (function instanceof DynamicCustomOp) {
        shapes = custom(arguments).build().calculateOutputShape();
      } else if (function instanceof Op op) {
        set(op, arguments);
        shapes = function.calculateOutputShape();
      } else {
        throw new CsMoeException("cannot compile %s: %s".formatted(name, kind()));
      }
      if (shapes.size() != 1) {
        throw new CsMoeException(
            "cannot compile %s: %s has %d results".formatted(name, kind(), shapes.size()));
      }
      return shapes.get(0).getShape();
    }

    /** Makes what computes the result from arguments, all arrays contiguous. */
    BiFunction<List<INDArray>, INDArray, Runnable> operation() {
      if (function instanceof Op op) {
        return (arguments, result) ->
            () -> {
              // The graph has one of it for all executions.
              synchronized (op) {
                set(op, arguments);
                op.setZ(result);
                Nd4j.getExecutioner().exec(op);
              }
            };
      }
      return (arguments, result) -> {
        DynamicCustomOp op = custom(arguments).addOutputs(result).build();
        return () -> Nd4j.exec(op);
      };
    }

    private static void set(Op op, List<INDArray> arguments) {
      op.setX(arguments.get(0));
      op.setY(arguments.size() > 1 ? arguments.get(1) : null);
    }

    private DynamicCustomOp.DynamicCustomOpsBuilder custom(List<INDArray> arguments) {
      DynamicCustomOp op = (DynamicCustomOp) function;
      return DynamicCustomOp.builder(kind())
          .addInputs(arguments.toArray(INDArray[]::new))
          .addIntegerArguments(ints())
          .addFloatingPointArguments(Arrays.stream(op.tArgs()).boxed().toArray(Double[]::new))
          .addBooleanArguments(op.bArgs());
    }
  }

  /**
   * A layer norm.
   *
   * @param x what is normalised
   * @param scale the weight
   * @param shift the bias
   * @param epsilon added to the variance
   */
  record LayerNorm(String x, String scale, String shift, float epsilon) {}

  /**
   * A plain product with what is added to it.
   *
   * @param matmul the product
   * @param bias the same for all rows, or for all rows of each matrix of a stack
   */
  record BiasedProduct(Node matmul, Optional<String> bias) {}

  /** The product that a sum adds a bias to. */
  Optional<BiasedProduct> biasedProduct(Node add) {
    if (add.kind().equals("add")) {
      for (int i = 0; i < 2; i++) {
        Optional<Node> product = only(add.input(i), "matmul");
        String bias = add.input(1 - i);
        if (product.isPresent() && isRow(bias, product.get())) {
          return Optional.of(new BiasedProduct(product.get(), Optional.of(bias)));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a value is a parameter that is the same for all rows of a plain product. */
  private boolean isRow(String name, Node product) {
    INDArray array = array(name);
    if (array == null || !product.isPlainProduct() || product.isTransposed(2)) {
      return false;
    }
    long columns = array.size(-1);
    boolean stacked = array.rank() == 3 && array.size(1) == 1;
    return array.length() == columns || (stacked && isStack(product, array.size(0)));
  }

  /** Whether the second factor is a stack of matrices, one for each of so many. */
  private boolean isStack(Node product, long count) {
    INDArray factor = array(product.input(1));
    return factor != null && factor.rank() == 3 && factor.size(0) == count;
  }

  Optional<Node> producer(String name) {
    return Optional.ofNullable(producers.get(name));
  }

  /** The producer of a value that nothing else takes, if it is of this kind. */
  Optional<Node> only(String name, String kind) {
    return consumers(name).size() == 1
        ? producer(name).filter(node -> node.kind().equals(kind))
        : Optional.empty();
  }

  /** What takes a value, once for each time. */
  List<Node> consumers(String name) {
    return consumers.getOrDefault(name, List.of());
  }

  /** The values that depend on one of these, themselves included. */
  Set<String> dependents(Set<String> sources) {
    Set<String> found = new HashSet<>(sources);
    Deque<String> left = new ArrayDeque<>(sources);
    while (!left.isEmpty()) {
      for (Node node : consumers(left.pop())) {
        node.outputs().stream().filter(found::add).forEach(left::push);
      }
    }
    return found;
  }

  boolean isConstant(String name) {
    return graph.hasVariable(name) && graph.getVariable(name).isConstant();
  }

  @Nullable INDArray array(String name) {
    return producers.containsKey(name) || !graph.hasVariable(name)
        ? null
        : graph.getVariable(name).getArr();
  }

  boolean isBf16(String name) {
    INDArray array = array(name);
    return array != null && array.dataType() == DataType.BFLOAT16;
  }

  /** The leaves that are second factors of plain products and nothing else. */
  Set<String> factors() {
    Set<String> found = new HashSet<>(consumers.keySet());
    found.removeAll(producers.keySet());
    found.removeIf(
        name ->
            !consumers(name).stream()
                .allMatch(
                    node ->
                        node.isPlainProduct()
                            && node.input(1).equals(name)
                            && !node.input(0).equals(name)));
    return found;
  }

  /** Those of the {@link #factors()} that may be {@link Packing packed}. */
  Set<String> packable() {
    Set<String> found = factors();
    found.removeIf(
        name ->
            !makesTiles(graph.getVariable(name).getShape())
                || !consumers(name).stream()
                    .allMatch(node -> node.isTransposed(1) && !node.isTransposed(2)));
    return found;
  }

  private static boolean makesTiles(long[] shape) {
    int rank = shape.length;
    return (rank == 2 || rank == 3)
        && shape[rank - 1] % Packing.TILE == 0
        && shape[rank - 2] % Packing.TILE == 0;
  }

  private Optional<Node> producer(String name, String kind) {
    return producer(name).filter(node -> node.kind().equals(kind));
  }

  /** What GELU is of, if {@code half} is {@code (erf(x / sqrt 2) + 1) / 2} of {@code x}. */
  Optional<String> geluArgument(String half, String x) {
    return producer(half, "mul_scalar")
        .filter(node -> node.scalar() == 0.5)
        .flatMap(node -> producer(node.input(0), "add_scalar"))
        .filter(node -> node.scalar() == 1)
        .flatMap(node -> producer(node.input(0), "erf"))
        .flatMap(node -> producer(node.input(0), "mul_scalar"))
        .filter(node -> Math.abs(node.scalar() - Math.sqrt(0.5)) < 1e-7)
        .map(node -> node.input(0))
        .filter(x::equals);
  }

  /** The layer norm over the last dimension that ends in this sum. */
  Optional<LayerNorm> layerNorm(Node add) {
    return producer(add.input(0), "multiply")
        .flatMap(
            scaled ->
                producer(scaled.input(0), "multiply")
                    .flatMap(unit -> layerNorm(unit, scaled.input(1), add.input(1))));
  }

  private Optional<LayerNorm> layerNorm(Node unit, String scale, String shift) {
    Optional<Node> centred = producer(unit.input(0), "subtract");
    Optional<Node> epsilon =
        producer(unit.input(1), "rsqrt").flatMap(node -> producer(node.input(0), "add_scalar"));
    Optional<Node> squares =
        epsilon
            .flatMap(node -> producer(node.input(0), "reduce_mean"))
            .filter(OpGraph::isOfRows)
            .flatMap(node -> producer(node.input(0), "square"));
    if (centred.isEmpty() || squares.isEmpty() || !isVector(scale) || !isVector(shift)) {
      return Optional.empty();
    }
    String x = centred.get().input(0);
    boolean matches =
        squares.get().input(0).equals(unit.input(0))
            && producer(centred.get().input(1), "reduce_mean")
                .filter(OpGraph::isOfRows)
                .filter(mean -> mean.input(0).equals(x))
                .isPresent();
    return matches
        ? Optional.of(new LayerNorm(x, scale, shift, (float) epsilon.get().scalar()))
        : Optional.empty();
  }

  /** Over the last of two dimensions, which stays as 1. */
  private static boolean isOfRows(Node mean) {
    return mean.keepsDimensions()
        && mean.dimensions().length == 1
        && (mean.dimensions()[0] == 1 || mean.dimensions()[0] == -1);
  }

  private boolean isVector(String name) {
    INDArray array = array(name);
    return array != null && array.rank() == 1;
  }
}
