package org.csmoe.model.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph of random pieces on {@code [batch, tokens, width]}: layers of the network, views, and
 * operations that no compiler knows.
 */
final class RandomGraph {
  /** Large, so that what is compared is rounding and not how norms of almost nothing magnify it. */
  private static final double EPSILON = 0.1;

  private final SameDiff graph = SameDiff.create();
  private final SplittableRandom random;
  private final List<String> outputs = new ArrayList<>();
  private final StringBuilder pieces = new StringBuilder();
  private final int tokens;
  private final int width;

  RandomGraph(long seed) {
    random = new SplittableRandom(seed);
    Nd4j.getRandom().setSeed(seed);
    tokens = 2 + random.nextInt(9);
    width = 2 * (3 + random.nextInt(5));
    // Gradients pass all pieces on their way to this factor; SameDiff's are wrong for placeholders.
    SDVariable x =
        graph.placeHolder("x", DataType.FLOAT, -1, tokens, width).mul(parameter(tokens, width));
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      x = piece(random.nextInt(19), x);
      if (random.nextInt(3) == 0) {
        output(x.mul(1));
      }
    }
    output(x.mul(1));
    graph.math().square(x).mean().rename("loss");
  }

  /** Names of all variables. */
  List<String> variables() {
    return graph.variables().stream()
        .filter(variable -> variable.getVariableType() == VariableType.VARIABLE)
        .map(SDVariable::name)
        .toList();
  }

  SameDiff graph() {
    return graph;
  }

  List<String> outputs() {
    return outputs;
  }

  Map<String, INDArray> inputs(int batch) {
    return new HashMap<>(Map.of("x", Nd4j.randn(DataType.FLOAT, batch, tokens, width)));
  }

  @Override
  public String toString() {
    return "tokens %d, width %d:%s".formatted(tokens, width, pieces);
  }

  private void output(SDVariable variable) {
    outputs.add(variable.rename("out" + outputs.size()).name());
  }

  private SDVariable parameter(long... shape) {
    return graph.var(Nd4j.randn(DataType.FLOAT, shape).muli(0.5));
  }

  private SDVariable rows(SDVariable x) {
    return graph.reshape(x, -1, width);
  }

  private SDVariable images(SDVariable rows) {
    return graph.reshape(rows, -1, tokens, width);
  }

  private SDVariable linear(SDVariable rows, int in, int out) {
    return graph.mmul(rows, parameter(out, in), false, true, false).add(parameter(out));
  }

  private SDVariable gelu(SDVariable x) {
    return x.mul(graph.math().erf(x.mul(Math.sqrt(0.5))).add(1.0).mul(0.5));
  }

  private SDVariable piece(int kind, SDVariable x) {
    pieces.append(' ').append(kind);
    return switch (kind) {
      case 0 -> images(linear(rows(x), width, width));
      case 1 -> x.add(images(linear(gelu(linear(rows(x), width, 7)), 7, width)));
      case 2 -> layerNorm(x);
      case 3 -> attention(x);
      case 4 -> graph.nn().softmax(x, random.nextInt(3));
      case 5 -> graph.concat(1, slice(x, tokens / 2, tokens), slice(x, 0, tokens / 2));
      case 6 -> x.sub(x.mean(true, random.nextInt(3)));
      case 7 -> graph.math().tanh(graph.permute(graph.permute(x, 2, 0, 1), 1, 2, 0));
      case 8 -> parameter(1, 1, width).div(graph.math().square(x).add(1.0));
      case 9 -> experts(x);
      case 10 -> x.mul(parameter(tokens, 1)).add(x);
      case 12 ->
          images(
              graph.permute(
                  graph.mmul(rows(x), parameter(width, width), false, false, true), 1, 0));
      case 11 -> images(linear(rows(x).mul(0.3), width, width));
      // The first token reaches nothing, the last one two places.
      case 13 -> graph.concat(1, slice(x, 1, tokens), slice(x, tokens - 1, tokens));
      case 14 -> x.mul(graph.math().exp(graph.math().square(x).mean().mul(-0.2)));
      // Of the same shape: SameDiff's gradient of a second operand that is repeated is wrong.
      case 16 -> graph.math().max(x, x.mul(parameter(tokens, width)));
      case 17 -> graph.nn().logSoftmax(x).mul(0.3);
      case 18 -> shifted(x);
      default -> graph.math().rsqrt(graph.math().square(x).mean(true, 2).add(EPSILON)).mul(x);
    };
  }

  private SDVariable slice(SDVariable x, int from, int to) {
    return x.get(SDIndex.all(), SDIndex.interval(from, to), SDIndex.all());
  }

  /** A sum of products with overlapping slices of rows, whose ends are counted from behind. */
  private SDVariable shifted(SDVariable x) {
    SDVariable zeros = graph.constant(Nd4j.zeros(DataType.FLOAT, 2, width));
    SDVariable padded = graph.concat(0, zeros, rows(x), zeros);
    SDVariable factors = parameter(3L * width, width);
    SDVariable sum = product(padded, factors, 0);
    return images(sum.add(product(padded, factors, 1)).add(product(padded, factors, 2)));
  }

  private SDVariable product(SDVariable padded, SDVariable factors, int i) {
    long[] strides = {1, 1};
    SDVariable rows =
        graph.stridedSlice(
            padded, new long[] {i + 1, 0}, new long[] {i - 3, width}, strides, 0, 0, 0, 0, 0);
    SDVariable factor = factors.get(SDIndex.interval(i * width, (i + 1) * width), SDIndex.all());
    return graph.mmul(rows, factor, false, false, false);
  }

  private SDVariable layerNorm(SDVariable x) {
    SDVariable rows = rows(x);
    SDVariable centred = rows.sub(rows.mean(true, 1));
    SDVariable variance = graph.math().square(centred).mean(true, 1);
    SDVariable scale = graph.math().rsqrt(variance.add(EPSILON));
    return images(centred.mul(scale).mul(parameter(width)).add(parameter(width)));
  }

  private SDVariable attention(SDVariable x) {
    SDVariable qkv = graph.reshape(linear(rows(x), width, 3 * width), -1, tokens, 3, 2, width / 2);
    SDVariable q = head(qkv, 0).mul(0.7);
    SDVariable weights = graph.nn().softmax(graph.mmul(q, head(qkv, 1), false, true, false), 3);
    SDVariable mixed = graph.mmul(weights, head(qkv, 2), false, false, false);
    return x.add(graph.reshape(graph.permute(mixed, 0, 2, 1, 3), -1, tokens, width));
  }

  private SDVariable head(SDVariable qkv, int which) {
    SDIndex all = SDIndex.all();
    SDVariable part = qkv.get(all, all, SDIndex.interval(which, which + 1), all, all);
    return graph.permute(graph.reshape(part, -1, tokens, 2, width / 2), 0, 2, 1, 3);
  }

  /** One expert per half of the width. */
  private SDVariable experts(SDVariable x) {
    int half = width / 2;
    SDVariable grouped =
        graph.reshape(
            graph.permute(graph.reshape(x, -1, tokens, 2, half), 2, 0, 1, 3), 2, -1, half);
    SDVariable hidden =
        gelu(
            graph.mmul(grouped, parameter(2, 5, half), false, true, false).add(parameter(2, 1, 5)));
    SDVariable out =
        graph.mmul(hidden, parameter(2, half, 5), false, true, false).add(parameter(2, 1, half));
    return graph.reshape(
        graph.permute(graph.reshape(out, 2, -1, tokens, half), 1, 2, 0, 3), -1, tokens, width);
  }
}
