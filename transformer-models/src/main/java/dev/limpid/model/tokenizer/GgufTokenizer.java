package dev.limpid.model.tokenizer;

import dev.limpid.model.tokenizer.SentencePieceFile.Entry;
import dev.limpid.model.tokenizer.SentencePieceFile.Kind;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.gguf.GgufMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The tokenizer in the metadata of a GGUF file: byte-level BPE with its merges, or the pieces and
 * scores of SentencePiece.
 *
 * <p>The file says less than tokenizer.json does. Its steps have a name, which {@link GgufSteps}
 * spells out, and its added tokens have no flags: they are looked for as they are written.
 */
final class GgufTokenizer {
  private static final String PREFIX = "tokenizer.ggml.";

  private final Path path;
  private final GgufMetadata metadata;
  private final List<Entry> entries;
  private final boolean sentencePiece;

  private GgufTokenizer(GgufFile file, boolean sentencePiece) throws IOException {
    this.path = file.path();
    this.metadata = file.metadata();
    this.sentencePiece = sentencePiece;
    this.entries = entries();
  }

  /**
   * Reads the tokenizer of a file.
   *
   * @return empty if the file has none
   */
  static Optional<LoadedTokenizer> read(GgufFile file) throws IOException {
    Path path = file.path();
    Optional<String> model = file.metadata().string(PREFIX + "model");
    if (model.isEmpty() || model.get().equals("none") || model.get().equals("no_vocab")) {
      return Optional.empty();
    }
    boolean sentencePiece = model.get().equals("llama");
    if (!sentencePiece && !model.get().equals("gpt2")) {
      throw new UnsupportedTokenizerException(
          path, "%smodel '%s'; supported: gpt2, llama".formatted(PREFIX, model.get()));
    }
    try {
      return Optional.of(new GgufTokenizer(file, sentencePiece).build());
    } catch (IllegalArgumentException e) {
      throw new MalformedTokenizerException(path, String.valueOf(e.getMessage()));
    }
  }

  private LoadedTokenizer build() throws IOException {
    refuse("remove_extra_whitespaces", false);
    refuse("escape_whitespaces", true);
    if (metadata.keys().contains(PREFIX + "precompiled_charsmap")) {
      throw new UnsupportedTokenizerException(path, PREFIX + "precompiled_charsmap");
    }
    Optional<GgufSteps> steps = sentencePiece ? Optional.empty() : Optional.of(steps());
    OptionalInt bos = id("bos_token_id");
    boolean addsBos =
        bos.isPresent()
            && metadata
                .flag(PREFIX + "add_bos_token")
                .orElse(steps.map(GgufSteps::addsBos).orElse(true));
    Template template = template(addsBos ? bos : OptionalInt.empty());
    PipelineTokenizer tokenizer =
        steps.isPresent() ? byteLevel(steps.get(), template) : sentencePiece(template);
    return new LoadedTokenizer(tokenizer, new SpecialTokens(bos, ends(), addsBos), path);
  }

  private void refuse(String key, boolean usual) throws IOException {
    if (metadata.flag(PREFIX + key).orElse(usual) != usual) {
      throw new UnsupportedTokenizerException(path, PREFIX + key + " " + !usual);
    }
  }

  private PipelineTokenizer sentencePiece(Template template) throws IOException {
    boolean bytes = entries.stream().anyMatch(entry -> entry.kind() == Kind.BYTE);
    // Gemma's files do not always say that it puts no space in front.
    boolean usual = !metadata.string("general.architecture").orElse("").startsWith("gemma");
    boolean addsPrefix = metadata.flag(PREFIX + "add_space_prefix").orElse(usual);
    return SentencePieceBpe.build(
        path, new SentencePieceFile(entries, bytes, addsPrefix), template, List.of());
  }

  private PipelineTokenizer byteLevel(GgufSteps steps, Template template) throws IOException {
    Vocabulary vocabulary = SentencePieceBpe.vocabulary(entries);
    List<String> merges = new ArrayList<>();
    for (String merge : required("merges")) {
      MergeTable.addPair(merge, merges);
    }
    refuse("add_space_prefix", false);
    return new PipelineTokenizer(
        path,
        new AddedTokens(SentencePieceBpe.addedTokens(entries), vocabulary, steps.normalizer()),
        steps.normalizer(),
        steps.preTokenizer(),
        new BpeModel(
            vocabulary,
            MergeTable.of(merges, vocabulary),
            new BpeOptions(null, false, false, steps.ignoreMerges())),
        template,
        new Decoder.ByteLevel());
  }

  /** Old files name no steps, or "default"; of GPT-2 there is only one kind. */
  private GgufSteps steps() throws IOException {
    String name = metadata.string(PREFIX + "pre").orElse("default");
    boolean gpt2 = metadata.string("general.architecture").equals(Optional.of("gpt2"));
    if (name.equals("default") && gpt2) {
      return GgufSteps.GPT2;
    }
    return GgufSteps.of(name)
        .orElseThrow(() ->
            new UnsupportedTokenizerException(
                path,
                "%spre '%s' does not say, or not in words that Limpid knows, how a text is split"
                    .formatted(PREFIX, name),
                GgufSteps.names()));
  }

  private List<Entry> entries() throws IOException {
    List<String> pieces = required("tokens");
    double[] types = numbers("token_type", pieces.size()).orElse(new double[0]);
    double[] scores = numbers("scores", pieces.size()).orElse(new double[0]);
    if (sentencePiece && (scores.length == 0 || types.length == 0)) {
      throw missing(scores.length == 0 ? "scores" : "token_type");
    }
    List<Entry> all = new ArrayList<>(pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      Kind kind = types.length == 0 ? Kind.NORMAL : SentencePieceFile.kind((int) types[id]);
      all.add(new Entry(pieces.get(id), scores.length == 0 ? 0 : (float) scores[id], kind));
    }
    return all;
  }

  private Template template(OptionalInt bos) throws IOException {
    OptionalInt eos = id("eos_token_id");
    boolean addsEos = metadata.flag(PREFIX + "add_eos_token").orElse(false);
    return new Template(
        bos.stream().boxed().toList(), addsEos ? eos.stream().boxed().toList() : List.of());
  }

  private List<Integer> ends() throws IOException {
    List<Integer> ends = new ArrayList<>(id("eos_token_id").stream().boxed().toList());
    id("eot_token_id").stream().boxed().filter(id -> !ends.contains(id)).forEach(ends::add);
    return ends;
  }

  private OptionalInt id(String key) throws IOException {
    OptionalLong id = metadata.integer(PREFIX + key);
    if (id.isEmpty()) {
      return OptionalInt.empty();
    }
    if (id.getAsLong() < 0 || id.getAsLong() >= entries.size()) {
      throw new MalformedTokenizerException(
          path,
          "%s is %d, there are %d tokens".formatted(PREFIX + key, id.getAsLong(), entries.size()));
    }
    return OptionalInt.of((int) id.getAsLong());
  }

  private List<String> required(String key) throws IOException {
    return metadata.strings(PREFIX + key).orElseThrow(() -> missing(key));
  }

  private Optional<double[]> numbers(String key, int count) throws IOException {
    Optional<double[]> numbers = metadata.numbers(PREFIX + key);
    if (numbers.isPresent() && numbers.get().length != count) {
      throw new MalformedTokenizerException(
          path, "%d tokens and %d %s".formatted(count, numbers.get().length, PREFIX + key));
    }
    return numbers;
  }

  private MalformedTokenizerException missing(String key) {
    return new MalformedTokenizerException(path, "key '" + PREFIX + key + "' is missing");
  }
}
