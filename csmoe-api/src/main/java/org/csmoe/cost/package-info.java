/**
 * What a model costs per image, computed from its structure: read {@link org.csmoe.cost.ModelCost}
 * first; {@link org.csmoe.cost.PaperRow} sets the figures of the paper's tables beside the computed
 * ones.
 */
@NullMarked
package org.csmoe.cost;

import org.jspecify.annotations.NullMarked;
