@NullMarked
package org.csmoe.sampling.parquet;

import org.jspecify.annotations.NullMarked;
