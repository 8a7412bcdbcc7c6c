/**
 * Tokenizers read from the files that lie beside a checkpoint: byte-level BPE (GPT-2, OPT, Llama-3)
 * and SentencePiece-style BPE with byte fallback (Llama-2).
 *
 * <p>Start with {@link dev.limpid.model.tokenizer.Tokenizer}; {@code TokenizerLoader} opens one.
 */
@NullMarked
package dev.limpid.model.tokenizer;

import org.jspecify.annotations.NullMarked;
