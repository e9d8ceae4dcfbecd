/**
 * Probes: small classifiers on features of a network that stays as it is, the paper's measure of
 * how good the features are (section IV-B). Begin with {@link org.csmoe.probing.FeatureMatrix},
 * then {@link org.csmoe.probing.LinearProbe}.
 */
@NullMarked
package org.csmoe.probing;

import org.jspecify.annotations.NullMarked;
