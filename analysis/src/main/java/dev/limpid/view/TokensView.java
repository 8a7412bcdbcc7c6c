package dev.limpid.view;

import java.util.List;

/** The document of {@code limpid tokens}. */
public record TokensView(List<TokenView> tokens) {}
