/** Benchmarks of what is not public. */
@NullMarked
package org.csmoe.model;

import org.jspecify.annotations.NullMarked;
