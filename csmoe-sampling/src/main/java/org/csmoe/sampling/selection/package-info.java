/**
 * Choosing members of strata: the paper's Algorithm 2 and baselines. Read {@link
 * org.csmoe.sampling.selection.Selector} first.
 */
@NullMarked
package org.csmoe.sampling.selection;

import org.jspecify.annotations.NullMarked;
