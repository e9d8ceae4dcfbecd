@NullMarked
package org.csmoe.sampling.descriptors;

import org.jspecify.annotations.NullMarked;
