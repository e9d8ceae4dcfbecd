/** Tests of {@link org.csmoe.sampling.patches.PatchCutter} and its shards. */
@NullMarked
package org.csmoe.sampling.patches;

import org.jspecify.annotations.NullMarked;
