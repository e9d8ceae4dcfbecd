/** Tests of metrics against scikit-learn, torchmetrics and numpy. */
@NullMarked
package org.csmoe.evaluation;

import org.jspecify.annotations.NullMarked;
