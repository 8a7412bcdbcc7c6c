/**
 * A corpus instead of a prompt: the routes of all its prompts, and what they have in common.
 *
 * <p>Start with {@link dev.limpid.corpus.CorpusRun}:
 *
 * <pre>{@code
 * LanguageModel model = LanguageModel.open("demo-gpt2", Settings.defaults().withThreads(1));
 * CorpusRun run = new CorpusRun(model, CorpusSettings.DEFAULT, 2);
 * CorpusView found = run.over(List.of(Path.of("prompts.jsonl")), Path.of("out"));
 * }</pre>
 *
 * <p>A {@link dev.limpid.corpus.PromptSampler} takes the samples of some prompts, for engines that
 * have their own way to go over many.
 */
@NullMarked
package dev.limpid.corpus;

import org.jspecify.annotations.NullMarked;
