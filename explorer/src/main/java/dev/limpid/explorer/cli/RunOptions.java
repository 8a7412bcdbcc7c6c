package dev.limpid.explorer.cli;

import dev.limpid.explorer.models.GgufFacts;
import dev.limpid.explorer.models.ModelLocation;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;

/** What every command that runs a model takes: the model, the prompt, the backend. */
final class RunOptions {
  @Mixin private final PromptOption promptOption = new PromptOption();
  @Mixin private final ModelOption modelOption = new ModelOption();
  @Mixin private final BackendOption backendOption = new BackendOption();

  /** Reads the prompt and its tokens, without opening the model. */
  TokenizedPrompt tokenize(Console console) throws IOException {
    Prompt prompt = promptOption.read(console);
    ModelLocation location = modelOption.locate(console);
    Path folder = location.folder();
    ModelConfig config = ModelLoader.config(folder);
    Optional<LoadedTokenizer> tokenizer = TokenizerLoader.load(folder);
    List<Integer> ids =
        switch (prompt) {
          case Prompt.Tokens(List<Integer> given) -> given;
          case Prompt.Text(String text, Optional<Boolean> bos) -> {
            LoadedTokenizer loaded =
                tokenizer.orElseThrow(() ->
                    new CommandFailure(
                        folder
                            + ": no tokenizer here, so a text cannot be read; give"
                            + " --tokens 1,2,3"));
            boolean addsBos =
                bos.orElse(
                    ModelLoader.architecture(folder).alwaysBos()
                        || loaded.specialTokens().addsBos());
            yield withBos(loaded, config, text, addsBos, folder);
          }
        };
    requireValid(ids, config);
    TokenizedPrompt tokenized = new TokenizedPrompt(location, config, tokenizer, ids);
    if (prompt instanceof Prompt.Text(String text, Optional<Boolean> bos)) {
      SmallVocabulary.warn(tokenized, text, console);
    }
    return tokenized;
  }

  /** Reads the prompt and opens the model. */
  PromptRun open(Console console) throws IOException {
    // First, since its code is compiled on the side while files are read.
    TensorOps ops = backendOption.open(console);
    return open(tokenize(console), ops, console);
  }

  /** Opens the model for a command that can do without a prompt: there may be no tokens. */
  PromptRun openWithOptionalPrompt(Console console) throws IOException {
    if (promptOption.isGiven()) {
      return open(console);
    }
    TensorOps ops = backendOption.open(console);
    ModelLocation location = modelOption.locate(console);
    ModelConfig config = ModelLoader.config(location.folder());
    Optional<LoadedTokenizer> tokenizer = TokenizerLoader.load(location.folder());
    return open(new TokenizedPrompt(location, config, tokenizer, List.of()), ops, console);
  }

  private static PromptRun open(TokenizedPrompt prompt, TensorOps ops, Console console)
      throws IOException {
    Optional<String> quantised = GgufFacts.quantisation(prompt.location().folder());
    if (quantised.isPresent()) {
      console.warn(
          "%s is quantised (%s): results are those of the quantised model"
              .formatted(prompt.location().name(), quantised.get()));
    }
    try (ProgressLine progress = new ProgressLine(console)) {
      String what = "loading " + prompt.location().name();
      Transformer model =
          ModelLoader.open(
              prompt.location().folder(), ops, (done, all) -> progress.steps(what, done, all));
      if (model.weights().streamed()) {
        console.warn(streams(prompt.location().name(), model));
      }
      return new PromptRun(prompt, model);
    }
  }

  /** Says why a model is slow, and what would help where the machine has the memory. */
  private static String streams(String name, Transformer model) {
    long bytes = model.weights().bytes();
    long heap = (LayerStorage.heapFor(bytes) >> 30) + 2;
    return "the weights of %s (%s) do not fit java's heap, so each layer is read whenever it is needed"
            .formatted(name, Sizes.binary(bytes))
        + ", which is slower; where there is memory, LIMPID_JAVA_OPTS='-Xmx%dg -Xmn1g' keeps them"
            .formatted(heap);
  }

  private static List<Integer> withBos(
      LoadedTokenizer loaded, ModelConfig config, String text, boolean bos, Path folder) {
    OptionalInt ownBos = loaded.specialTokens().bos();
    if (!bos || ownBos.isPresent()) {
      return loaded.prompt(text, bos);
    }
    List<Integer> ids = new ArrayList<>();
    ids.add(
        config
            .bosId()
            .orElseThrow(() ->
                new CommandFailure(
                    folder + ": neither tokenizer nor config.json names a BOS; give --no-bos")));
    ids.addAll(loaded.prompt(text, false));
    return ids;
  }

  private static void requireValid(List<Integer> ids, ModelConfig config) {
    if (ids.isEmpty()) {
      throw new CommandFailure("the prompt is empty and gets no BOS; give some text, or --bos");
    }
    if (ids.size() > config.nContext()) {
      throw new CommandFailure(
          "the prompt has %d tokens, the model's context holds %d; shorten it"
              .formatted(ids.size(), config.nContext()));
    }
    for (int t = 0; t < ids.size(); t++) {
      if (ids.get(t) >= config.dVocab()) {
        throw new CommandFailure(
            "token %d at position %d is not in the vocabulary; ids go from 0 to %d"
                .formatted(ids.get(t), t, config.dVocab() - 1));
      }
    }
  }
}
