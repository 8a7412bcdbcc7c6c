package dev.limpid.model.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * How a BPE model treats what its vocabulary lacks.
 *
 * @param unknown the token for characters without a piece, or null: they are dropped
 * @param fuseUnknown whether unknown characters that follow each other are one token
 * @param byteFallback whether such characters become the tokens of their bytes, as {@code <0xE4>}
 * @param ignoreMerges whether a word that is a piece is taken whole, whatever the merges say
 */
record BpeOptions(
    @Nullable String unknown, boolean fuseUnknown, boolean byteFallback, boolean ignoreMerges) {}
