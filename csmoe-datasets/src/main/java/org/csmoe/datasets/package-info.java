/**
 * Data sets as they lie on disk, as {@link org.csmoe.data.Dataset}s of samples by index. Begin with
 * {@link org.csmoe.datasets.Datasets}; {@link org.csmoe.datasets.Layout} lists what is known.
 */
@NullMarked
package org.csmoe.datasets;

import org.jspecify.annotations.NullMarked;
