package dev.limpid;

import dev.limpid.model.Transformer;
import dev.limpid.model.chat.ChatMessage;
import dev.limpid.model.chat.ChatText;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.model.load.PromptException;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.models.FileHashes;
import dev.limpid.models.FileStamp;
import dev.limpid.models.ModelLocation;
import dev.limpid.models.ModelLocator;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.view.ModelView;
import dev.limpid.view.TokenNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model that was found and whose files are open, without its weights: enough to cut prompts, and
 * to open it.
 *
 * @param location where it was found, and by which name
 * @param hashes tells the SHA-256 of its files
 * @param files opened once, for all who ask
 * @param config the facts of its architecture
 */
public record ModelSource(
    ModelLocation location, FileHashes hashes, ModelFiles files, ModelConfig config) {

  /**
   * Finds a model and opens its files.
   *
   * @param name a name, a folder, or a GGUF file
   * @throws IOException if there is none, or it is damaged or not supported
   */
  public static ModelSource find(String name, ModelLocator locator) throws IOException {
    return of(locator.locate(name), locator.hashes());
  }

  /**
   * Opens the files of a model.
   *
   * @throws IOException if they are damaged, or those of a model that is not supported
   */
  public static ModelSource of(ModelLocation location, FileHashes hashes) throws IOException {
    ModelFiles files = location.open();
    return new ModelSource(location, hashes, files, files.config());
  }

  /** Returns the name it was found by. */
  public String name() {
    return location.name();
  }

  /** Returns how its tokens are spelled. */
  public TokenNames names() throws IOException {
    return new TokenNames(files.tokenizer());
  }

  /** Returns how documents name it that do not depend on its weights. */
  public ModelView view() {
    return new ModelView(
        name(),
        config.modelType(),
        config.nLayers(),
        config.nHeads(),
        config.dModel(),
        null,
        ModelSource::noWeights,
        Version.limpid());
  }

  private static @Nullable String noWeights() {
    return null;
  }

  /** Returns the file that its tokenizer was read from, with its SHA-256; "none" without one. */
  public String tokenizerFile() throws IOException {
    Optional<Path> file = files.tokenizer().map(LoadedTokenizer::source);
    return file.isPresent()
        ? file.get().getFileName()
            + " sha256:"
            + hashes.sha256(List.of(FileStamp.of(file.get())), bytes -> {})
        : "none";
  }

  /**
   * Cuts a text by the rules of the model's family, with the BOS that they put in front.
   *
   * @param text verbatim
   * @throws PromptRefusedException if the model cannot take it
   */
  public Prompt prompt(String text) throws IOException, PromptRefusedException {
    return prompt(text, Optional.empty());
  }

  /**
   * Cuts a text.
   *
   * @param text verbatim
   * @param bos whether a BOS goes in front; empty: as the model's family does it
   * @throws PromptRefusedException if the model cannot take it
   */
  public Prompt prompt(String text, Optional<Boolean> bos)
      throws IOException, PromptRefusedException {
    try {
      List<Integer> tokens = bos.isPresent() ? files.tokens(text, bos.get()) : files.tokens(text);
      return new Prompt(this, names(), Optional.of(text), tokens);
    } catch (PromptException e) {
      throw new PromptRefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Writes a conversation by the model's chat template, up to where the assistant begins to speak,
   * and cuts that.
   *
   * @param messages in order
   * @throws PromptRefusedException if the model has no template, or cannot take it
   */
  public Prompt chat(List<ChatMessage> messages) throws IOException, PromptRefusedException {
    try {
      ChatText chat = files.chat(messages);
      List<Integer> tokens = files.tokens(chat.text(), false);
      return new Prompt(this, names(), Optional.of(chat.text()), tokens, Optional.of(chat));
    } catch (PromptException e) {
      throw new PromptRefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Cuts a text of any length, to be looked at: the model may not be able to run it.
   *
   * @param text verbatim
   * @param bos whether a BOS goes in front; empty: as the model's family does it
   * @throws PromptRefusedException if it cannot be cut
   */
  public Prompt cut(String text, Optional<Boolean> bos) throws IOException, PromptRefusedException {
    try {
      return new Prompt(this, names(), Optional.of(text), files.cut(text, bos));
    } catch (PromptException e) {
      throw new PromptRefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Takes ids, complete as they are: no BOS is added.
   *
   * @throws PromptRefusedException if the model cannot take them
   */
  public Prompt prompt(List<Integer> ids) throws IOException, PromptRefusedException {
    try {
      files.requireValid(ids);
      return new Prompt(this, names(), Optional.empty(), ids);
    } catch (PromptException e) {
      throw new PromptRefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads the weights.
   *
   * @param progress hears of the layers read
   * @throws IOException if they are damaged or cannot be read
   */
  public LanguageModel open(TensorOps ops, LayerStorage storage, Progress progress)
      throws IOException {
    List<FileStamp> weights = FileStamp.of(files.weightFiles());
    Transformer transformer =
        files.open(ops, storage, (done, all) -> progress.done(Progress.Phase.LOAD, done, all));
    return new LanguageModel(this, transformer, new WeightsHash(weights, hashes, progress));
  }
}
