/** From a trace to contributions and lenses. */
module dev.limpid.attribution {
  requires transitive dev.limpid.model;
  requires static transitive org.jspecify;

  exports dev.limpid.attribution;
  exports dev.limpid.attribution.gradients;
  exports dev.limpid.attribution.heads;
  exports dev.limpid.attribution.logits;
  exports dev.limpid.attribution.patching;
}
