/** Exceptions and entry points. */
@NullMarked
package org.csmoe;

import org.jspecify.annotations.NullMarked;
