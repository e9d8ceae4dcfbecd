package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_abs;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_clip;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_exp;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_log;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_logistic;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_pow;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_sqrt;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_square;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.csmoe.CsMoeException;
import org.csmoe.compiler.internal.Emitter.Binary;
import org.csmoe.compiler.internal.Kernels.Epilogue;
import org.csmoe.compiler.internal.Kernels.Statistics;
import org.csmoe.compiler.internal.OpGraph.BiasedProduct;
import org.csmoe.compiler.internal.OpGraph.LayerNorm;
import org.csmoe.compiler.internal.OpGraph.Node;
import org.csmoe.compiler.internal.Tape.Part;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compiles a SameDiff graph for inputs of given shapes, and the gradients of one of its values.
 * Values are asked for from the outputs backwards, so that only what is needed is compiled, each
 * once, in topological order; a pattern (layer norm, GELU, bias) is looked for at its last
 * operation, and what it covers is then never asked for. Reshapes, permutations and slices become
 * views. Each operation is followed by the rule for its gradient.
 */
public final class GraphCompiler {
  private static final Map<String, Binary> BINARY =
      Map.of(
          "add", Binary.ADD,
          "subtract", Binary.SUBTRACT,
          "multiply", Binary.MULTIPLY,
          "divide", Binary.DIVIDE);

  private static final Kernels.Function SQUARE =
      new Kernels.Function("square", dnnl_eltwise_square, 0, 0);

  private static final Kernels.Function SQRT =
      new Kernels.Function("sqrt", dnnl_eltwise_sqrt, 0, 0);

  /** The one power below 0 that oneDNN has code for; others call a function and crash. */
  private static final Kernels.Function INVERSE =
      new Kernels.Function("inverse", dnnl_eltwise_pow, 1, -1);

  private static final Map<String, Kernels.Function> FUNCTIONS =
      Map.of(
          "square", SQUARE,
          "abs", new Kernels.Function("abs", dnnl_eltwise_abs, 0, 0),
          "exp", new Kernels.Function("exp", dnnl_eltwise_exp, 0, 0),
          "log", new Kernels.Function("log", dnnl_eltwise_log, 0, 0),
          "sqrt", SQRT,
          "tanh", new Kernels.Function("tanh", dnnl_eltwise_tanh, 0, 0),
          "sigmoid", new Kernels.Function("sigmoid", dnnl_eltwise_logistic, 0, 0));

  private static final Map<DataType, Element> ELEMENTS =
      Map.of(DataType.FLOAT, Element.F32, DataType.BFLOAT16, Element.BF16);

  /** For some hundred thousand operations; taken from the system as it is used. */
  private static final long STACK_BYTES = 256L << 20;

  private final OpGraph graph;
  private final Set<String> outputs;
  private final Set<String> packed;
  private final boolean differentiated;
  private final Emitter emit = new Emitter();
  private final Tape tape;
  private final Map<String, View> values = new HashMap<>();
  private final Map<String, View> inputs = new LinkedHashMap<>();
  private final List<INDArray> arrays = new ArrayList<>();

