package dev.limpid.model.config;

/**
 * How large a model is, beside its blocks.
 *
 * @param nLayers L
 * @param dModel D, the width of the residual stream
 * @param dVocab V
 * @param nContext the longest prompt, in tokens
 */
public record Sizes(int nLayers, int dModel, int dVocab, int nContext) {}
