/**
 * Tokenizers read from the files that lie beside a checkpoint: byte-level BPE (GPT-2, OPT, Llama-3)
 * and SentencePiece-style BPE with byte fallback (Llama-2).
 *
 * <p>Start with {@link dev.limpid.model.tokenizer.Tokenizer}; {@link
 * dev.limpid.model.tokenizer.TokenizerLoader} opens one. All of them are one chain of steps, {@code
 * PipelineTokenizer}; a step that a file names and Limpid does not have is an error.
 *
 * <p>The reference is the library {@code tokenizers} of Hugging Face. It knows Unicode 9 where it
 * normalizes and Unicode 8 where it looks for punctuation; here both follow the JDK, so that
 * characters younger than that may differ.
 */
@NullMarked
package dev.limpid.model.tokenizer;

import org.jspecify.annotations.NullMarked;
