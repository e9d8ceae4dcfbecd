package org.csmoe.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;
import org.csmoe.model.internal.Layers;
import org.csmoe.model.internal.Parameter.Init;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What heads and losses are made of. Each method describes a step of a computation that is run, and
 * differentiated, later; all of them run as compiled kernels. Shapes are checked at once.
 *
 * <p>Samples are the first dimension, and channels the last one: {@code [batch, channels]} or
 * {@code [batch, height, width, channels]}. Dimensions are counted from 0. Names of parameters are
 * unique in a head, and become {@code head.*} in files.
 */
public final class Operations {
  /** In front of the names of a head's parameters. */
  static final String PREFIX = "head.";

  private static final double NORM_EPSILON = 1e-5;

  private final Layers layers;
  private final SameDiff graph;
  private final BatchNorms norms;

  Operations(Layers layers, BatchNorms norms) {
    this.layers = layers;
    this.graph = layers.graph();
    this.norms = norms;
  }

  /**
   * A tensor that is trained.
   *
   * @param name a name asked for twice is one parameter
   * @param initialisation how it is drawn
   * @param shape its sizes, at least 1 each
   * @return the parameter
   */
  public Value parameter(String name, Initialisation initialisation, int... shape) {
    long[] sizes = Arrays.stream(shape).asLongStream().toArray();
    return new Value(layers.parameter(PREFIX + name, initialisation.init(), sizes), list(shape));
  }

  /**
   * Fixed numbers.
   *
   * @param values row-major
   * @param shape its sizes, at least 1 each
   * @return the constant
   */
  public Value constant(float[] values, int... shape) {
    long[] sizes = Arrays.stream(shape).asLongStream().toArray();
    return new Value(graph.constant(Nd4j.create(values.clone(), sizes, 'c')), list(shape));
  }

  /**
   * {@code x W^T + b} over the last dimension; a 1 x 1 convolution with bias on grids. Declares
   * {@code name.weight} {@code [out, in]}, drawn by Xavier's rule, and {@code name.bias}.
   *
   * @param name of the layer
   * @param x any values of samples
   * @param out size of the last dimension of the result
   * @return the result
   */
  public Value linear(String name, Value x, int out) {
    SDVariable rows = layers.linear(PREFIX + name, rows(x), x.size(-1), out);
    return ofRows(rows, x, out);
  }

  /**
   * A 1 x 1 convolution without bias. Declares {@code name.weight} {@code [out, in]}, drawn as
   * PyTorch does.
   *
   * @param name of the layer
   * @param x {@code [batch, height, width, channels]}
   * @param out channels of the result
   * @return the result, of the same height and width
   */
  public Value conv1x1(String name, Value x, int out) {
    int in = x.size(-1);
    SDVariable weight =
        layers.parameter(PREFIX + name + ".weight", new Init.Uniform(1 / Math.sqrt(in)), out, in);
    return ofRows(graph.mmul(rows(x), weight, false, true, false), x, out);
  }

  /**
   * A 3 x 3 convolution with a border of zeros and without bias. Declares {@code name.weight}
   * {@code [3, 3, in, out]}, drawn as PyTorch does.
   *
   * @param name of the layer
   * @param x {@code [batch, height, width, channels]}
   * @param out channels of the result
   * @return the result, of the same height and width
   */
  public Value conv3x3(String name, Value x, int out) {
    requireGrid(x);
    return grid(Grids.conv3x3(layers, PREFIX + name, x, out), x.size(1), x.size(2), out);
  }

  /**
   * A transposed convolution of 2 x 2 pixels with stride 2: each pixel becomes four. Declares
   * {@code name.weight} {@code [4, out, in]}, the four places row by row, and {@code name.bias},
   * drawn as PyTorch does.
   *
   * @param name of the layer
   * @param x {@code [batch, height, width, channels]}
   * @param out channels of the result
   * @return the result, of twice the height and width
   */
  public Value convTranspose2x2(String name, Value x, int out) {
    requireGrid(x);
    SDVariable result = Grids.convTranspose2x2(layers, PREFIX + name, x, out);
    return grid(result, 2 * x.size(1), 2 * x.size(2), out);
  }

  /**
   * Interpolates linearly between pixels, as PyTorch's {@code interpolate} without antialiasing.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param height of the result
   * @param width of the result
   * @param alignCorners whether the centres of corner pixels stay where they are, instead of the
   *     image's edges
   * @return the result
   */
  public Value resize(Value x, int height, int width, boolean alignCorners) {
    requireGrid(x);
    if (height == x.size(1) && width == x.size(2)) {
      return x;
    }
    float[] rows = Grids.bilinear(x.size(1), height, alignCorners);
    float[] columns = Grids.bilinear(x.size(2), width, alignCorners);
    return grid(Grids.along(graph, x, rows, columns), height, width, x.size(-1));
  }

