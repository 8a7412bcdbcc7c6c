package dev.limpid.explorer.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one request, read strictly: one that is not known, given twice, empty,
 * malformed or out of range is refused, never ignored and never changed.
 */
public final class Query {
  private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,8}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,17})?");

  private final Map<String, String> given = new TreeMap<>();

  private Query() {}

  /** Reads what follows the question mark, which may be nothing. */
  static Query read(@Nullable String text, List<Parameter> known) {
    Query query = new Query();
    if (text == null) {
      return query;
    }
    List<String> names = known.stream().map(Parameter::name).toList();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!names.contains(name)) {
        throw bad(
            "parameter %s: not known here; %s."
                .formatted(
                    brief(name),
                    names.isEmpty()
                        ? "this path takes none"
                        : "known are " + String.join(", ", names)));
      }
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (value.isEmpty()) {
        throw bad(name + ": is empty; leave the parameter out, or give it a value.");
      }
      if (query.given.putIfAbsent(name, value) != null) {
        throw bad(name + ": is given twice; give it once.");
      }
    }
    return query;
  }

  /** Returns the same text for the same parameters. */
  @Override
  public String toString() {
    return given.toString();
  }

  /** Returns whether a parameter is given. */
  public boolean has(Parameter parameter) {
    return given.containsKey(parameter.name());
  }

  /** Returns a text as it is. */
  public Optional<String> text(Parameter parameter) {
    @Nullable String value = given.get(parameter.name());
    if (value == null && parameter.required()) {
      throw bad(parameter.name() + ": is missing, and without it there is no answer.");
    }
    return Optional.ofNullable(value);
  }

  /** Returns a whole number of a range. */
  public Optional<Integer> whole(Parameter parameter, int least, int most) {
    return text(parameter).map(value -> whole(parameter.name(), value, least, most));
  }

  /** Returns a whole number of a range that must be given. */
  public int required(Parameter parameter, int least, int most) {
    return whole(parameter.must(), least, most).orElseThrow();
  }

  private static int whole(String name, String value, int least, int most) {
    if (WHOLE.matcher(value).matches()) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw bad(
        "%s %s: a whole number from %d to %d is needed."
            .formatted(name, brief(value), least, most));
  }

  /** Returns a number from {@code least} to below 1. */
  public Optional<Double> share(Parameter parameter, double least) {
    return text(parameter)
        .map(value -> {
          if (DECIMAL.matcher(value).matches()) {
            double number = Double.parseDouble(value);
            if (number >= least && number < 1) {
              return number;
            }
          }
          throw bad(
              "%s %s: a number from %s to below 1 is needed."
                  .formatted(parameter.name(), brief(value), least));
        });
  }

  /** Returns one of the constants of an enum, by its name in small letters. */
  public <E extends Enum<E>> Optional<E> word(Parameter parameter, Class<E> words) {
    return text(parameter)
        .map(value -> {
          for (E word : words.getEnumConstants()) {
            if (Words.of(word).equals(value)) {
              return word;
            }
          }
          throw bad(
              "%s %s: one of %s is needed."
                  .formatted(parameter.name(), brief(value), String.join(", ", Words.of(words))));
        });
  }

  /**
   * Returns whole numbers given as a list of numbers and ranges, such as 3,7-12, ascending.
   *
   * @param most the largest there is
   */
  public Optional<List<Integer>> list(Parameter parameter, int most) {
    return text(parameter)
        .map(value -> {
          java.util.TreeSet<Integer> numbers = new java.util.TreeSet<>();
          for (String part : value.split(",", -1)) {
            int dash = part.indexOf('-');
            int from = whole(parameter.name(), dash < 0 ? part : part.substring(0, dash), 0, most);
            int to =
                dash < 0 ? from : whole(parameter.name(), part.substring(dash + 1), from, most);
            for (int i = from; i <= to; i++) {
              numbers.add(i);
            }
          }
          return List.copyOf(numbers);
        });
  }

  /** Returns the first and the last of a range such as 3-17. */
  public Optional<int[]> range(Parameter parameter, int most) {
    return text(parameter)
        .map(value -> {
          String[] ends = value.split("-", -1);
          int from = whole(parameter.name(), ends[0], 0, most);
          return new int[] {
            from, ends.length == 1 ? from : whole(parameter.name(), ends[1], from, most)
          };
        });
  }

  /** Returns what was given, short enough for a sentence. */
  static String brief(String value) {
    String line =
        value
            .codePoints()
            .limit(24)
            .map(c ->
                Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return line.length() < value.length() ? line + "..." : line;
  }

  static Refusal bad(String sentence) {
    return new Refusal(Refusal.Code.BAD_PARAMETER, sentence);
  }

  /** Decodes a part of an address; a plus sign is a blank. */
  static String decode(String part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.length());
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '%') {
        if (!part.substring(i + 1, Math.min(i + 3, part.length())).matches("[0-9A-Fa-f]{2}")) {
          throw bad("The address has a % without two hexadecimal digits behind it.");
        }
        bytes.write(Integer.parseInt(part, i + 1, i + 3, 16));
        i += 2;
      } else if (c == '+') {
        bytes.write(' ');
      } else if (c > 0x7f) {
        throw bad("The address has a character that is not ASCII; write its UTF-8 with % signs.");
      } else {
        bytes.write(c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad("The address holds bytes that are not UTF-8.");
    }
  }

  /** The names of enum constants in small letters. */
  static final class Words {
    private Words() {}

    static String of(Enum<?> word) {
      return word.name().toLowerCase(java.util.Locale.ROOT);
    }

    static <E extends Enum<E>> List<String> of(Class<E> words) {
      return java.util.Arrays.stream(words.getEnumConstants())
          .map(Words::of)
          .collect(Collectors.toList());
    }
  }
}
