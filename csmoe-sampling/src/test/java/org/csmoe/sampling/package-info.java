@NullMarked
package org.csmoe.sampling;

import org.jspecify.annotations.NullMarked;
