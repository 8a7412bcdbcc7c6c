package dev.limpid.model.fuzz;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ContainerNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes one place of a JSON document, which stays JSON but for what no tree can hold: a key given
 * twice, very deep nesting, numbers beyond every type.
 */
final class JsonMutation {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Stands for text that is put into the document once it is written. */
  private static final String RAW = "@raw@";

  /** Begins the name of a key that loses this beginning once the document is written. */
  private static final String TWICE = "@twice@";

  private static final String[] RAW_TEXTS = {
    "[".repeat(5000) + "]".repeat(5000),
    "{\"a\":".repeat(5000) + "1" + "}".repeat(5000),
    "[".repeat(100_000),
    "1e400",
    "-1e400",
    "9".repeat(900),
    "1e-999999999",
    "NaN",
    "\"\\ud800\"",
    "\"" + "x".repeat(100_000) + "\""
  };

  private static final String[] TEXTS = {
    "",
    "\0",
    "a\nb\r\nc",
    "\u202e\u2028",
    "\ud83d\ude00",
    "../../etc/passwd",
    "/dev/zero",
    "..",
    "[",
    "((((",
    "(a+)+$",
    "(\\p{L}*)*\\d",
    "(?:){99999}",
    "(?:a|b)*",
    "a{1,99999}{1,99999}",
    "\\",
    " ",
    "x".repeat(2000),
    "(".repeat(20_000)
  };

  private final SplittableRandom random;

  private JsonMutation(SplittableRandom random) {
    this.random = random;
  }

  /** Returns the document changed; bytes that are no JSON are changed as bytes. */
  static byte[] any(byte[] document, SplittableRandom random) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(document);
    } catch (RuntimeException e) {
      return ByteMutation.any(document, random);
    }
    if (root instanceof ContainerNode<?> container && !container.isEmpty()) {
      new JsonMutation(random).changeBelow(container);
    }
    String text = JsonMapper.shared().writeValueAsString(root).replace(TWICE, "");
    String raw = RAW_TEXTS[random.nextInt(RAW_TEXTS.length)];
    return text.replace('"' + RAW + '"', raw).getBytes(StandardCharsets.UTF_8);
  }

  /** Goes down to a random depth, so that large lists get no more changes than small objects. */
  private void changeBelow(ContainerNode<?> container) {
    int at = random.nextInt(container.size());
    JsonNode child =
        container instanceof ObjectNode object ? object.get(key(object, at)) : container.get(at);
    if (child instanceof ContainerNode<?> deeper && !deeper.isEmpty() && random.nextInt(5) > 0) {
      changeBelow(deeper);
    } else if (container instanceof ObjectNode object) {
      change(object, key(object, at));
    } else if (container instanceof ArrayNode array) {
      change(array, at);
    }
  }

  private static String key(ObjectNode object, int at) {
    return object.propertyNames().stream().skip(at).findFirst().orElseThrow();
  }

  private void change(ObjectNode object, String key) {
    String other = key(object, random.nextInt(object.size()));
    switch (random.nextInt(10)) {
      case 0 -> object.remove(key);
      case 1 -> object.set(text(), object.remove(key));
      case 2 -> object.set(TWICE + key, object.get(other).deepCopy());
      case 3 -> object.set(key, object.get(other).deepCopy());
      default -> object.set(key, value(object.get(key)));
    }
  }

  private void change(ArrayNode array, int at) {
    switch (random.nextInt(6)) {
      case 0 -> array.remove(at);
      case 1 -> array.insert(at, array.get(random.nextInt(array.size())).deepCopy());
      case 2 -> {
        JsonNode repeated = array.get(at);
        for (int i = 0; i < Math.min(500, 20_000 / (1 + repeated.size())); i++) {
          array.add(repeated.deepCopy());
        }
      }
      default -> array.set(at, value(array.get(at)));
    }
  }

  private JsonNode value(JsonNode old) {
    return switch (random.nextInt(12)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.arrayNode();
      case 3 -> NODES.objectNode().set("type", old.deepCopy());
      case 4, 5 -> NODES.stringNode(text());
      case 6 -> NODES.stringNode(RAW);
      default -> number(old);
    };
  }

  private JsonNode number(JsonNode old) {
    List<Number> near = new ArrayList<>(List.of(0, -1, 1, 2, 0.5, 1e-30, -0.0, 1e38, 1e300));
    near.addAll(List.of(Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 24, 1 << 30));
    near.addAll(List.of(Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32));
    near.add(BigInteger.ONE.shiftLeft(63));
    near.add(BigInteger.ONE.shiftLeft(64).negate());
    if (old.isIntegralNumber() && old.canConvertToInt()) {
      int value = old.intValue();
      near.addAll(List.of(value + 1, value - 1, 2L * value, 4 * value, -value));
    }
    return JsonMapper.shared().valueToTree(near.get(random.nextInt(near.size())));
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }
}
