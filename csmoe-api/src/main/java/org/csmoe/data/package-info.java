/**
 * What models are trained and evaluated on: samples, which are images of one place with a target,
 * and datasets of them. Begin with {@link org.csmoe.data.Dataset}.
 */
@NullMarked
package org.csmoe.data;

import org.jspecify.annotations.NullMarked;
