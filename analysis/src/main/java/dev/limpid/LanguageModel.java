package dev.limpid;

import dev.limpid.attribution.heads.HeadProbes;
import dev.limpid.attribution.heads.HeadRoles;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.models.ModelLocator;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.view.ModelView;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An open model: weights, tokenizer, and where they come from. Safe to share between threads; open
 * it once.
 */
public final class LanguageModel {
  private final ModelSource source;
  private final Transformer transformer;
  private final WeightsHash weights;
  private @Nullable Map<String, String> facts;

  LanguageModel(ModelSource source, Transformer transformer, WeightsHash weights) {
    this.source = source;
    this.transformer = transformer;
    this.weights = weights;
  }

  /**
   * Opens a model by its name, with the settings of this user.
   *
   * @param name a bundled model such as {@code demo-gpt2}, a model of the models folder or of
   *     Hugging Face's cache such as {@code org/name}, a folder, also of a LoRA adapter that names
   *     its base, or a GGUF file; nothing is downloaded
   * @throws IOException if there is none, or it is damaged or not supported: one line says where,
   *     what, and what to do
   */
  public static LanguageModel open(String name) throws IOException {
    return open(name, Settings.defaults());
  }

  /**
   * Opens a model by its name.
   *
   * @throws IOException if there is none, or it is damaged or not supported
   */
  public static LanguageModel open(String name, Settings settings) throws IOException {
    // First, since its code is compiled on the side while files are read.
    TensorOps ops = settings.openBackend();
    return open(ModelSource.find(name, settings.locator()), ops, settings);
  }

  /**
   * Opens a model with a LoRA adapter added to its weights.
   *
   * @param name the model, as for {@link #open(String, Settings)}
   * @param adapter the folder of the adapter, as PEFT writes it, or its name
   * @throws IOException if one is not there, damaged or not supported
   */
  public static LanguageModel openAdapted(String name, String adapter, Settings settings)
      throws IOException {
    TensorOps ops = settings.openBackend();
    ModelLocator locator = settings.locator();
    return open(ModelSource.of(locator.locate(name, adapter), locator.hashes()), ops, settings);
  }

  private static LanguageModel open(ModelSource source, TensorOps ops, Settings settings)
      throws IOException {
    LanguageModel model = source.open(ops, settings.storage(), settings.progress());
    model.warnings().forEach(settings.warnings());
    return model;
  }

  /**
   * Opens the model that this one's adapter is added to, on the same backend.
   *
   * @return empty where this one is no adapter's
   * @throws IOException if it cannot be read any more
   */
  public Optional<LanguageModel> openBase(LayerStorage storage, Progress progress)
      throws IOException {
    if (source.location().base().isEmpty()) {
      return Optional.empty();
    }
    ModelSource base = ModelSource.of(source.location().base().get(), source.hashes());
    return Optional.of(base.open(transformer.ops(), storage, progress));
  }

  /** Returns where it was found, and its files. */
  public ModelSource source() {
    return source;
  }

  /** Returns the engine: configuration, weights and the forward pass. */
  public Transformer transformer() {
    return transformer;
  }

  /**
   * Returns what a user should know of its files, a line each: that weights are quantised, and what
   * they hold that is no part of the model.
   */
  public List<String> warnings() {
    Stream<String> quantised =
        source.files().quantisation().stream()
            .map("is quantised (%s): results are those of the quantised model"::formatted)
            .map(line -> source.name() + " " + line);
    Stream<String> leftOut =
        source.files().leftOut().stream().map(line -> source.name() + ": " + line);
    return Stream.concat(quantised, leftOut).toList();
  }

  /**
   * Returns the memory that all layers and the head would take, if there is not so much: then each
   * layer is read from the model's files whenever it is needed, which gives the same results and
   * takes longer.
   */
  public OptionalLong streamedBytes() {
    return transformer.weights().streamed()
        ? OptionalLong.of(transformer.weights().bytes())
        : OptionalLong.empty();
  }

