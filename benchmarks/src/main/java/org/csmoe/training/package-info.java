/** Benchmarks of what is not public. */
@NullMarked
package org.csmoe.training;

import org.jspecify.annotations.NullMarked;
