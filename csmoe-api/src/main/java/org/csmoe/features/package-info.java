/** Features of images: read {@link org.csmoe.features.FeatureExtractor} first. */
@NullMarked
package org.csmoe.features;

import org.jspecify.annotations.NullMarked;
