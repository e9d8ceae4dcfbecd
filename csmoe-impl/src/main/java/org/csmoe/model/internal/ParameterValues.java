package org.csmoe.model.internal;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.csmoe.compiler.internal.Packing;
import org.csmoe.weights.Bfloat16;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An array for each of a network's parameters. Whoever allocates it closes it. */
public final class ParameterValues implements AutoCloseable {
  private final List<Parameter> parameters;
  private final Map<String, INDArray> arrays = new LinkedHashMap<>();
  private Set<String> packed = Set.of();

  private ParameterValues(List<Parameter> parameters) {
    this.parameters = List.copyOf(parameters);
  }

  /** Arrays whose values are not set. */
  public static ParameterValues allocate(List<Parameter> parameters) {
    return allocate(parameters, Set.of(), Set.of());
  }

  /**
   * Arrays whose values are not set.
   *
   * @param rounded names of parameters that are BFLOAT16
   * @param packed names of parameters that are packed for products
   */
  static ParameterValues allocate(
      List<Parameter> parameters, Set<String> rounded, Set<String> packed) {
    ParameterValues values = new ParameterValues(parameters);
    values.packed = Set.copyOf(packed);
    try {
      for (Parameter parameter : parameters) {
        long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
        DataType type = rounded.contains(parameter.name()) ? DataType.BFLOAT16 : DataType.FLOAT;
        values.arrays.put(parameter.name(), Nd4j.createUninitialized(type, shape));
      }
      return values;
    } catch (RuntimeException | Error e) {
      values.close();
      throw e;
    }
  }

  /** The arrays of some of the parameters; not to be closed. */
  public ParameterValues only(Predicate<Parameter> wanted) {
    ParameterValues some = new ParameterValues(parameters.stream().filter(wanted).toList());
    some.parameters.forEach(parameter -> some.arrays.put(parameter.name(), array(parameter)));
    return some;
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  public INDArray array(Parameter parameter) {
    return Objects.requireNonNull(arrays.get(parameter.name()), parameter.name());
  }

  /** The values of one of the tensors that a parameter is made of; shares the memory. */
  public FloatBuffer tensor(Parameter parameter, int index) {
    int size = parameter.tensorSize();
    return NativeFloats.of(array(parameter)).slice(index * size, size);
  }

  /** Whether {@link #tensor} is the memory that products read: neither rounded nor packed. */
  boolean isPlain(Parameter parameter) {
    return array(parameter).dataType() == DataType.FLOAT && !packed.contains(parameter.name());
  }

  /** Sets one of the tensors that a rounded or packed parameter is made of. */
  void set(Parameter parameter, int index, FloatBuffer values) {
    if (packed.contains(parameter.name())) {
      Packing.pack(values, tensor(parameter, index), columns(parameter));
      return;
    }
    int size = parameter.tensorSize();
    ShortBuffer rounded =
        NativeFloats.bytesOf(array(parameter)).asShortBuffer().slice(index * size, size);
    for (int i = 0; i < size; i++) {
      rounded.put(i, Bfloat16.of(values.get(i)));
    }
  }

  /** Names of the parameters whose arrays are packed. */
  Set<String> packed() {
    return packed;
  }

  /** Puts the values of all packed parameters in the order of their arrays. */
  void unpack() {
    for (Parameter parameter : parameters) {
      if (packed.contains(parameter.name())) {
        for (int i = 0; i < parameter.tensors().size(); i++) {
          Packing.unpack(tensor(parameter, i), tensor(parameter, i), columns(parameter));
        }
      }
    }
    packed = Set.of();
  }

  private static int columns(Parameter parameter) {
    return Math.toIntExact(parameter.shape().get(parameter.shape().size() - 1));
  }

  /** Turns a graph's parameters into variables with these values; fixed ones become constants. */
  public void bind(SameDiff graph) {
    for (Parameter parameter : parameters) {
      SDVariable variable = graph.getVariable(parameter.name());
      variable.setDataType(array(parameter).dataType());
      graph.associateArrayWithVariable(array(parameter), variable);
      if (parameter.trainable()) {
        variable.convertToVariable();
      } else {
        variable.convertToConstant();
      }
    }
  }

  @Override
  public void close() {
    arrays.values().forEach(INDArray::close);
    arrays.clear();
    packed = Set.of();
  }
}
