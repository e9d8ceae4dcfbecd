package org.csmoe.raster;

/** Running moments by Welford's method. */
final class Moments implements GeoTiff.RowSink {
  private final double noData;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private double mean;
  private double squares;
  private long count;

  Moments(double noData) {
    this.noData = noData;
  }

  @Override
  public void accept(double[] row, int length, int index) {
    for (int i = 0; i < length; i++) {
      double value = row[i];
      if (value == noData || Double.isNaN(value)) {
        continue;
      }
      min = Math.min(min, value);
      max = Math.max(max, value);
      double delta = value - mean;
      mean += delta / ++count;
      squares += delta * (value - mean);
    }
  }

  BandSummary summary() {
    return count == 0
        ? new BandSummary(Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0)
        : new BandSummary(min, max, mean, Math.sqrt(squares / count), count);
  }
}
