/**
 * Training: pretraining with masked images of two sensors, and fine-tuning with heads of one's own.
 * Begin with {@link org.csmoe.training.Pretraining}.
 */
@NullMarked
package org.csmoe.training;

import org.jspecify.annotations.NullMarked;
