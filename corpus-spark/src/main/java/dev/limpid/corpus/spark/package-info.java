/**
 * A corpus on Apache Spark: the samples of {@link dev.limpid.corpus.PromptSampler}, added up by
 * Spark's own tree.
 *
 * <p>Start with {@link dev.limpid.corpus.spark.CorpusJob}.
 */
@NullMarked
package dev.limpid.corpus.spark;

import org.jspecify.annotations.NullMarked;
