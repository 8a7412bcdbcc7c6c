/** Configuration as data, weights, tokenizers, one forward pass, and its trace. */
module dev.limpid.model {
  requires transitive dev.limpid.tensor;
  requires java.management;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;

  exports dev.limpid.model;
  exports dev.limpid.model.chat;
  exports dev.limpid.model.chat.jinja;
  exports dev.limpid.model.config;
  exports dev.limpid.model.generate;
  exports dev.limpid.model.intervene;
  exports dev.limpid.model.load;
  exports dev.limpid.model.load.lora;
  exports dev.limpid.model.tokenizer;
}
