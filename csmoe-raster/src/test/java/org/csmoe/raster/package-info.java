/** Tests of rasters against GDAL, real scenes and damaged files. */
@NullMarked
package org.csmoe.raster;

import org.jspecify.annotations.NullMarked;
