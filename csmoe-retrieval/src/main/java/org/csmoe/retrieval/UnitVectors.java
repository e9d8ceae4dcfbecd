package org.csmoe.retrieval;

/** Vectors brought to length 1. */
final class UnitVectors {
  private UnitVectors() {}

  /**
   * A copy of length 1. The norm is taken in double precision, in which no square of a float
   * overflows or vanishes.
   *
   * @param name of the vector, for messages
   * @throws IllegalArgumentException when the length is another, a value is not finite, or all are
   *     zero
   */
  static float[] of(float[] vector, int dimension, String name) {
    if (vector.length != dimension) {
      throw new IllegalArgumentException(
          "%s: vector must have %d values but had %d".formatted(name, dimension, vector.length));
    }
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      if (!Float.isFinite(vector[i])) {
        throw new IllegalArgumentException(
            "%s: values must be finite but value %d was %s".formatted(name, i, vector[i]));
      }
      squares += (double) vector[i] * vector[i];
    }
    if (squares == 0) {
      throw new IllegalArgumentException(
          "%s: vector must have a direction but all its values were 0".formatted(name));
    }
    double scale = 1 / Math.sqrt(squares);
    float[] unit = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      unit[i] = (float) (vector[i] * scale);
    }
    return unit;
  }
}
