package org.csmoe.raster;

/**
 * What GDAL's metadata says stored numbers mean: {@code value = stored * scale + offset}. No reader
 * of this package applies it; {@link #apply} does.
 *
 * @param scale the factor, 1 when the file names none; finite
 * @param offset what is added after scaling, 0 when the file names none; finite
 */
public record Scaling(double scale, double offset) {
  /** Stored numbers are the values. */
  public static final Scaling NONE = new Scaling(1, 0);

  /** Checks that both are finite. */
  public Scaling {
    if (!Double.isFinite(scale) || !Double.isFinite(offset)) {
      throw new IllegalArgumentException(
          "scale and offset must be finite but were %s and %s".formatted(scale, offset));
    }
  }

  /**
   * The value that a stored number means.
   *
   * @param stored the number, as {@link GeoTiff#readRaw(int, Window)} gives it; NaN stays NaN
   * @return the value in the band's unit
   */
  public double apply(double stored) {
    return stored * scale + offset;
  }
}
