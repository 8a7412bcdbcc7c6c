package dev.limpid.explorer.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The body of a request: one JSON object, read strictly. */
public final class JsonBody {
  private static final int DEPTH = 32;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH)
                          .maxNumberLength(40)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Bytes of a body that is too large which are still taken, and dropped. */
  private static final long READ_AWAY = 1 << 20;

  private final JsonNode root;

  private JsonBody(JsonNode root) {
    this.root = root;
  }

  /** Reads a body, whose bytes come as slowly as they come. */
  static byte[] bytes(InputStream in, long announced, int most, long deadline) {
    if (announced > most) {
      if (announced <= READ_AWAY) {
        readAway(in, announced, deadline);
      }
      throw tooLarge(most);
    }
    byte[] bytes = new byte[announced >= 0 ? (int) announced : most + 1];
    int read = 0;
    while (read < bytes.length) {
      int n = read(in, bytes, read);
      if (n < 0) {
        break;
      }
      read += n;
      if (System.nanoTime() - deadline > 0) {
        throw bad("The body came too slowly: it has to be here within 10 seconds.");
      }
    }
    if (read > most || read(in, new byte[1], 0) > 0) { // consumes the end: the connection lives on
      throw tooLarge(most);
    }
    if (read < announced) {
      throw bad("The body ends after %d of %d bytes.".formatted(read, announced));
    }
    return java.util.Arrays.copyOf(bytes, read);
  }

  /** A client that is still sending when the connection ends does not get to read the refusal. */
  private static void readAway(InputStream in, long announced, long deadline) {
    byte[] away = new byte[1 << 13];
    long left = announced;
    while (left > 0 && System.nanoTime() - deadline < 0) {
      int n = read(in, away, 0);
      if (n < 0) {
        return;
      }
      left -= n;
    }
  }

  /** Reads some bytes; a sender that leaves, or says nothing for long, has sent no body. */
  private static int read(InputStream in, byte[] bytes, int at) {
    try {
      return in.read(bytes, at, bytes.length - at);
    } catch (IOException e) {
      throw bad("The body ends before it is whole.");
    }
  }

  private static Refusal tooLarge(int most) {
    return new Refusal(
        Refusal.Code.TOO_LARGE,
        "The body has more than the %d bytes that are read.".formatted(most));
  }

  /** Reads one object that has no other keys than those known. */
  static JsonBody read(byte[] bytes, Set<String> known) {
    JsonNode root;
    try {
      root =
          MAPPER.readTree(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw bad("The body is not UTF-8.");
    } catch (StreamConstraintsException e) {
      throw bad(
          "The body is nested deeper than %d levels, or has an endless number.".formatted(DEPTH));
    } catch (JacksonException e) {
      String reason = e.getOriginalMessage();
      throw bad(
          reason != null && reason.startsWith("Duplicate")
              ? "The body has a key twice (line %d).".formatted(e.getLocation().getLineNr())
              : "The body is not valid JSON (line %d, column %d)."
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    if (!root.isObject()) {
      throw bad("The body is to be one JSON object.");
    }
    for (String key : root.propertyNames()) {
      if (!known.contains(key)) {
        throw bad(
            "%s: not known in this body; known are %s."
                .formatted(Query.brief(key), String.join(", ", new java.util.TreeSet<>(known))));
      }
    }
    return new JsonBody(root);
  }

  /** Returns the object itself. */
  public JsonNode root() {
    return root;
  }

  /** Returns whether a key is there. */
  public boolean has(String key) {
    return root.has(key);
  }

  /** Returns a text. */
  public Optional<String> text(String key) {
    @Nullable JsonNode node = root.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isString()) {
      throw bad(key + ": a text is needed, between quotes.");
    }
    String text = node.asString();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw bad(key + ": half of a surrogate pair is no character.");
    }
    return Optional.of(text);
  }

  /** Returns true or false. */
  public Optional<Boolean> flag(String key) {
    @Nullable JsonNode node = root.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isBoolean()) {
      throw bad(key + ": true or false is needed.");
    }
    return Optional.of(node.asBoolean());
  }

  /** Returns a whole number of a range. */
  public Optional<Integer> whole(String key, int least, int most) {
    @Nullable JsonNode node = root.get(key);
    return node == null ? Optional.empty() : Optional.of(whole(key, node, least, most));
  }

  private static int whole(String key, JsonNode node, int least, int most) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.asInt() < least
        || node.asInt() > most) {
      throw bad("%s: a whole number from %d to %d is needed.".formatted(key, least, most));
    }
    return node.asInt();
  }

  /** Returns a list of whole numbers of a range. */
  public Optional<List<Integer>> wholes(String key, int least, int most) {
    @Nullable JsonNode node = root.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isArray()) {
      throw bad(key + ": a list of whole numbers is needed.");
    }
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode item : node) {
      numbers.add(whole(key, item, least, most));
    }
    return Optional.of(numbers);
  }

  /** Returns a number of a range. */
  public Optional<Double> number(String key, double least, double most) {
    @Nullable JsonNode node = root.get(key);
    if (node == null) {
      return Optional.empty();
    }
    double number = node.isNumber() ? node.asDouble() : Double.NaN;
    if (!(number >= least && number <= most)) {
      throw bad("%s: a number from %s to %s is needed.".formatted(key, least, most));
    }
    return Optional.of(number);
  }

  /** Returns a list of texts. */
  public Optional<List<String>> texts(String key) {
    @Nullable JsonNode node = root.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isArray()) {
      throw bad(key + ": a list of texts is needed.");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isString()) {
        throw bad("%s: entry %d is no text.".formatted(key, texts.size() + 1));
      }
      texts.add(item.asString());
    }
    return Optional.of(texts);
  }

  /** Returns a refusal of a body. */
  public static Refusal bad(String sentence) {
    return new Refusal(Refusal.Code.BAD_BODY, sentence);
  }
}
