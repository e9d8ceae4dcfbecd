/** What a model costs per image: read {@link org.csmoe.cost.ModelCost} first. */
@NullMarked
package org.csmoe.cost;

import org.jspecify.annotations.NullMarked;
