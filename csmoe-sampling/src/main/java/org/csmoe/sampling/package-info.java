/**
 * Thematic-climatic sampling of training sets: locations with descriptors. Read {@link
 * org.csmoe.sampling.LocationSource} and {@link org.csmoe.sampling.DescribedArchive} first.
 */
@NullMarked
package org.csmoe.sampling;

import org.jspecify.annotations.NullMarked;
