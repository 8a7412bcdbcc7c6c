package dev.limpid.model.tokenizer;

/** The chars [start, end) of a text, and whether a pattern matched them. */
record Span(int start, int end, boolean match) {}
