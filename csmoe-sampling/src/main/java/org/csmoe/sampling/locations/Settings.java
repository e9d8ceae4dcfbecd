package org.csmoe.sampling.locations;

import java.util.Optional;

/** How a file of locations is read; see {@link Locations.Builder}. */
record Settings(
    Optional<String> id,
    Optional<String> longitude,
    Optional<String> latitude,
    Optional<String> footprint,
    boolean footprints,
    boolean distinct,
    boolean strict) {}
