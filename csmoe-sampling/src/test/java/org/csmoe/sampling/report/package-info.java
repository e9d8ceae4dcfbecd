/** Tests of maps, charts and the page. */
@NullMarked
package org.csmoe.sampling.report;

import org.jspecify.annotations.NullMarked;
