/** Tests of probes against scikit-learn, scipy and PyTorch. */
@NullMarked
package org.csmoe.probing;

import org.jspecify.annotations.NullMarked;
