/** Benchmarks of what is not public. */
@NullMarked
package org.csmoe.model.internal;

import org.jspecify.annotations.NullMarked;
