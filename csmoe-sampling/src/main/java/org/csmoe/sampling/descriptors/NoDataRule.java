package org.csmoe.sampling.descriptors;

import java.util.OptionalDouble;
import java.util.Set;
import org.csmoe.raster.PixelType;
import org.csmoe.raster.RasterInfo;

/** What a stored value means: a class code, no data, or neither. */
final class NoDataRule {
  /** A value that is no class code and does not stand for no data. */
  static final int INVALID = Integer.MIN_VALUE;

  private final Set<Integer> noData;
  private final OptionalDouble tag;

  private NoDataRule(Set<Integer> noData, OptionalDouble tag) {
    this.noData = noData;
    this.tag = tag;
  }

  /** These codes alone. */
  static NoDataRule of(Set<Integer> codes) {
    return new NoDataRule(codes, OptionalDouble.empty());
  }

  /** The file's tag, unless the legend names a class of that code, and the legend's own codes. */
  static NoDataRule of(Legend legend, RasterInfo info) {
    OptionalDouble tag = info.noData();
    if (tag.isPresent() && info.pixelType() == PixelType.FLOAT32) {
      tag = OptionalDouble.of((float) tag.getAsDouble());
    }
    boolean named = tag.isPresent() && isClass(legend, tag.getAsDouble());
    return new NoDataRule(legend.noData(), named ? OptionalDouble.empty() : tag);
  }

  private static boolean isClass(Legend legend, double value) {
    return value == (int) value && legend.names().containsKey((int) value);
  }

  /** A code from 0 to 32767, {@link CategoricalRaster#NO_DATA} or {@link #INVALID}. */
  int meaning(double stored) {
    if (Double.isNaN(stored) || (tag.isPresent() && stored == tag.getAsDouble())) {
      return CategoricalRaster.NO_DATA;
    }
    if (stored == (int) stored && noData.contains((int) stored)) {
      return CategoricalRaster.NO_DATA;
    }
    return stored >= 0 && stored <= Short.MAX_VALUE && stored == (int) stored
        ? (int) stored
        : INVALID;
  }
}
