/**
 * What selection, statistics and report share and no user needs; it may change with any version.
 * Read {@link org.csmoe.sampling.internal.SharedWork} first.
 */
@NullMarked
package org.csmoe.sampling.internal;

import org.jspecify.annotations.NullMarked;
