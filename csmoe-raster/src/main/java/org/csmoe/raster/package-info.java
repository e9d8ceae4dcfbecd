/**
 * GeoTIFF in and out, and scenes of Sentinel-1 and Sentinel-2 in the layouts in use. Read {@link
 * org.csmoe.raster.Scene} first, then {@link org.csmoe.raster.GeoTiff} and {@link
 * org.csmoe.raster.GeoTiffWriter}.
 */
@NullMarked
package org.csmoe.raster;

import org.jspecify.annotations.NullMarked;
