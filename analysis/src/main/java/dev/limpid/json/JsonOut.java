package dev.limpid.json;

import java.util.Arrays;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Writes a record as one JSON document: keys in snake_case and in the record's order, numbers as
 * plain decimals ({@link Decimals}), the same bytes each time.
 *
 * <p>A number that is NaN or infinite is an error, not a document. {@code
 * com.fasterxml.jackson.annotation.JsonInclude} leaves out a key, {@code JsonFormat(shape = ARRAY)}
 * writes a record as an array; a {@code BigDecimal} is written as it is.
 */
public final class JsonOut {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          // What a document cannot be made for has a line of its own.
          .disable(SerializationFeature.WRAP_EXCEPTIONS)
          .addModule(decimals())
          .build();

  private JsonOut() {}

  private static SimpleModule decimals() {
    DecimalSerializer serializer = new DecimalSerializer(Decimals.WEIGHT);
    SimpleModule module = new SimpleModule("decimals");
    for (Class<?> type :
        new Class<?>[] {
          Double.class, double.class, Float.class, float.class, double[].class, float[].class
        }) {
      module.addSerializer(type, serializer);
    }
    return module;
  }

  /** Returns the document in UTF-8, with a newline at its end. */
  public static byte[] bytes(Object document) {
    byte[] json = MAPPER.writeValueAsBytes(document);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }
}
