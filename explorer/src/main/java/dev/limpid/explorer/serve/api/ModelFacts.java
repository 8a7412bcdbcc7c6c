package dev.limpid.explorer.serve.api;

import dev.limpid.ModelInfo;
import dev.limpid.ModelSource;
import dev.limpid.json.JsonOut;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The document of {@code limpid models info} without anything that tells where files lie. */
final class ModelFacts {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private ModelFacts() {}

  static ObjectNode of(ModelSource source) throws IOException {
    byte[] document = JsonOut.bytes(ModelInfo.of(source.location(), source.hashes()));
    String folder = source.location().folder().toAbsolutePath().toString();
    String text = new String(document, StandardCharsets.UTF_8).replace(folder, source.name());
    ObjectNode facts = (ObjectNode) MAPPER.readTree(text);
    facts.remove("folder");
    return facts;
  }
}
