/**
 * The front door: a model by its name, one run of one prompt, and answers as records.
 *
 * <pre>{@code
 * LanguageModel model = LanguageModel.open("demo-gpt2");
 * Analysis analysis = model.analyse("When Mary and John went to the store, John gave a drink to");
 * System.out.println(analysis.top(5));
 * System.out.println(analysis.sources());
 * }</pre>
 *
 * <p>Start with {@link dev.limpid.LanguageModel} and {@link dev.limpid.Analysis}. Nothing here
 * knows a console: what is to be told goes to {@link dev.limpid.Progress} and to the warnings of
 * {@link dev.limpid.Settings}.
 */
@NullMarked
package dev.limpid;

import org.jspecify.annotations.NullMarked;
