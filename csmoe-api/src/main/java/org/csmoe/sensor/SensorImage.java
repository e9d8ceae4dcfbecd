package org.csmoe.sensor;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.csmoe.BandMismatchException;

/**
 * An image of one sensor: named bands of equal size in physical units, not yet normalised.
 *
 * <p>Shape {@code [bands, height, width]}, row-major, in one float array. A pixel that is NaN has
 * no data. An image does not copy the array it is given and does not change it; do not write to the
 * array while the image is in use. An image that nobody writes to is safe to share between threads.
 */
public final class SensorImage {
  private final Sensor sensor;
  private final List<Band> bands;
  private final int width;
  private final int height;
  private final float[] data;

  private SensorImage(Sensor sensor, List<Band> bands, int width, int height, float[] data) {
    this.sensor = sensor;
    this.bands = bands;
    this.width = width;
    this.height = height;
    this.data = data;
  }

  /**
   * Wraps pixels as an image.
   *
   * @param sensor the sensor that all bands belong to
   * @param bands the bands in the order of the data, without repetition
   * @param width pixels per row
   * @param height rows
   * @param data {@code [bands, height, width]}, in each band's unit, NaN where there is no data
   * @return the image
   * @throws BandMismatchException when a band belongs to another sensor or is repeated
   * @throws IllegalArgumentException when sizes and array length disagree
   */
  public static SensorImage of(
      Sensor sensor, List<Band> bands, int width, int height, float[] data) {
    Objects.requireNonNull(data, "data");
    List<Band> copy = List.copyOf(bands);
    if (copy.isEmpty() || new HashSet<>(copy).size() != copy.size()) {
      throw new BandMismatchException(
          "bands must be at least one and without repetition but were " + copy);
    }
    for (Band band : copy) {
      if (band.sensor() != sensor) {
        throw new BandMismatchException(
            "band %s belongs to %s, not to %s; found %s, expected bands such as %s"
                .formatted(band, band.sensor(), sensor, copy, sensor.defaultBands()));
      }
    }
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "width and height must be positive but were %d x %d".formatted(width, height));
    }
    long expected = (long) copy.size() * width * height;
    if (data.length != expected) {
      throw new IllegalArgumentException(
          "data must have %d values (%d bands x %d rows x %d columns) but had %d"
              .formatted(expected, copy.size(), height, width, data.length));
    }
    return new SensorImage(sensor, copy, width, height, data);
  }

  /**
   * The sensor.
   *
   * @return the sensor that all bands belong to
   */
  public Sensor sensor() {
    return sensor;
  }

  /**
   * The bands.
   *
   * @return the bands in the order of the data
   */
  public List<Band> bands() {
    return bands;
  }

  /**
   * Pixels per row.
   *
   * @return the width in pixels
   */
  public int width() {
    return width;
  }

  /**
   * Rows.
   *
   * @return the height in pixels
   */
  public int height() {
    return height;
  }

  /**
   * The pixels, not a copy.
   *
   * @return {@code [bands, height, width]}
   */
  public float[] data() {
    return data;
  }

  /**
   * Where a band's plane begins in {@link #data()}.
   *
   * @param band the band
   * @return the index of its first pixel
   * @throws BandMismatchException when the image does not have the band
   */
  public int offset(Band band) {
    int index = bands.indexOf(band);
    if (index < 0) {
      throw new BandMismatchException(
          "image of %s has no band %s; found %s".formatted(sensor, band, bands));
    }
    return index * width * height;
  }

  /**
   * The image with other bands: those it has, and planes of NaN for those it lacks.
   *
   * @param wanted bands of the sensor, without repetition
   * @return this image if it has all of them, else a copy
   * @throws BandMismatchException as {@link #of}
   */
  public SensorImage withBands(List<Band> wanted) {
    if (bands.containsAll(wanted)) {
      return this;
    }
    int size = width * height;
    float[] result = new float[wanted.size() * size];
    for (int i = 0; i < wanted.size(); i++) {
      int index = bands.indexOf(wanted.get(i));
      if (index < 0) {
        Arrays.fill(result, i * size, (i + 1) * size, Float.NaN);
      } else {
        System.arraycopy(data, index * size, result, i * size, size);
      }
    }
    return of(sensor, wanted, width, height, result);
  }
}
