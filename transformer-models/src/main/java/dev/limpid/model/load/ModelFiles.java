package dev.limpid.model.load;

import dev.limpid.model.Provenance;
import dev.limpid.model.Transformer;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.chat.ChatMessage;
import dev.limpid.model.chat.ChatTemplate;
import dev.limpid.model.chat.ChatText;
import dev.limpid.model.chat.jinja.TemplateException;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.ModelFormat.Facts;
import dev.limpid.model.load.lora.AdaptedWeights;
import dev.limpid.model.load.lora.Adapter;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.MalformedTokenizerException;
import dev.limpid.model.tokenizer.TokenizationException;
import dev.limpid.model.tokenizer.UnsupportedTokenizerException;
import dev.limpid.tensor.files.OneLine;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of one model, opened once: a folder in Hugging Face layout, config.json and
 * safetensors, or a GGUF file.
 *
 * <p>What describes the model is parsed when it is opened; all else is read when it is first asked
 * for, and then kept. Safe to share between threads. The files should stay as they are meanwhile:
 * weights that were replaced since are refused.
 */
public final class ModelFiles {
  private final ModelFormat format;
  private final String modelType;
  private final ReadOnce<Facts> facts;
  private final ReadOnce<WeightSource> weights;
  private final ReadOnce<Optional<LoadedTokenizer>> tokenizer;
  private final ReadOnce<Optional<ChatTemplate>> chatTemplate;
  private volatile List<String> leftOut = List.of();

  private ModelFiles(ModelFormat format) throws IOException {
    this.format = format;
    this.modelType = format.modelType();
    this.facts = new ReadOnce<>(format::facts);
    this.weights = new ReadOnce<>(() -> format.weights(config()));
    this.tokenizer = new ReadOnce<>(format::tokenizer);
    this.chatTemplate = new ReadOnce<>(format::chatTemplate);
  }

  /**
   * Opens the files of a model of any family, supported or not.
   *
   * @param path the folder, or the GGUF file; also the folder of a LoRA adapter that names its base
   *     by a path from there
   * @throws IOException if there is no model, or its description is damaged
   */
  public static ModelFiles open(Path path) throws IOException {
    if (!Adapter.isIn(path)) {
      return new ModelFiles(ModelFormat.open(path));
    }
    Adapter adapter = Adapter.open(path);
    Path base = adapter.baseFolder().orElseThrow(() -> adapter.withoutBase());
    return open(base, path);
  }

  /**
   * Opens the files of a model with a LoRA adapter added to its weights.
   *
   * @param base the folder of a model in Hugging Face layout
   * @param adapter a folder with adapter_config.json and adapter_model.safetensors
   * @throws IOException if one of them is not there, or damaged, or the adapter asks for more than
   *     a sum
   */
  public static ModelFiles open(Path base, Path adapter) throws IOException {
    return new ModelFiles(ModelFormat.open(base, adapter));
  }

  /** Returns the folder or the GGUF file. */
  public Path path() {
    return format.path();
  }

  /** Returns the model's name, for people: that of the folder or the file. */
  public String name() {
    return format.name();
  }

  /** Returns the family that the files name, supported or not; "unknown" where they name none. */
  public String modelType() {
    return modelType;
  }

  /**
   * Returns the facts of the model.
   *
   * @throws ModelConfigException if the model is none of those that are supported, in words
   */
  public ModelConfig config() throws IOException {
    return facts.get().config();
  }

  /**
   * Returns the tokenizer.
   *
   * @return empty if the model has none: it takes ids only
   * @throws MalformedTokenizerException if its files are damaged
   * @throws UnsupportedTokenizerException if it needs a step that Limpid does not have
   * @throws IOException if a file cannot be read
   */
  public Optional<LoadedTokenizer> tokenizer() throws IOException {
    return tokenizer.get();
  }

  /** Returns the files that the weights lie in, in the order in which they are first needed. */
  public List<Path> weightFiles() throws IOException {
    return weights.get().files();
  }

  /** Returns how many of the weights are quantised and how, in words; empty if none are. */
  public Optional<String> quantisation() {
    return format.quantisation();
  }

  /**
   * Returns what the files hold that is no part of the model, a line each for people; known once
   * the model has been opened.
   */
  public List<String> leftOut() {
    return leftOut;
  }

