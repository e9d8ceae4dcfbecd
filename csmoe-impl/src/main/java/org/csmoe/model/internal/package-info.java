/**
 * The network as one SameDiff graph, the executors that run it, and what loads its weights. Users
 * see it through {@link org.csmoe.CsMoe}; to read it, begin with {@code EncoderGraph}.
 */
@NullMarked
package org.csmoe.model.internal;

import org.jspecify.annotations.NullMarked;