  /** Returns how documents name it. */
  public ModelView view() {
    return new ModelView(
        source.name(),
        transformer.config().modelType(),
        transformer.config().nLayers(),
        transformer.config().nHeads(),
        transformer.config().dModel(),
        transformer.ops().name(),
        weights,
        Version.limpid());
  }

  /**
   * Returns the SHA-256 of the files of its weights, one after the other: of a single one, what
   * sha256sum prints. They are read once for that, by the first who asks; the user's cache
   * remembers it for the next run.
   *
   * @throws IOException if they cannot be read, or were changed since they were opened
   */
  public String sha256() throws IOException {
    return weights.sha256();
  }

  /** Returns the same for documents, which ask when they are written. */
  WeightsHash weights() {
    return weights;
  }

  /**
   * Returns the ids of a text by the rules of the model's family, BOS included.
   *
   * @throws QuestionException if the model cannot take it
   */
  public List<Integer> tokens(String text) throws IOException, QuestionException {
    return source.prompt(text).tokens();
  }

  /**
   * Takes a text to ask questions about; nothing is computed before the first one.
   *
   * @param text verbatim; a BOS goes in front where the model's family has one there
   * @throws QuestionException if the model cannot take it
   */
  public Analysis analyse(String text) throws IOException, QuestionException {
    return analyse(source.prompt(text), Progress.NONE);
  }

  /**
   * Takes ids to ask questions about, complete as they are.
   *
   * @throws QuestionException if the model cannot take them
   */
  public Analysis analyse(List<Integer> tokens) throws IOException, QuestionException {
    return analyse(source.prompt(tokens), Progress.NONE);
  }

  /**
   * Takes a prompt to ask questions about.
   *
   * @param prompt cut for this model
   * @param progress hears how far each question is, and may end it
   */
  public Analysis analyse(Prompt prompt, Progress progress) {
    return new Analysis(this, prompt, progress, null);
  }

  /**
   * Takes several prompts to ask questions about. All of them run together at the first question to
   * any, which takes less time than one after the other where they are short; answers are the same.
   * Memory holds the states of all of them.
   *
   * @param prompts cut for this model
   * @param progress hears how far each question is, and may end it
   * @return one for each prompt, in their order; not to be shared between threads
   */
  public List<Analysis> analyse(List<Prompt> prompts, Progress progress) {
    Companions companions = new Companions(this, prompts);
    return IntStream.range(0, prompts.size())
        .mapToObj(
            i -> new Analysis(this, prompts.get(i), progress, new Companions.Member(companions, i)))
        .toList();
  }

  /** Returns the prompts that tell what the heads of this model do. */
  public HeadProbes headProbes(List<Prompt> given) throws IOException {
    return HeadProbes.of(
        transformer.config(),
        source.files().tokenizer(),
        given.stream().map(Prompt::tokens).toList());
  }

  /** Measures which head does what, on all those prompts. */
  public HeadRoles headRoles(HeadProbes probes, Progress progress) {
    return HeadRoles.of(
        transformer,
        probes,
        done -> progress.done(Progress.Phase.PROMPTS, done, probes.nPrompts()));
  }

  /**
   * Returns what makes its numbers, enough to make them again, in the order to be shown: name and
   * SHA-256 of the weights, tokenizer, backend, versions.
   */
  public synchronized Map<String, String> facts() throws IOException {
    @Nullable Map<String, String> known = facts;
    if (known == null) {
      known = new LinkedHashMap<>();
      known.put("model", source.name());
      known.put("model_sha256", sha256());
      known.put("tokenizer", source.tokenizerFile());
      known.put("backend", transformer.provenance().backend());
      known.put("limpid_version", Version.limpid());
      known.put("jdk", transformer.provenance().jdk());
      facts = known;
    }
    return Collections.unmodifiableMap(known);
  }
}
