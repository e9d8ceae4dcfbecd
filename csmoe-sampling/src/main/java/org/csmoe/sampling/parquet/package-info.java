/**
 * Parquet files in and out, row by row. Read {@link org.csmoe.sampling.parquet.ParquetFile} and
 * {@link org.csmoe.sampling.parquet.ParquetWriter}.
 */
@NullMarked
package org.csmoe.sampling.parquet;

import org.jspecify.annotations.NullMarked;
