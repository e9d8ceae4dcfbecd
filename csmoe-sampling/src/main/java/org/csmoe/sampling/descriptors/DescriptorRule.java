package org.csmoe.sampling.descriptors;

/** How a location gets its class from a raster. */
public enum DescriptorRule {
  /** The class of the pixel under the centre, as in the paper's Algorithm 1. */
  CENTRE,

  /** The class with the largest area in the footprint, as {@link CategoricalRaster#majority}. */
  MAJORITY
}
