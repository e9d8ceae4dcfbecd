package org.csmoe.sampling.selection;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.csmoe.sampling.DescribedArchive;

/**
 * Where the members of one stratum lie, as unit vectors in flat arrays: {@code x = cos(lat)
 * cos(lon)}, {@code y = cos(lat) sin(lon)}, {@code z = sin(lat)}. The squared chord of two members,
 * {@code 2 - 2 a.b}, orders pairs as their great-circle distance does, without trigonometry.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Members {
  /** Mean radius of the Earth in kilometres (IUGG R1). */
  public static final double EARTH_RADIUS_KM = 6371.0088;

  private final double[] longitudes;
  private final double[] latitudes;
  private final double[] vectors;

  /**
   * Members by their coordinates.
   *
   * @param longitudes degrees; copied
   * @param latitudes degrees, as many; copied
   * @throws IllegalArgumentException when the lengths differ or a value is not finite
   */
  public Members(double[] longitudes, double[] latitudes) {
    this(longitudes.clone(), latitudes.clone(), index -> "member " + index);
  }

  private Members(double[] longitudes, double[] latitudes, IntFunction<String> names) {
    if (longitudes.length != latitudes.length) {
      throw new IllegalArgumentException(
          "longitudes and latitudes must be as many but were %d and %d"
              .formatted(longitudes.length, latitudes.length));
    }
    this.longitudes = longitudes;
    this.latitudes = latitudes;
    this.vectors = new double[3 * longitudes.length];
    for (int i = 0; i < longitudes.length; i++) {
      double lambda = Math.toRadians(longitudes[i]);
      double phi = Math.toRadians(latitudes[i]);
      if (!Double.isFinite(lambda) || !Double.isFinite(phi)) {
        throw new IllegalArgumentException(
            "%s must have finite coordinates but had longitude %s, latitude %s"
                .formatted(names.apply(i), longitudes[i], latitudes[i]));
      }
      // StrictMath, so that every machine sees the same distances.
      vectors[3 * i] = StrictMath.cos(phi) * StrictMath.cos(lambda);
      vectors[3 * i + 1] = StrictMath.cos(phi) * StrictMath.sin(lambda);
      vectors[3 * i + 2] = StrictMath.sin(phi);
    }
  }

  /**
   * Some locations of an archive, as a rule the members of one of its strata.
   *
   * @param archive the archive
   * @param indexes which locations, in the order that members are to have
   * @return the members
   * @throws IllegalArgumentException when a coordinate is not finite
   * @throws IndexOutOfBoundsException when an index is not in the archive
   */
  public static Members of(DescribedArchive archive, int[] indexes) {
    return new Members(
        Arrays.stream(indexes).mapToDouble(archive::longitude).toArray(),
        Arrays.stream(indexes).mapToDouble(archive::latitude).toArray(),
        index -> archive.id(indexes[index]));
  }

  /**
   * How many members there are.
   *
   * @return the number of members, n_g of the paper
   */
  public int size() {
    return longitudes.length;
  }

  /**
   * Longitude of a member.
   *
   * @param index from 0
   * @return degrees
   */
  public double longitude(int index) {
    return longitudes[index];
  }

  /**
   * Latitude of a member.
   *
   * @param index from 0
   * @return degrees
   */
  public double latitude(int index) {
    return latitudes[index];
  }

  /**
   * Great-circle distance of two members on a sphere of {@link #EARTH_RADIUS_KM}.
   *
   * @param a a member, from 0
   * @param b another, from 0
   * @return kilometres, 0 to 20,015
   */
  public double distanceKm(int a, int b) {
    return distanceKm(squaredChord(a, b));
  }

  /** Great-circle distance in kilometres of two unit vectors with this squared chord. */
  static double distanceKm(double squaredChord) {
    return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(squaredChord) / 2));
  }

  double x(int index) {
    return vectors[3 * index];
  }

  double y(int index) {
    return vectors[3 * index + 1];
  }

  double z(int index) {
    return vectors[3 * index + 2];
  }

  double squaredChord(int a, int b) {
    double dx = vectors[3 * a] - vectors[3 * b];
    double dy = vectors[3 * a + 1] - vectors[3 * b + 1];
    double dz = vectors[3 * a + 2] - vectors[3 * b + 2];
    return dx * dx + dy * dy + dz * dz;
  }
}
