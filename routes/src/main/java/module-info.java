/** From contributions to the flow graph, its routes and their exports. */
@SuppressWarnings("requires-automatic") // Commons Math 3, for rank correlations, has no descriptor
module dev.limpid.routes {
  requires transitive dev.limpid.attribution;
  requires commons.math3;
  requires java.xml;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports dev.limpid.routes;
  exports dev.limpid.routes.circuit;
  exports dev.limpid.routes.export;
  exports dev.limpid.routes.statistics;
}
