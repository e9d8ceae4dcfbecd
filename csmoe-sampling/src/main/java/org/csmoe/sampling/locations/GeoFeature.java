package org.csmoe.sampling.locations;

import java.util.Optional;
import org.locationtech.jts.geom.Geometry;

/**
 * A feature of a GeoJSON file.
 *
 * @param number from 1
 * @param line on which it ends
 * @param id of the feature, or its property
 * @param geometry a point, polygon or multi-polygon
 * @param fault why there is no geometry; empty when there is one
 */
record GeoFeature(
    long number, long line, Optional<String> id, Optional<Geometry> geometry, String fault) {}
