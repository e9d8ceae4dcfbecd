package org.csmoe.sampling;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The locations of an archive with their descriptors, D' of the paper's Algorithm 1, in columns:
 * about 30 bytes and the name per location, no object for each.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class DescribedArchive {
  private final int size;
  private final byte[] names;
  private final int[] nameEnds;
  private final double[] longitudes;
  private final double[] latitudes;
  private final short[] climates;
  private final short[] thematics;

  private DescribedArchive(Builder builder) {
    size = builder.size;
    names = Arrays.copyOf(builder.names, size == 0 ? 0 : builder.nameEnds[size - 1]);
    nameEnds = Arrays.copyOf(builder.nameEnds, size);
    longitudes = Arrays.copyOf(builder.longitudes, size);
    latitudes = Arrays.copyOf(builder.latitudes, size);
    climates = Arrays.copyOf(builder.climates, size);
    thematics = Arrays.copyOf(builder.thematics, size);
  }

  /**
   * Begins an archive.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * How many locations there are.
   *
   * @return the number of locations
   */
  public int size() {
    return size;
  }

  /**
   * The archive's name of a location.
   *
   * @param index from 0, in the order of adding
   * @return the id
   */
  public String id(int index) {
    int start = index == 0 ? 0 : nameEnds[index - 1];
    return new String(names, start, nameEnds[index] - start, StandardCharsets.UTF_8);
  }

  /**
   * Longitude of a location's centre.
   *
   * @param index from 0
   * @return degrees
   */
  public double longitude(int index) {
    return longitudes[index];
  }

  /**
   * Latitude of a location's centre.
   *
   * @param index from 0
   * @return degrees
   */
  public double latitude(int index) {
    return latitudes[index];
  }

  /**
   * Climate class of a location.
   *
   * @param index from 0
   * @return the code of the climate product
   */
  public int climate(int index) {
    return climates[index];
  }

  /**
   * Thematic class of a location.
   *
   * @param index from 0
   * @return the code of the thematic product
   */
  public int thematic(int index) {
    return thematics[index];
  }

  /**
   * Stratum of a location.
   *
   * @param index from 0
   * @return climate and thematic class
   */
  public Stratum stratum(int index) {
    return new Stratum(climates[index], thematics[index]);
  }

  /**
   * The members of every stratum that has any, S(u,v) of the paper's section II.C.
   *
   * @return for each stratum the ascending indexes of its locations, in the order of strata; the
   *     arrays are the caller's
   */
  public SortedMap<Stratum, int[]> strata() {
    Map<Stratum, Integer> counts = new HashMap<>();
    for (int i = 0; i < size; i++) {
      counts.merge(stratum(i), 1, Integer::sum);
    }
    SortedMap<Stratum, int[]> strata = new TreeMap<>();
    counts.forEach((stratum, count) -> strata.put(stratum, new int[count]));
    for (int i = size - 1; i >= 0; i--) {
      int at = counts.merge(stratum(i), -1, Integer::sum);
      Objects.requireNonNull(strata.get(stratum(i)))[at] = i;
    }
    return Collections.unmodifiableSortedMap(strata);
  }

  /** Collects locations. Not safe for use by several threads. */
  public static final class Builder {
    private int size;
    private byte[] names = new byte[1 << 16];
    private int[] nameEnds = new int[1 << 10];
    private double[] longitudes = new double[1 << 10];
    private double[] latitudes = new double[1 << 10];
    private short[] climates = new short[1 << 10];
    private short[] thematics = new short[1 << 10];

    private Builder() {}

    /**
     * Adds a location.
     *
     * @param id the archive's name of it
     * @param longitude of the centre, degrees
     * @param latitude of the centre, degrees
     * @param climate code of the climate product, 0 to 32767
     * @param thematic code of the thematic product, 0 to 32767
     * @return this builder
     * @throws IllegalArgumentException when a code is out of range, or all names together exceed 2
     *     GiB
     */
    public Builder add(String id, double longitude, double latitude, int climate, int thematic) {
      requireCode("climate", climate);
      requireCode("thematic", thematic);
      byte[] name = id.getBytes(StandardCharsets.UTF_8);
      int start = size == 0 ? 0 : nameEnds[size - 1];
      if (start > Integer.MAX_VALUE - 8 - name.length) {
        throw new IllegalArgumentException(
            "names of all locations must stay below 2 GiB but exceeded it at location " + size);
      }
      if (size == nameEnds.length) {
        int larger = grown(size, size + 1);
        nameEnds = Arrays.copyOf(nameEnds, larger);
        longitudes = Arrays.copyOf(longitudes, larger);
        latitudes = Arrays.copyOf(latitudes, larger);
        climates = Arrays.copyOf(climates, larger);
        thematics = Arrays.copyOf(thematics, larger);
      }
      if (start + name.length > names.length) {
        names = Arrays.copyOf(names, grown(names.length, start + name.length));
      }
      System.arraycopy(name, 0, names, start, name.length);
      nameEnds[size] = start + name.length;
      longitudes[size] = longitude;
      latitudes[size] = latitude;
      climates[size] = (short) climate;
      thematics[size] = (short) thematic;
      size++;
      return this;
    }

    private static int grown(int length, int needed) {
      return (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, length + (length >> 1)));
    }

    private static void requireCode(String name, int code) {
      if (code < 0 || code > Short.MAX_VALUE) {
        throw new IllegalArgumentException(
            "%s must be in 0..%d but was %d".formatted(name, Short.MAX_VALUE, code));
      }
    }

    /**
     * Makes the archive.
     *
     * @return the archive; the builder can go on
     */
    public DescribedArchive build() {
      return new DescribedArchive(this);
    }
  }
}
