package org.csmoe.raster;

import java.util.ArrayList;
import java.util.List;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/** Orders of bands in use for files that do not name their bands. */
public enum BandOrder {
  /** B01 to B08, B8A, B09, B11, B12: level 2A in TerraMesh, stacked BigEarthNet, Earth Engine. */
  L2A(
      Band.B01, Band.B02, Band.B03, Band.B04, Band.B05, Band.B06, Band.B07, Band.B08, Band.B8A,
      Band.B09, Band.B11, Band.B12),
  /** B01 to B08, B8A, B09, B10, B11, B12: level 1C in TerraMesh, Sen1Floods11. */
  L1C(
      Band.B01, Band.B02, Band.B03, Band.B04, Band.B05, Band.B06, Band.B07, Band.B08, Band.B8A,
      Band.B09, Band.B10, Band.B11, Band.B12),
  /** B01 to B12, then B8A: level 1C in EuroSAT. */
  EUROSAT(
      Band.B01, Band.B02, Band.B03, Band.B04, Band.B05, Band.B06, Band.B07, Band.B08, Band.B09,
      Band.B10, Band.B11, Band.B12, Band.B8A),
  /** The ten bands of 10 m and 20 m as the model takes them: B02 to B08, B8A, B11, B12. */
  TEN(Sensor.SENTINEL2.defaultBands()),
  /** VV, VH: TerraMesh, Sen1Floods11. */
  VV_VH(Band.VV, Band.VH),
  /** VH, VV: stacked BigEarthNet of GEO-Bench 2. */
  VH_VV(Band.VH, Band.VV);

  // An unmodifiable copy.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<Band> bands;

  BandOrder(Band... bands) {
    this(List.of(bands));
  }

  BandOrder(List<Band> bands) {
    this.bands = List.copyOf(bands);
  }

  /**
   * The bands.
   *
   * @return an immutable list in file order
   */
  public List<Band> bands() {
    return bands;
  }

  /** The orders known for a file of so many bands, for error messages. */
  static List<BandOrder> known(Sensor sensor, int bands) {
    List<BandOrder> orders = new ArrayList<>();
    for (BandOrder order : values()) {
      if (order.bands.size() == bands && order.bands.get(0).sensor() == sensor) {
        orders.add(order);
      }
    }
    return orders;
  }
}
