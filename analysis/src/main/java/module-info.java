/** The front door: models by name, questions and answers. */
@SuppressWarnings(
    "requires-automatic") // Commons Math 3, for Student's distribution, has no descriptor
module dev.limpid {
  requires transitive dev.limpid.routes;
  requires com.fasterxml.jackson.annotation;
  requires commons.math3;
  requires de.siegmar.fastcsv;
  requires java.management;
  requires java.net.http;
  requires jdk.management;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;

  exports dev.limpid;
  exports dev.limpid.corpus;
  exports dev.limpid.files;
  exports dev.limpid.hub;
  exports dev.limpid.json;
  exports dev.limpid.models;
  exports dev.limpid.view;

  // JSON documents are written from their records.
  opens dev.limpid.corpus to
      tools.jackson.databind;
  opens dev.limpid.view to
      tools.jackson.databind;
}