  private GraphCompiler(SameDiff graph, Signature signature, Set<String> variables) {
    this.graph = new OpGraph(graph);
    this.outputs = Set.copyOf(signature.outputs());
    this.packed = signature.packed();
    this.differentiated = !variables.isEmpty();
    this.tape = new Tape(emit, this.graph.dependents(variables));
    signature
        .inputs()
        .keySet()
        .forEach(name -> inputs.put(name, View.inArena(signature.shape(name))));
    values.putAll(inputs);
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
   * Whether products with weights in BF16 are fast on this machine; elsewhere they are computed in
   * floats, which is slow.
   *
   * @return true with AVX512-BF16 or AMX
   */
  public static boolean multipliesBf16() {
    return Dnnl.multipliesBf16();
  }

  /**
   * The variables that may have BFLOAT16 arrays without being widened for each run: those that are
   * second factors of products and nothing else.
   *
   * @param graph a graph, with or without arrays
   * @return their names
   */
  public static Set<String> factors(SameDiff graph) {
    return new OpGraph(graph).factors();
  }

  /**
   * The variables whose arrays may be {@link Packing packed}, which makes products faster here.
   *
   * @param graph a graph, with or without arrays
   * @return their names; none where it does not make them faster
   */
  public static Set<String> packable(SameDiff graph) {
    return Dnnl.packs() ? new OpGraph(graph).packable() : Set.of();
  }

  /**
   * Compiles what computes the outputs.
   *
   * @param graph all float; its variables and constants have their arrays
   * @param signature inputs and outputs
   * @return the plan; it reads the graph's arrays, which must not be closed before it
   * @throws CsMoeException when a variable has no array or an operation cannot be compiled
   */
  public static Plan compile(SameDiff graph, Signature signature) {
    return compile(graph, signature, "", Map.of());
  }

  /**
   * Compiles what computes the outputs, and the gradients of one value.
   *
   * @param graph all float; its variables and constants have their arrays
   * @param signature inputs and outputs
   * @param loss what is differentiated; if it is not one number, the sum of its elements is
   * @param gradients for each variable or input the array that its gradient is written to, row by
   *     row
   * @return the plan; it uses these arrays and the graph's, which must not be closed before it
   * @throws NotDifferentiableException when there is no rule for an operation
   * @throws CsMoeException when a variable has no array or an operation cannot be compiled
   */
  public static Plan compile(
      SameDiff graph, Signature signature, String loss, Map<String, INDArray> gradients) {
    GraphCompiler compiler = new GraphCompiler(graph, signature, gradients.keySet());
    try {
      return onDeepStack(
          () ->
              Dnnl.withoutDescriptors(
                  () -> compiler.compile(signature.outputs(), loss, gradients)));
    } catch (RuntimeException e) {
      compiler.emit.close();
      throw e;
    }
  }

  /** Values are asked for by recursion, which goes as deep as a graph is long. */
  private static <T> T onDeepStack(Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    new Thread(null, task, "csmoe-compiler", STACK_BYTES).start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          // Compiling takes less than a second; the flag is for whoever comes next.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CsMoeException known) {
        throw known;
      }
      throw new CsMoeException("cannot compile the graph: " + e.getCause(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Plan compile(List<String> names, String loss, Map<String, INDArray> gradients) {
    Map<String, View> results = new LinkedHashMap<>();
    for (String output : names) {
      results.put(output, emit.contiguous(value(output)));
    }
    if (!gradients.isEmpty()) {
      differentiate(loss, gradients);
    }
    return new Plan(emit.kernels(), inputs, results, emit.constants(), arrays);
  }

  private void differentiate(String loss, Map<String, INDArray> gradients) {
    long[] one = value(loss).shape().clone();
    Arrays.fill(one, 1);
    tape.add(loss, () -> emit.filled(1, one));
    tape.rewind();
    // In the order of names, so that the same graph gives the same plan.
    new TreeMap<>(gradients)
        .forEach(
            (name, array) -> {
              View gradient =
                  tape.gradient(name, array.shape())
                      .map(view -> emit.broadcast(view, array.shape()))
                      .orElseGet(() -> emit.filled(0, array.shape()));
              emit.moveTo(gradient, new FloatPointer(pointer(Element.F32, array)));
            });
  }

  private View value(String name) {
    View known = values.get(name);
    if (known != null) {
      return known;
    }
    View view =
        graph.producer(name).map(this::lower).orElseGet(() -> emit.as(Element.F32, leaf(name)));
    values.put(name, view);
    return view;
  }

  private View leaf(String name) {
    INDArray array = graph.array(name);
    if (array == null || !ELEMENTS.containsKey(array.dataType())) {
      throw new CsMoeException(
          "cannot compile the graph: variable %s must have float values but has %s"
              .formatted(name, array == null ? "none" : array.dataType().toString()));
    }
    Element element =
        packed.contains(name)
            ? Element.PACKED
            : Objects.requireNonNull(ELEMENTS.get(array.dataType()));
    if (element == Element.BF16 && differentiated) {
      throw new CsMoeException(
          "cannot differentiate the graph: variable %s has BF16 values; train with F32"
              .formatted(name));
    }
    Pointer memory = pointer(element, array);
    Storage storage =
        graph.isConstant(name)
            ? Storage.constant(element, memory, array.length())
            : Storage.variable(element, memory, array.length());
    return new View(storage, 0, array.shape(), array.stride());
  }

  /** An array's memory, which stays as long as the plan. */
  private Pointer pointer(Element element, INDArray array) {
    arrays.add(array);
    return element.at(array.data().pointer(), array.offset());
  }

  private View lower(Node node) {
    Kernels.Function function = FUNCTIONS.get(node.kind());
    if (function != null) {
      return elementwise(node, function);
    }
    return switch (node.kind()) {
      case "reshape" -> reshape(node);
      case "permute" -> permute(node);
      case "strided_slice" -> slice(node);
      case "matmul" -> node.isPlainProduct() ? product(node, false) : fallback(node);
      case "add" -> add(node);
      case "multiply" -> multiply(node);
      case "subtract", "divide" -> binary(node);
      case "mul_scalar" -> linear(node, node.scalar(), 0);
      case "div_scalar" -> linear(node, 1 / node.scalar(), 0);
      case "add_scalar" -> linear(node, 1, node.scalar());
      case "sub_scalar" -> linear(node, 1, -node.scalar());
      case "neg" -> linear(node, -1, 0);
      case "rsqrt" -> inverseRoot(node);
      case "maximum" -> maximum(node);
      case "softmax" -> softmax(node, false);
      case "log_softmax" -> softmax(node, true);
      case "reduce_mean" -> reduce(node, true);
      case "reduce_sum" -> reduce(node, false);
      case "concat" -> concat(node);
      case "zeroslike" -> emit.filled(0, value(node.input(0)).shape());
      default -> fallback(node);
    };
  }

  /** Notes how an operation passes its result's gradient, sizes of 1 included, to its operand. */
  private View passing(Node node, View y, UnaryOperator<View> rule) {
    tape.recordCompact(
        node.output(), y.shape(), dy -> tape.add(node.input(0), () -> rule.apply(dy)));
    return y;
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
    // A copy is made of the elements that are wanted next.
    boolean rounded = x.reshaped(target).isEmpty() && feedsBf16(node.output());
    View from = rounded ? emit.as(Element.BF16, x) : x;
    return passing(
        node,
        emit.reshaped(from, target),
        dy -> emit.reshaped(emit.broadcast(dy, target), x.shape()));
  }

  private View permute(Node node) {
    int[] order = node.ints();
    View y = value(node.input(0)).permuted(order);
    return passing(node, y, dy -> dy.permuted(View.inverse(order)));
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
    long[] begins = new long[rank];
    long[] ends = new long[rank];
    View view = x;
    View place = View.inArena(x.shape());
    for (int i = 0; i < rank; i++) {
      boolean single = (numbers[4] >> i & 1) == 1;
      long step = numbers[5 + 2 * rank + i];
      if (step < 1) {
        return fallback(node);
      }
      long size = x.shape()[i];
      long begin = (numbers[0] >> i & 1) == 1 ? 0 : numbers[5 + i];
      long end = (numbers[2] >> i & 1) == 1 ? size : numbers[5 + rank + i];
      begins[i] = begin < 0 ? begin + size : begin;
      ends[i] = single ? begins[i] + 1 : end < 0 ? end + size : Math.min(end, size);
      long count = (ends[i] - begins[i] + step - 1) / step;
      view = view.sliced(i, begins[i], count, step);
      place = place.sliced(i, begins[i], count, step);
      if (!single) {
        kept.add(i);
      }
    }
    View y = view.withDimensions(kept);
    View target = place.withDimensions(kept);
    tape.record(
        node.output(),
        y.shape(),
        dy -> tape.addPart(node.input(0), new Part(begins, ends, target, dy)));
    return y;
  }

  private View add(Node node) {
    return layerNorm(node)
        .or(() -> graph.biasedProduct(node).map(biased -> product(biased, node.output(), false)))
        .orElseGet(() -> binary(node));
  }

  private View multiply(Node node) {
    for (int i = 0; i < 2; i++) {
      Optional<String> argument = graph.geluArgument(node.input(i), node.input(1 - i));
      if (argument.isPresent()) {
        return gelu(node, argument.get());
      }
    }
    return binary(node);
  }

  /** Fused with a product only if the way back, which needs the argument, is not asked for. */
  private View gelu(Node node, String argument) {
    boolean alone =
        !tape.isActive(node.output())
            && !values.containsKey(argument)
            && graph.consumers(argument).size() == 2;
    return Optional.of(argument)
        .filter(any -> alone)
        .flatMap(graph::producer)
        .flatMap(graph::biasedProduct)
        .map(biased -> product(biased, node.output(), true))
        .orElseGet(() -> elementwise(node.output(), argument, Emitter.GELU));
  }

  /** {@code (x - mean) * rsqrt(mean of squares + epsilon) * scale + shift} of rows. */
  private Optional<View> layerNorm(Node node) {
    return graph
        .layerNorm(node)
        .filter(norm -> value(norm.x()).rank() == 2)
        .map(norm -> layerNorm(norm, node.output()));
  }

  private View layerNorm(LayerNorm norm, String output) {
    View x = emit.contiguous(value(norm.x()));
    View scale = value(norm.scale());
    View shift = value(norm.shift());
    Optional<Statistics> kept =
        tape.isActive(output) ? Optional.of(Statistics.of(x)) : Optional.empty();
    View y =
        emit.emit(
            Kernels.layerNorm(x, scale, shift, norm.epsilon(), View.inArena(x.shape()), kept));
    tape.record(
        output,
        y.shape(),
        dy -> {
          View dx = View.inArena(x.shape());
          View dScale = View.inArena(scale.shape());
          View dShift = View.inArena(shift.shape());
          emit.emit(
              Kernels.layerNormBackward(
                  x,
                  scale,
                  shift,
                  kept.orElseThrow(),
                  norm.epsilon(),
                  emit.contiguous(dy),
                  dx,
                  dScale,
                  dShift));
          tape.add(norm.x(), () -> dx);
          tape.add(norm.scale(), () -> dScale);
          tape.add(norm.shift(), () -> dShift);
        });
    return y;
  }

  private View product(Node node, boolean gelu) {
    return product(new BiasedProduct(node, Optional.empty()), node.output(), gelu);
  }

  /** A product with what precedes and follows it. */
  private View product(BiasedProduct product, String output, boolean gelu) {
    Node node = product.matmul();
    boolean flipA = node.isTransposed(0);
    boolean flipB = node.isTransposed(1);
    // oneDNN would scale a bias, too.
    Optional<Node> scaling =
        graph.only(node.input(0), "mul_scalar").filter(any -> product.bias().isEmpty());
    String left = scaling.map(scaled -> scaled.input(0)).orElse(node.input(0));
    String right = node.input(1);
    float scale = scaling.map(Node::scalar).orElse(1.0).floatValue();
    View x = flipA ? value(left).transposed() : value(left);
    View factor = packed.contains(right) || graph.isBf16(right) ? leaf(right) : value(right);
    View y = flipB ? factor.transposed() : factor;
    Optional<View> bias = product.bias().map(this::value);
    View direct = product(x, y, new Epilogue(scale, bias, gelu), output);
    View result = node.isTransposed(2) ? direct.transposed() : direct;
    tape.record(
        output,
        result.shape(),
        gradient -> {
          View dy = node.isTransposed(2) ? gradient.transposed() : gradient;
          Epilogue scaled = Epilogue.scale(scale);
          View flipped = dy.transposed();
          tape.add(
              left,
              () ->
                  flipA
                      ? emit.product(y, flipped, scaled)
                      : emit.product(dy, y.transposed(), scaled));
          tape.add(
              right,
              () ->
                  flipB
                      ? emit.product(flipped, x, scaled)
                      : emit.product(x.transposed(), dy, scaled));
          bias.ifPresent(
              row -> tape.add(product.bias().orElseThrow(), () -> emit.summedTo(dy, row.shape())));
        });
    return result;
  }

  private View product(View x, View y, Epilogue epilogue, String output) {
    long[] shape = Emitter.productShape(x, y);
    Element element = y.element() == Element.BF16 && feedsBf16(output) ? Element.BF16 : Element.F32;
    Optional<View> rows = epilogue.bias().filter(bias -> bias.rank() == 3);
    if (rows.isEmpty()) {
      return emit.productInto(x, y, inOrderOfUse(element, shape, output), epilogue);
    }
    boolean regrouped =
        y.element() != Element.PACKED
            && graph.consumers(output).stream().allMatch(next -> next.kind().equals("reshape"));
    View result = regrouped ? interleaved(element, shape) : View.inArena(element, shape);
    emit.stackInto(x, y, result, new Epilogue(epilogue.scale(), rows, epilogue.gelu()));
    return result;
  }

  /** Rows of all matrices in turn: what experts yield is then in the order of slots. */
  private static View interleaved(Element element, long[] shape) {
    return View.inArena(element, shape[1], shape[0], shape[2]).permuted(1, 0, 2);
  }

  /** Where what permutes a value alone, rows kept whole, then finds it in its own order. */
  private View inOrderOfUse(Element element, long[] shape, String name) {
    List<Node> consumers = graph.consumers(name);
    int last = shape.length - 1;
    if (consumers.size() != 1
        || !consumers.get(0).kind().equals("permute")
        || consumers.get(0).ints()[last] != last) {
      return View.inArena(element, shape);
    }
    int[] order = consumers.get(0).ints();
    long[] permuted = new long[shape.length];
    Arrays.setAll(permuted, i -> shape[order[i]]);
    return View.inArena(element, permuted).permuted(View.inverse(order));
  }

  /** Whether nothing takes a value but products with BF16 factors, which would round it anyway. */
  private boolean feedsBf16(String name) {
    List<Node> consumers = graph.consumers(name);
    return !consumers.isEmpty()
        && !outputs.contains(name)
        && consumers.stream()
            .allMatch(
                next ->
                    switch (next.kind()) {
                      case "reshape", "permute" -> feedsBf16(next.output());
                      case "matmul" ->
                          next.isPlainProduct()
                              && next.input(0).equals(name)
                              && graph.isBf16(next.input(1));
                      default -> false;
                    });
  }

  private View binary(Node node) {
    Binary operation = Objects.requireNonNull(BINARY.get(node.kind()));
    View a = value(node.input(0));
    View b = value(node.input(1));
    View y = emit.binary(operation, a, b);
    tape.recordCompact(
        node.output(),
        y.shape(),
        dy -> {
          tape.add(
              node.input(0),
              () ->
                  toward(
                      a.shape(),
                      y.shape(),
                      switch (operation) {
                        case MULTIPLY -> emit.binary(Binary.MULTIPLY, dy, b);
                        case DIVIDE -> emit.binary(Binary.DIVIDE, dy, b);
                        default -> dy;
                      }));
          tape.add(
              node.input(1),
              () ->
                  toward(
                      b.shape(),
                      y.shape(),
                      switch (operation) {
                        case MULTIPLY -> emit.binary(Binary.MULTIPLY, dy, a);
                        case DIVIDE ->
                            emit.linear(
                                emit.binary(Binary.DIVIDE, emit.binary(Binary.MULTIPLY, dy, y), b),
                                -1,
                                0);
                        case SUBTRACT -> emit.linear(dy, -1, 0);
                        default -> dy;
                      }));
        });
    return y;
  }

  /** The gradient of an operand that was repeated is summed over the repetitions. */
  private View toward(long[] operand, long[] result, View gradient) {
    return Arrays.equals(operand, result)
        ? gradient
        : emit.summedTo(emit.broadcast(gradient, result), operand);
  }

  private View linear(Node node, double factor, double summand) {
    View y = emit.linear(value(node.input(0)), factor, summand);
    return passing(node, y, dy -> factor == 1 ? dy : emit.linear(dy, factor, 0));
  }

  private View elementwise(Node node, Kernels.Function function) {
    return elementwise(node.output(), node.input(0), function);
  }

  private View elementwise(String output, String input, Kernels.Function function) {
    View x = value(input);
    View y = emit.elementwise(function, x);
    tape.recordCompact(
        output,
        y.shape(),
        dy ->
            tape.add(
                input,
                () ->
                    function.equals(SQUARE)
                        ? emit.binary(Binary.MULTIPLY, x, emit.linear(dy, 2, 0))
                        : emit.elementwiseBackward(function, x, emit.broadcast(dy, x.shape()))));
    return y;
  }

  private View inverseRoot(Node node) {
    View y = emit.elementwise(INVERSE, emit.elementwise(SQRT, value(node.input(0))));
    return passing(
        node,
        y,
        dy -> {
          View cube = emit.binary(Binary.MULTIPLY, emit.elementwise(SQUARE, y), y);
          return emit.binary(Binary.MULTIPLY, emit.linear(cube, -0.5, 0), dy);
        });
  }

  /** The larger of two tensors, with a cheaper kernel if one of them is a constant number. */
  private View maximum(Node node) {
    INDArray bound = graph.isConstant(node.input(1)) ? graph.array(node.input(1)) : null;
    return bound != null && bound.length() == 1
        ? elementwise(
            node,
            new Kernels.Function("at least", dnnl_eltwise_clip, bound.getFloat(0), Float.MAX_VALUE))
        : larger(node);
  }

  /** The gradient goes to the larger operand, to the first one of equal ones. */
  private View larger(Node node) {
    View a = value(node.input(0));
    View b = value(node.input(1));
    View y = emit.binary(Binary.MAX, a, b);
    tape.record(
        node.output(),
        y.shape(),
        dy -> {
          View first = emit.binary(Binary.MULTIPLY, dy, emit.binary(Binary.AT_LEAST, a, b));
          tape.add(node.input(0), () -> toward(a.shape(), y.shape(), first));
          tape.add(
              node.input(1),
              () -> toward(b.shape(), y.shape(), emit.binary(Binary.SUBTRACT, dy, first)));
        });
    return y;
  }

  private View softmax(Node node, boolean log) {
    View x = value(node.input(0));
    int[] numbers = node.ints();
    int dimension = x.dimension(numbers.length == 0 ? -1 : numbers[0]);
    View y = emit.softmax(x, dimension, log);
    return passing(
        node, y, dy -> emit.softmaxBackward(y, emit.broadcast(dy, y.shape()), dimension, log));
  }

  /** A mean or a sum over some dimensions, or over all. */
  private View reduce(Node node, boolean mean) {
    View x = value(node.input(0));
    boolean[] over = new boolean[x.rank()];
    int[] dimensions = node.dimensions();
    Arrays.fill(over, dimensions.length == 0);
    for (int dimension : dimensions) {
      over[x.dimension(dimension)] = true;
    }
    float factor = mean ? (float) (1.0 / count(x.shape(), over)) : 1;
    View kept = emit.sum(x, over, factor);
    View y =
        node.keepsDimensions()
            ? kept
            : kept.withDimensions(
                IntStream.range(0, x.rank()).filter(i -> !over[i]).boxed().toList());
    return passing(
        node,
        y,
        dy -> {
          View wide = node.keepsDimensions() ? dy : withOnes(dy, over);
          return factor == 1 ? wide : emit.linear(wide, factor, 0);
        });
  }

  private static long count(long[] shape, boolean[] over) {
    long count = 1;
    for (int i = 0; i < shape.length; i++) {
      count *= over[i] ? shape[i] : 1;
    }
    return count;
  }

  /** A reduced tensor with its former dimensions as 1. */
  private static View withOnes(View y, boolean[] over) {
    long[] shape = new long[over.length];
    long[] strides = new long[over.length];
    for (int i = 0, j = 0; i < over.length; i++) {
      shape[i] = over[i] ? 1 : y.shape()[j];
      strides[i] = over[i] ? 1 : y.strides()[j++];
    }
    return new View(y.storage(), y.offset(), shape, strides);
  }

  private View concat(Node node) {
    List<View> parts = node.inputs().stream().map(this::value).toList();
    int dimension = parts.get(0).dimension(node.ints()[0]);
    long[] shape = parts.get(0).shape().clone();
    shape[dimension] = parts.stream().mapToLong(part -> part.shape()[dimension]).sum();
    View whole = View.inArena(shape);
    long[] begins = new long[parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      View part = parts.get(i);
      long size = part.shape()[dimension];
      emit.copy(part, whole.sliced(dimension, begins[i], size, 1));
      if (i + 1 < begins.length) {
        begins[i + 1] = begins[i] + size;
      }
    }
    tape.record(
        node.output(),
        shape,
        dy -> {
          for (int i = 0; i < begins.length; i++) {
            View slice = dy.sliced(dimension, begins[i], parts.get(i).shape()[dimension], 1);
            tape.add(node.input(i), () -> slice);
          }
        });
    return whole;
  }

  /** Runs through ND4J on contiguous arrays of the arena. */
  private View fallback(Node node) {
    if (node.outputs().stream().anyMatch(tape::isActive)) {
      throw new NotDifferentiableException(node.name(), node.kind());
    }
    List<View> arguments = node.inputs().stream().map(this::value).map(emit::contiguous).toList();
    List<INDArray> samples =
        arguments.stream().map(a -> Nd4j.createUninitialized(DataType.FLOAT, a.shape())).toList();
    View result;
    try {
      result = View.inArena(node.resultShape(samples));
    } finally {
      samples.forEach(INDArray::close);
    }
    return emit.emit(new OpKernel(node.kind(), node.operation(), arguments, result));
  }
}
