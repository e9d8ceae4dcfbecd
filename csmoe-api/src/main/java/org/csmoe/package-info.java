/**
 * The CSMoE model as an application sees it: build, extract, close. Read {@link org.csmoe.CsMoe}
 * first, then {@link org.csmoe.features.FeatureExtractor}.
 */
@NullMarked
package org.csmoe;

import org.jspecify.annotations.NullMarked;