  /**
   * Means of parts of the grid, as PyTorch's adaptive average pooling.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param height of the result
   * @param width of the result
   * @return the result
   */
  public Value meanPool(Value x, int height, int width) {
    requireGrid(x);
    float[] rows = Grids.means(x.size(1), height);
    float[] columns = Grids.means(x.size(2), width);
    return grid(Grids.along(graph, x, rows, columns), height, width, x.size(-1));
  }

  /**
   * The largest of each 2 x 2 pixels; an odd last row or column is left out.
   *
   * @param x {@code [batch, height, width, channels]}, at least 2 x 2
   * @return the result, of half the height and width
   */
  public Value maxPool2(Value x) {
    requireGrid(x);
    if (x.size(1) < 2 || x.size(2) < 2) {
      throw new IllegalArgumentException("x must be at least 2 x 2 pixels but was " + x.shape());
    }
    return grid(Grids.maxPool2(graph, x), x.size(1) / 2, x.size(2) / 2, x.size(-1));
  }

  /**
   * Normalises the last dimension of each row. Declares {@code name.weight} and {@code name.bias}.
   * Epsilon: 1e-5.
   *
   * @param name of the layer
   * @param x any values of samples
   * @return the result, of the same shape
   */
  public Value layerNorm(String name, Value x) {
    int width = x.size(-1);
    return ofRows(layers.layerNorm(PREFIX + name, rows(x), 1, width, NORM_EPSILON), x, width);
  }

  /**
   * Normalises each channel: in training by the mean and variance of the batch, in evaluation by
   * running ones, which each batch moves by a tenth, as in PyTorch. Declares {@code name.weight},
   * {@code name.bias}, and {@code name.running_mean} and {@code name.running_var}, which are saved
   * and not trained. Epsilon: 1e-5.
   *
   * @param name of the layer
   * @param x any values of samples
   * @return the result, of the same shape
   */
  public Value batchNorm(String name, Value x) {
    int rows = 1;
    for (int i = 1; i + 1 < x.shape().size(); i++) {
      rows = Math.multiplyExact(rows, x.size(i));
    }
    SDVariable result = norms.apply(layers, PREFIX + name, rows(x), x.size(-1), rows);
    return ofRows(result, x, x.size(-1));
  }

  /**
   * The sum. Sizes of 1, and dimensions that one of them lacks in front, are repeated.
   *
   * @param a a value
   * @param b a value
   * @return {@code a + b}
   */
  public Value add(Value a, Value b) {
    return new Value(a.variable().add(b.variable()), broadcast(a, b));
  }

  /**
   * The sum.
   *
   * @param a a value
   * @param b a number
   * @return {@code a + b}
   */
  public Value add(Value a, double b) {
    return new Value(a.variable().add(b), a.shape());
  }

  /**
   * The difference, repeated as in {@link #add(Value, Value)}.
   *
   * @param a a value
   * @param b a value
   * @return {@code a - b}
   */
  public Value subtract(Value a, Value b) {
    return new Value(a.variable().sub(b.variable()), broadcast(a, b));
  }

  /**
   * The product of elements, repeated as in {@link #add(Value, Value)}.
   *
   * @param a a value
   * @param b a value
   * @return {@code a * b}
   */
  public Value multiply(Value a, Value b) {
    return new Value(a.variable().mul(b.variable()), broadcast(a, b));
  }

  /**
   * The product.
   *
   * @param a a value
   * @param b a number
   * @return {@code a * b}
   */
  public Value multiply(Value a, double b) {
    return new Value(a.variable().mul(b), a.shape());
  }

  /**
   * The quotient, repeated as in {@link #add(Value, Value)}.
   *
   * @param a a value
   * @param b a value
   * @return {@code a / b}
   */
  public Value divide(Value a, Value b) {
    return new Value(a.variable().div(b.variable()), broadcast(a, b));
  }

  /**
   * The larger of two.
   *
   * @param a a value
   * @param b of the same shape
   * @return {@code max(a, b)}
   */
  public Value maximum(Value a, Value b) {
    // SameDiff's gradient of a second operand that is repeated is wrong.
    if (!a.shape().equals(b.shape())) {
      throw new IllegalArgumentException(
          "b must have the shape of a, %s, but was %s".formatted(a.shape(), b));
    }
    return new Value(graph.math().max(a.variable(), b.variable()), a.shape());
  }

