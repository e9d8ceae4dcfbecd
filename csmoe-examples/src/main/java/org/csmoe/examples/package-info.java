/** Begins here. */
@NullMarked
package org.csmoe.examples;

import org.jspecify.annotations.NullMarked;
