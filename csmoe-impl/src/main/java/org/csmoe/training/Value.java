package org.csmoe.training;

import java.util.List;
import org.csmoe.CsMoeException;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A tensor that {@link Operations} will compute. Values of samples have the samples of a batch as
 * their first dimension, whose size is {@link #BATCH} since it is not known before. Belongs to the
 * operations that made it.
 */
public final class Value {
  /** Stands for the number of samples in a batch. */
  public static final int BATCH = -1;

  private final SDVariable variable;
  private final List<Integer> shape;

  Value(SDVariable variable, List<Integer> shape) {
    this.variable = variable;
    this.shape = List.copyOf(shape);
  }

  /**
   * The size of each dimension.
   *
   * @return {@link #BATCH} first for values of samples; empty for one number
   */
  public List<Integer> shape() {
    return shape;
  }

  /**
   * The size of a dimension.
   *
   * @param dimension from 0, or negative from the last one, -1
   * @return its size
   * @throws IndexOutOfBoundsException when there is no such dimension
   */
  public int size(int dimension) {
    return shape.get(dimension < 0 ? dimension + shape.size() : dimension);
  }

  SDVariable variable() {
    return variable;
  }

  /**
   * What the value is in the graph of the implementation, for operations that {@link Operations}
   * lacks; see {@link Operations#wrap}.
   *
   * @param type {@code org.nd4j.autodiff.samediff.SDVariable}
   * @param <T> that type
   * @return the variable; its graph is the one that training runs
   * @throws CsMoeException when it is something else
   */
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(variable)) {
      return type.cast(variable);
    }
    throw new CsMoeException(
        "cannot unwrap %s; this value has %s"
            .formatted(type.getName(), SDVariable.class.getName()));
  }

  @Override
  public String toString() {
    return variable.name() + shape;
  }
}
