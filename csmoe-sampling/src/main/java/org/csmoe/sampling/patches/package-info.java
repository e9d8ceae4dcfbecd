/**
 * Training patches: Major TOM tiles of Sentinel-1 and Sentinel-2 cut into squares, checked, split
 * and written as shards. Read {@link org.csmoe.sampling.patches.PatchCutter} to make them and
 * {@link org.csmoe.sampling.patches.PatchShards} to use them.
 */
@NullMarked
package org.csmoe.sampling.patches;

import org.jspecify.annotations.NullMarked;
