package dev.limpid.view;

import org.jspecify.annotations.Nullable;

/**
 * One token of a prompt.
 *
 * @param position from 0, BOS included
 * @param text as people read it; null without a tokenizer
 * @param piece as the vocabulary stores it; null without a tokenizer
 */
public record TokenView(int position, int id, @Nullable String text, @Nullable String piece) {}
