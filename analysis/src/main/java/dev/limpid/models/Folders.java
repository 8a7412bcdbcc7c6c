package dev.limpid.models;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which Limpid and Hugging Face keep things for this user.
 *
 * @param cache what Limpid can make again (LIMPID_CACHE)
 * @param models the user's models, one folder each (LIMPID_MODELS)
 * @param hub what Hugging Face's Python libraries have downloaded (HF_HUB_CACHE, HF_HOME)
 */
public record Folders(Path cache, Path models, Path hub) {

  /** Finds them from environment variables, else where this platform keeps such things. */
  public static Folders of(Map<String, String> variables) {
    return of(variables, System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  static Folders of(Map<String, String> variables, String system, Path home) {
    Path general = given(variables, "XDG_CACHE_HOME", home.resolve(".cache"));
    Path cache = given(variables, "LIMPID_CACHE", platformCache(variables, system, home, general));
    Path huggingFace = given(variables, "HF_HOME", general.resolve("huggingface"));
    return new Folders(
        cache,
        given(variables, "LIMPID_MODELS", cache.resolve("models")),
        given(variables, "HF_HUB_CACHE", huggingFace.resolve("hub")));
  }

  private static Path platformCache(
      Map<String, String> variables, String system, Path home, Path general) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return home.resolve("Library/Caches/limpid");
    }
    if (name.startsWith("windows")) {
      return given(variables, "LOCALAPPDATA", home.resolve("AppData/Local")).resolve("limpid");
    }
    return general.resolve("limpid");
  }

  private static Path given(Map<String, String> variables, String name, Path otherwise) {
    @Nullable String value = variables.get(name);
    return value == null || value.isEmpty() ? otherwise : Path.of(value);
  }
}
