/**
 * Locations of an archive: from CSV, GeoJSON and Parquet, or computed as the Major TOM grid; and
 * files of selected ones. Read {@link org.csmoe.sampling.locations.Locations} first, then {@link
 * org.csmoe.sampling.locations.MajorTomGrid}, {@link org.csmoe.sampling.locations.Land} and {@link
 * org.csmoe.sampling.locations.SelectionFile}.
 */
@NullMarked
package org.csmoe.sampling.locations;

import org.jspecify.annotations.NullMarked;
