/** Begins here. */
@NullMarked
package org.csmoe.model;

import org.jspecify.annotations.NullMarked;