  /**
   * The larger of two.
   *
   * @param a a value
   * @param b a number
   * @return {@code max(a, b)}
   */
  public Value maximum(Value a, double b) {
    return new Value(graph.math().max(a.variable(), graph.constant((float) b)), a.shape());
  }

  /**
   * The rectifier.
   *
   * @param x a value
   * @return {@code max(x, 0)}
   */
  public Value relu(Value x) {
    return maximum(x, 0);
  }

  /**
   * GELU by the error function.
   *
   * @param x a value
   * @return {@code x / 2 * (1 + erf(x / sqrt(2)))}
   */
  public Value gelu(Value x) {
    return new Value(layers.gelu(x.variable()), x.shape());
  }

  /**
   * An element-wise function.
   *
   * @param function which
   * @param x a value
   * @return the function of each element
   */
  public Value apply(Function function, Value x) {
    SDVariable v = x.variable();
    return new Value(
        switch (function) {
          case SIGMOID -> graph.nn().sigmoid(v);
          case TANH -> graph.math().tanh(v);
          case EXP -> graph.math().exp(v);
          case LOG -> graph.math().log(v);
          case SQRT -> graph.math().sqrt(v);
          case SQUARE -> graph.math().square(v);
          case ABS -> graph.math().abs(v);
        },
        x.shape());
  }

  /** Functions of {@link #apply}. */
  public enum Function {
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** The exponential. */
    EXP,
    /** The natural logarithm. */
    LOG,
    /** The square root; its slope at 0 is infinite. */
    SQRT,
    /** {@code x * x}. */
    SQUARE,
    /** The absolute value. */
    ABS
  }

  /**
   * Softmax over the last dimension.
   *
   * @param x a value
   * @return shares that sum to 1
   */
  public Value softmax(Value x) {
    return new Value(graph.nn().softmax(x.variable(), x.shape().size() - 1), x.shape());
  }

  /**
   * The logarithm of softmax over the last dimension, exact for scores of any size.
   *
   * @param x a value
   * @return at most 0 each
   */
  public Value logSoftmax(Value x) {
    // SameDiff cannot differentiate one that names its dimension.
    return new Value(graph.nn().logSoftmax(x.variable()), x.shape());
  }

  /**
   * Stacks of products of matrices, the last two dimensions.
   *
   * @param a {@code [..., n, k]}
   * @param b {@code [..., k, m]}, of the same leading dimensions
   * @return {@code [..., n, m]}
   */
  public Value product(Value a, Value b) {
    int rank = a.shape().size();
    if (rank < 2
        || rank != b.shape().size()
        || a.size(-1) != b.size(-2)
        || !a.shape().subList(0, rank - 2).equals(b.shape().subList(0, rank - 2))) {
      throw new IllegalArgumentException(
          "b must be [..., %s, m] with the leading dimensions of a, %s, but was %s"
              .formatted(rank == 0 ? "k" : a.size(-1), a.shape(), b.shape()));
    }
    List<Integer> shape = new ArrayList<>(a.shape());
    shape.set(rank - 1, b.size(-1));
    return new Value(graph.mmul(a.variable(), b.variable(), false, false, false), shape);
  }

  /**
   * Puts values side by side.
   *
   * @param dimension along which
   * @param parts at least one; of the same sizes otherwise
   * @return the whole
   */
  public Value concat(int dimension, Value... parts) {
    List<Integer> shape = new ArrayList<>(parts[0].shape());
    shape.set(dimension, 0);
    for (Value part : parts) {
      List<Integer> others = new ArrayList<>(part.shape());
      shape.set(dimension, shape.get(dimension) + others.get(dimension));
      others.set(dimension, shape.get(dimension));
      if (!others.equals(shape) || part.size(dimension) == Value.BATCH) {
        throw new IllegalArgumentException(
            "parts must differ in dimension %d alone, and not in the batch, but were %s"
                .formatted(dimension, Arrays.toString(parts)));
      }
    }
    SDVariable[] variables = Arrays.stream(parts).map(Value::variable).toArray(SDVariable[]::new);
    return new Value(graph.concat(dimension, variables), shape);
  }

  /**
   * The same elements in the same order in another shape.
   *
   * @param x a value
   * @param shape its sizes, {@link Value#BATCH} first for values of samples
   * @return the value
   */
  public Value reshape(Value x, int... shape) {
    if (size(list(shape)) != size(x.shape())) {
      throw new IllegalArgumentException(
          "shape must have the elements of %s but was %s".formatted(x, Arrays.toString(shape)));
    }
    long[] sizes = Arrays.stream(shape).asLongStream().toArray();
    return new Value(graph.reshape(x.variable(), sizes), list(shape));
  }

