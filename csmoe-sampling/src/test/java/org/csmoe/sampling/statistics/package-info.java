/** Tests of statistics against scikit-learn, brute force and hand-computed examples. */
@NullMarked
package org.csmoe.sampling.statistics;

import org.jspecify.annotations.NullMarked;
