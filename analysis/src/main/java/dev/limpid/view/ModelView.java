package dev.limpid.view;

/** Which model a document is about, and what computed it. */
public record ModelView(
    String name,
    String family,
    int nLayers,
    int nHeads,
    int dModel,
    String backend,
    String limpidVersion) {}
