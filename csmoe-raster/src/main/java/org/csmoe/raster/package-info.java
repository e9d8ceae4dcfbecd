/** Begins here. */
@NullMarked
package org.csmoe.raster;

import org.jspecify.annotations.NullMarked;
