package org.csmoe.sampling.descriptors;

import java.io.Serial;
import org.csmoe.CsMoeException;

/** A footprint is of no use on a raster: a fault of the location, not of the raster. */
final class FootprintException extends CsMoeException {
  @Serial private static final long serialVersionUID = 1L;

  FootprintException(String message) {
    super(message);
  }
}
