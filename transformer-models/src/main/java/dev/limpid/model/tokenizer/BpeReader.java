package dev.limpid.model.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the model of a tokenizer.json from a stream, its fields in any order. */
final class BpeReader {
  private final Path path;
  private @Nullable Map<String, Integer> vocabulary;
  private @Nullable List<String> merges;
  private @Nullable String unknown;
  private boolean fuseUnknown;
  private boolean byteFallback;
  private boolean ignoreMerges;

  BpeReader(Path path) {
    this.path = path;
  }

  /** Reads the model from its opening brace to its closing one. */
  void read(JsonParser parser) throws IOException {
    require(parser.currentToken() == JsonToken.START_OBJECT, "model", "an object");
    Set<String> seen = new HashSet<>();
    for (String field = parser.nextName(); field != null; field = parser.nextName()) {
      require(seen.add(field), "model", "an object: it has '" + field + "' twice");
      JsonToken value = parser.nextToken();
      switch (field) {
        case "type" -> type(parser);
        case "vocab" -> vocabulary = vocabulary(parser);
        case "merges" -> merges = merges(parser);
        case "unk_token" -> unknown = value == JsonToken.VALUE_NULL ? null : string(parser, field);
        case "fuse_unk" -> fuseUnknown = bool(parser, field);
        case "byte_fallback" -> byteFallback = bool(parser, field);
        case "ignore_merges" -> ignoreMerges = bool(parser, field);
        case "dropout" -> dropout(parser);
        case "continuing_subword_prefix", "end_of_word_suffix" -> absent(parser, field);
        default -> parser.skipChildren();
      }
    }
  }

  /** Returns the model, after all of it was read. */
  BpeModel build() throws IOException {
    if (vocabulary == null || merges == null) {
      throw new MalformedTokenizerException(
          path, "model has no " + (vocabulary == null ? "vocab" : "merges"));
    }
    Vocabulary pieces = new Vocabulary(vocabulary);
    MergeTable table = MergeTable.of(merges, pieces);
    return new BpeModel(
        pieces, table, new BpeOptions(unknown, fuseUnknown, byteFallback, ignoreMerges));
  }

  private void type(JsonParser parser) throws IOException {
    String type = string(parser, "type");
    if (!type.equals("BPE")) {
      throw new UnsupportedTokenizerException(path, "model " + type);
    }
  }

  /** Reads a vocabulary: an object of pieces and their ids. */
  Map<String, Integer> vocabulary(JsonParser parser) throws IOException {
    require(parser.currentToken() == JsonToken.START_OBJECT, "model.vocab", "an object");
    Map<String, Integer> ids = new HashMap<>();
    for (String piece = parser.nextName(); piece != null; piece = parser.nextName()) {
      boolean number = parser.nextToken() == JsonToken.VALUE_NUMBER_INT;
      require(number, "model.vocab of '" + piece + "'", "a number");
      if (ids.put(piece, parser.getIntValue()) != null) {
        throw new MalformedTokenizerException(path, "model.vocab has '" + piece + "' twice");
      }
    }
    return ids;
  }

  /** Returns the left and right pieces of all merges, one after the other. */
  private List<String> merges(JsonParser parser) throws IOException {
    require(parser.currentToken() == JsonToken.START_ARRAY, "model.merges", "a list");
    List<String> pairs = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        MergeTable.addPair(parser.getString(), pairs);
      } else {
        require(parser.currentToken() == JsonToken.START_ARRAY, "a merge", "a text or a list");
        pairs.add(element(parser));
        pairs.add(element(parser));
        require(parser.nextToken() == JsonToken.END_ARRAY, "a merge", "two texts");
      }
    }
    return pairs;
  }

  private String element(JsonParser parser) throws IOException {
    parser.nextToken();
    return string(parser, "merges");
  }

  private void dropout(JsonParser parser) throws IOException {
    boolean none =
        parser.currentToken() == JsonToken.VALUE_NULL
            || (parser.currentToken().isNumeric() && parser.getDoubleValue() == 0);
    if (!none) {
      throw new UnsupportedTokenizerException(path, "model.dropout " + parser.getString());
    }
  }

  private void absent(JsonParser parser, String field) throws IOException {
    boolean none = parser.currentToken() == JsonToken.VALUE_NULL || string(parser, field).isEmpty();
    if (!none) {
      throw new UnsupportedTokenizerException(
          path, "model.%s '%s'".formatted(field, parser.getString()));
    }
  }

  private String string(JsonParser parser, String field) throws IOException {
    require(parser.currentToken() == JsonToken.VALUE_STRING, "model." + field, "a text");
    return parser.getString();
  }

  private boolean bool(JsonParser parser, String field) throws IOException {
    JsonToken token = parser.currentToken();
    boolean known = token.isBoolean() || token == JsonToken.VALUE_NULL;
    require(known, "model." + field, "true or false");
    return token == JsonToken.VALUE_TRUE;
  }

  private void require(boolean fits, String what, String expected) throws IOException {
    if (!fits) {
      throw new MalformedTokenizerException(path, what + " is not " + expected);
    }
  }
}
