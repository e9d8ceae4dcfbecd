@NullMarked
package org.csmoe.sampling.locations;

import org.jspecify.annotations.NullMarked;
