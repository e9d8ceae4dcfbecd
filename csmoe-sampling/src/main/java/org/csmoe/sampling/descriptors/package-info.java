/**
 * Thematic-climatic descriptors of locations, the paper's Algorithm 1: classes looked up in
 * categorical rasters. Read {@link org.csmoe.sampling.descriptors.DescriptorExtractor} and {@link
 * org.csmoe.sampling.descriptors.CategoricalRaster} first.
 */
@NullMarked
package org.csmoe.sampling.descriptors;

import org.jspecify.annotations.NullMarked;
