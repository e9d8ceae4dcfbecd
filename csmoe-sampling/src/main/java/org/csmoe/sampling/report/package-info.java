/**
 * Showing what a selection gained: density maps and a self-contained page. Read {@link
 * org.csmoe.sampling.report.SamplingReport} first.
 */
@NullMarked
package org.csmoe.sampling.report;

import org.jspecify.annotations.NullMarked;
