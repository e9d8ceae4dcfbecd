/** Thematic-climatic sampling of training sets. Read {@link org.csmoe.sampling.Stratum} first. */
@NullMarked
package org.csmoe.sampling;

import org.jspecify.annotations.NullMarked;
