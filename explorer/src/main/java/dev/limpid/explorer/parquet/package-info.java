/**
 * Parquet files, by Carpet: prompts are read from them, and samples of a corpus written to them.
 *
 * <p>Start with {@link dev.limpid.explorer.parquet.ParquetTable} and {@link
 * dev.limpid.explorer.parquet.SampleFile}.
 */
@NullMarked
package dev.limpid.explorer.parquet;

import org.jspecify.annotations.NullMarked;