  /**
   * The same elements with dimensions in another order.
   *
   * @param x a value
   * @param order the dimension of x for each dimension of the result
   * @return the value
   */
  public Value permute(Value x, int... order) {
    if (!Arrays.equals(
        Arrays.stream(order).sorted().toArray(), IntStream.range(0, x.shape().size()).toArray())) {
      throw new IllegalArgumentException(
          "order must have each dimension of %s once but was %s"
              .formatted(x, Arrays.toString(order)));
    }
    List<Integer> shape = Arrays.stream(order).mapToObj(x::size).toList();
    return new Value(graph.permute(x.variable(), order), shape);
  }

  /**
   * Part of a dimension, which is not the batch.
   *
   * @param x a value
   * @param dimension which
   * @param from the first index
   * @param to the last index plus 1
   * @return the part
   */
  public Value slice(Value x, int dimension, int from, int to) {
    if (from < 0 || to <= from || to > x.size(dimension)) {
      throw new IllegalArgumentException(
          "from and to must be in 0 <= from < to <= %d but were %d and %d"
              .formatted(x.size(dimension), from, to));
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(dimension, to - from);
    return new Value(Grids.slice(x.variable(), shape.size(), dimension, from, to), shape);
  }

  /**
   * The mean over dimensions, which go.
   *
   * @param x a value
   * @param dimensions which; none for all
   * @return the means
   */
  public Value mean(Value x, int... dimensions) {
    SDVariable result =
        dimensions.length == 0 ? x.variable().mean() : x.variable().mean(dimensions);
    return new Value(result, without(x, dimensions));
  }

  /**
   * The sum over dimensions, which go.
   *
   * @param x a value
   * @param dimensions which; none for all
   * @return the sums
   */
  public Value sum(Value x, int... dimensions) {
    SDVariable result = dimensions.length == 0 ? x.variable().sum() : x.variable().sum(dimensions);
    return new Value(result, without(x, dimensions));
  }

  /**
   * A value of an operation that was put on the graph of the implementation by hand, see {@link
   * Value#unwrap}. What the compiler has no rule for runs in the session of that graph, slowly.
   *
   * @param variable an {@code org.nd4j.autodiff.samediff.SDVariable} of the same graph
   * @param shape its sizes, {@link Value#BATCH} first for values of samples
   * @return the value
   */
  // Equal graphs are not the same graph.
  @SuppressWarnings("ReferenceEquality")
  public Value wrap(Object variable, int... shape) {
    if (variable instanceof SDVariable known && known.getSameDiff() == graph) {
      return new Value(known, list(shape));
    }
    throw new CsMoeException(
        "variable must be an %s of this graph but was %s"
            .formatted(SDVariable.class.getName(), variable.getClass().getName()));
  }

  private SDVariable rows(Value x) {
    return x.shape().size() == 2 ? x.variable() : graph.reshape(x.variable(), -1, x.size(-1));
  }

  /** Rows of another width, in the former shape. */
  private Value ofRows(SDVariable rows, Value former, int width) {
    List<Integer> shape = new ArrayList<>(former.shape());
    shape.set(shape.size() - 1, width);
    long[] sizes = shape.stream().mapToLong(Integer::longValue).toArray();
    return new Value(shape.size() == 2 ? rows : graph.reshape(rows, sizes), shape);
  }

  private static Value grid(SDVariable variable, int height, int width, int channels) {
    return new Value(variable, List.of(Value.BATCH, height, width, channels));
  }

  private static void requireGrid(Value x) {
    if (x.shape().size() != 4 || x.size(0) != Value.BATCH) {
      throw new IllegalArgumentException(
          "x must be [batch, height, width, channels] but was " + x.shape());
    }
  }

  private static List<Integer> list(int... shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  private static long size(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  private static List<Integer> without(Value x, int... dimensions) {
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < x.shape().size(); i++) {
      int dimension = i;
      if (dimensions.length > 0 && Arrays.stream(dimensions).noneMatch(d -> d == dimension)) {
        left.add(x.size(i));
      }
    }
    return left;
  }

  private static List<Integer> broadcast(Value a, Value b) {
    int rank = Math.max(a.shape().size(), b.shape().size());
    List<Integer> shape = new ArrayList<>();
    for (int i = rank; i > 0; i--) {
      int first = i > a.shape().size() ? 1 : a.size(-i);
      int second = i > b.shape().size() ? 1 : b.size(-i);
      if (first != second && first != 1 && second != 1) {
        throw new IllegalArgumentException(
            "a and b must have the same sizes, or 1, but were %s and %s".formatted(a, b));
      }
      shape.add(first == 1 ? second : first);
    }
    return shape;
  }
}
