/**
 * How good predictions are: metrics that are accumulated batch by batch, and their uncertainty.
 * Begin with {@link org.csmoe.evaluation.ConfusionMatrix} for one class per sample or pixel, and
 * with {@link org.csmoe.evaluation.MultiLabelMetrics} for several.
 */
@NullMarked
package org.csmoe.evaluation;

import org.jspecify.annotations.NullMarked;
