package dev.limpid.models;

import dev.limpid.model.load.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that was found.
 *
 * @param name what {@code --model} takes; of a folder or a file that was given as such, its own
 *     name
 * @param folder where its config.json, weights and tokenizer lie, or the GGUF file that is all of
 *     them; of an adapter, where that lies
 * @param origin how it was found
 * @param base of an adapter, where the model is that it is added to
 */
public record ModelLocation(String name, Path folder, Origin origin, Optional<ModelLocation> base) {

  /** Creates the place of a model that is no adapter. */
  public ModelLocation(String name, Path folder, Origin origin) {
    this(name, folder, origin, Optional.empty());
  }

  /**
   * Opens its files.
   *
   * @throws IOException if there is no model, or its description is damaged
   */
  public ModelFiles open() throws IOException {
    return base.isPresent()
        ? ModelFiles.open(base.get().folder(), folder)
        : ModelFiles.open(folder);
  }

  /** Where a model can come from, in words that follow "from". */
  public enum Origin {
    /** A folder that was given as such. */
    FOLDER("a folder"),
    /** A GGUF file that was given as such. */
    FILE("a file"),
    /** A name of the configuration file. */
    CONFIGURATION("the configuration file"),
    /** A model that comes with Limpid. */
    BUNDLED("Limpid itself"),
    /** The user's models folder. */
    MODELS_FOLDER("the models folder"),
    /** The cache of Hugging Face's Python libraries. */
    HUB_CACHE("the Hugging Face cache");

    private final String words;

    Origin(String words) {
      this.words = words;
    }

    /** Returns the origin in words. */
    public String words() {
      return words;
    }
  }
}
