package org.csmoe.sampling.patches;

import java.util.List;
import java.util.function.Function;
import org.csmoe.raster.Scene;
import org.csmoe.sensor.Band;

/**
 * One product of one sensor in one grid cell.
 *
 * @param repeated whether the archive has had another product of this cell before
 */
record Tile(String cell, String product, boolean repeated, Function<List<Band>, Scene> opener) {

  /** Opens the bands; the caller closes the scene. */
  Scene open(List<Band> bands) {
    return opener.apply(bands);
  }
}
