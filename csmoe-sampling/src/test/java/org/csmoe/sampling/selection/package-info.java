@NullMarked
package org.csmoe.sampling.selection;

import org.jspecify.annotations.NullMarked;
