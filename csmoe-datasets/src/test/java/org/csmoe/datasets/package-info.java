/** Tests of {@link org.csmoe.datasets.Datasets} and what it opens. */
@NullMarked
package org.csmoe.datasets;

import org.jspecify.annotations.NullMarked;
