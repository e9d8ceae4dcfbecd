package org.csmoe.sampling.descriptors;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The area of each class in a footprint: the sum over the pixels whose centre lies in it, each with
 * its own area on a sphere of radius 6,371.0088 km, which shrinks with the cosine of the latitude.
 *
 * @param areasKm2 square kilometres by class code, ascending; classes without a pixel are left out
 * @param noDataKm2 square kilometres of pixels without data
 * @param pixels how many pixels of the raster have their centre in the footprint
 */
public record ClassHistogram(SortedMap<Integer, Double> areasKm2, double noDataKm2, long pixels) {

  /** Copies the areas. */
  public ClassHistogram {
    areasKm2 = Collections.unmodifiableSortedMap(new TreeMap<>(areasKm2));
  }

  /**
   * The class with the largest area; among equal areas the one with the lowest code. Pixels without
   * data do not count, however many they are.
   *
   * @return a class code, {@link CategoricalRaster#NO_DATA} when no pixel has a class, {@link
   *     CategoricalRaster#OUTSIDE} when there is no pixel
   */
  public int majority() {
    int best = pixels == 0 ? CategoricalRaster.OUTSIDE : CategoricalRaster.NO_DATA;
    double area = 0;
    for (var entry : areasKm2.entrySet()) {
      if (entry.getValue() > area) {
        best = entry.getKey();
        area = entry.getValue();
      }
    }
    return best;
  }

  /** Adds up pixels. Not safe for use by several threads. */
  static final class Sums {
    private double[] areas = new double[256];
    private double noData;
    private long pixels;

    void add(int code, double areaKm2) {
      pixels++;
      if (code < 0) {
        noData += areaKm2;
        return;
      }
      if (code >= areas.length) {
        areas = Arrays.copyOf(areas, Short.MAX_VALUE + 1);
      }
      areas[code] += areaKm2;
    }

    ClassHistogram toHistogram() {
      SortedMap<Integer, Double> found = new TreeMap<>();
      for (int code = 0; code < areas.length; code++) {
        if (areas[code] > 0) {
          found.put(code, areas[code]);
        }
      }
      return new ClassHistogram(found, noData, pixels);
    }
  }
}
