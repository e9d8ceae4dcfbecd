/** Tests of what selection and statistics share. */
@NullMarked
package org.csmoe.sampling.internal;

import org.jspecify.annotations.NullMarked;