  /**
   * Returns the ids of a text as the model's family reads it: GPT-2 and OPT get their BOS always,
   * the others by the post-processor of their tokenizer, where there is none by {@code
   * add_bos_token}, else not.
   *
   * @param text taken verbatim
   * @return T ids
   * @throws PromptException if the model has no tokenizer or cannot be given this prompt
   * @throws TokenizationException if the tokenizer's rules fail on this text
   */
  public List<Integer> tokens(String text) throws IOException, PromptException {
    return tokens(text, addsBos());
  }

  /** Returns whether the model's family reads a text with a BOS in front. */
  private boolean addsBos() throws IOException, PromptException {
    boolean always = facts.get().architecture().alwaysBos();
    return always || needTokenizer().specialTokens().addsBos();
  }

  /**
   * Returns the ids of a text, with or without a BOS in front: that of the tokenizer, else that of
   * the model's configuration.
   *
   * @param text taken verbatim
   * @return T ids
   * @throws PromptException if the model has no tokenizer or cannot be given this prompt
   * @throws TokenizationException if the tokenizer's rules fail on this text
   */
  public List<Integer> tokens(String text, boolean bos) throws IOException, PromptException {
    return new PromptRule(path(), config()).tokens(needTokenizer(), text, bos);
  }

  /**
   * Returns the ids of a text of any length: also none, or more than the model's context holds.
   *
   * @param text taken verbatim
   * @param bos whether a BOS goes in front; empty: as the model's family does it
   * @throws PromptException if the model has no tokenizer, or no BOS
   * @throws TokenizationException if the tokenizer's rules fail on this text
   */
  public List<Integer> cut(String text, Optional<Boolean> bos) throws IOException, PromptException {
    boolean inFront = bos.isPresent() ? bos.get() : addsBos();
    return new PromptRule(path(), config()).cut(needTokenizer(), text, inFront);
  }

  /**
   * Returns what the model is to see of a conversation, up to where the assistant begins to speak;
   * its ids are those of the text without a BOS, which the template writes by itself.
   *
   * @param messages in order
   * @throws PromptException if the model has no chat template, or its template does not take this
   *     conversation, or needs what Limpid does not know of Jinja
   */
  public ChatText chat(List<ChatMessage> messages) throws IOException, PromptException {
    ChatTemplate known =
        chatTemplate
            .get()
            .orElseThrow(() ->
                new PromptException(
                    path() + ": no chat template here, so the model knows no conversations"));
    try {
      return known.render(messages, true);
    } catch (TemplateException e) {
      String words = OneLine.of(String.valueOf(e.getMessage()));
      throw new PromptException(path() + ": chat template, " + words);
    }
  }

  private LoadedTokenizer needTokenizer() throws IOException, PromptException {
    return tokenizer()
        .orElseThrow(() ->
            new PromptException(
                path() + ": no tokenizer here, so a text cannot be read; give --tokens 1,2,3"));
  }

  /**
   * Checks that a prompt can be given to this model.
   *
   * @param ids complete, BOS included
   * @throws PromptException if there are none, more than the context holds, or one is not in the
   *     vocabulary
   */
  public void requireValid(List<Integer> ids) throws IOException, PromptException {
    new PromptRule(path(), config()).requireValid(ids);
  }

  /**
   * Opens the model.
   *
   * @param ops what it is to run on
   * @param storage whether all layers are kept in memory; {@link TransformerWeights#streamed} tells
   *     what became of {@link LayerStorage#AUTOMATIC}
   * @throws IOException if there is no model of a supported family, or a damaged one: one line that
   *     says where, what, and what is supported
   */
  public Transformer open(TensorOps ops, LayerStorage storage, LoadProgress progress)
      throws IOException {
    Facts known = facts.get();
    WeightNames names = format.names(known.architecture());
    WeightLoading loading = new WeightLoading(weights.get(), known.config(), names, ops);
    TransformerWeights read = loading.read(storage, progress);
    if (weights.get() instanceof AdaptedWeights adapted) {
      adapted.requireUsed(loading.unread());
    }
    leftOut = List.copyOf(format.leftOut(known.architecture(), loading.unread()));
    Provenance provenance =
        new Provenance(
            name(),
            ops.name() + ": " + ops.description(),
            version(),
            System.getProperty("java.runtime.version"));
    return new Transformer(known.config(), read, ops, provenance);
  }

  private static String version() {
    String version = ModelFiles.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
