package dev.limpid.tensor.gguf;

import dev.limpid.tensor.files.UnreadableFileException;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a model that lies in several files, {@code NAME-00001-of-00003.gguf} and so on, as
 * llama.cpp's gguf-split writes them: each says which it is, and of how many; the first has all
 * keys of the model.
 */
final class GgufSplit {
  private static final String NO = "split.no";
  private static final String COUNT = "split.count";
  private static final String TENSORS = "split.tensors.count";

  /** What says that two parts are of one model, where both say it. */
  private static final List<String> OF_THE_MODEL = List.of("general.architecture", "general.name");

  private static final Pattern NAME =
      Pattern.compile("(?<name>.+)-(?<number>\\d{5})-of-(?<count>\\d{5})\\.(?i:gguf)");

  private GgufSplit() {}

  /** Returns whether a file's name says that it is a part, and not the first one. */
  static boolean isLaterPart(String fileName) {
    Matcher name = NAME.matcher(fileName);
    return name.matches() && Integer.parseInt(name.group("number")) > 1;
  }

  /**
   * Opens the parts behind the first.
   *
   * @return all parts in order; the given one alone where it is a whole model
   * @throws IOException if the given one is not the first, one of the others is missing, or one is
   *     of another model
   */
  static List<GgufPart> all(GgufPart first, Arena arena) throws IOException {
    long count = first.metadata().integer(COUNT).orElse(1);
    long no = first.metadata().integer(NO).orElse(0);
    if (count <= 1 && no == 0) {
      return List.of(first);
    }
    Path path = first.path();
    Matcher name = NAME.matcher(path.getFileName().toString());
    boolean named = name.matches() && Integer.parseInt(name.group("count")) == count;
    if (!named || Integer.parseInt(name.group("number")) != no + 1) {
      throw bad(
          path,
          "%s is %d and %s %d, so its name should end with -%s.gguf"
              .formatted(NO, no, COUNT, count, ending(no + 1, count)));
    }
    if (no != 0) {
      throw bad(
          path,
          "part %d of %d of a model; give the first, %s"
              .formatted(no + 1, count, fileName(name, 1, count)));
    }
    List<GgufPart> parts = new ArrayList<>(List.of(first));
    for (long i = 1; i < count; i++) {
      Path next = path.resolveSibling(fileName(name, i + 1, count));
      if (!Files.isRegularFile(next)) {
        throw bad(next, "missing: part %d of %d of the model of %s".formatted(i + 1, count, path));
      }
      GgufPart part = GgufPart.open(next, arena);
      requireSame(part, NO, OptionalLong.of(i));
      requireSame(part, COUNT, OptionalLong.of(count));
      requireSame(part, TENSORS, first.metadata().integer(TENSORS));
      requireOneModel(first, part);
      parts.add(part);
    }
    requireTensors(parts);
    return parts;
  }

  private static String ending(long number, long count) {
    return String.format(Locale.ROOT, "%05d-of-%05d", number, count);
  }

  private static String fileName(Matcher name, long number, long count) {
    return name.group("name") + "-" + ending(number, count) + ".gguf";
  }

  private static void requireSame(GgufPart part, String key, OptionalLong expected)
      throws IOException {
    OptionalLong stored = part.metadata().integer(key);
    if (!stored.equals(expected)) {
      throw bad(
          part.path(), "%s is %s, should be %s".formatted(key, words(stored), words(expected)));
    }
  }

  private static String words(OptionalLong value) {
    return value.isPresent() ? "" + value.getAsLong() : "missing";
  }

  private static void requireOneModel(GgufPart first, GgufPart part) throws IOException {
    for (String key : OF_THE_MODEL) {
      if (part.metadata().contains(key)
          && !part.metadata().string(key).equals(first.metadata().string(key))) {
        throw bad(
            part.path(),
            "a part of another model: %s is '%s', in %s '%s'"
                .formatted(
                    key,
                    part.metadata().string(key).orElseThrow(),
                    first.path().getFileName(),
                    first.metadata().string(key).orElse("")));
      }
    }
  }

  private static void requireTensors(List<GgufPart> parts) throws IOException {
    Map<String, GgufPart> partOf = new HashMap<>();
    for (GgufPart part : parts) {
      for (String tensor : part.tensors().keySet()) {
        @Nullable GgufPart other = partOf.put(tensor, part);
        if (other != null) {
          throw new MissingTensorException(
              part.path(), tensor, "is in %s, too".formatted(other.path().getFileName()));
        }
      }
    }
    GgufPart first = parts.getFirst();
    OptionalLong claimed = first.metadata().integer(TENSORS);
    if (claimed.isPresent() && claimed.getAsLong() != partOf.size()) {
      throw bad(
          first.path(),
          "%s is %d, the %d parts hold %d tensors"
              .formatted(TENSORS, claimed.getAsLong(), parts.size(), partOf.size()));
    }
  }

  private static UnreadableFileException bad(Path path, String reason) {
    return new UnreadableFileException(path, reason);
  }
}
