package dev.limpid.explorer.cli;

import dev.limpid.explorer.models.ModelLocation;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.model.load.PromptException;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** What every command that runs a model takes: the model, the prompt, the backend. */
final class RunOptions {
  @Mixin private final PromptOption promptOption = new PromptOption();
  @Mixin private final ModelOption modelOption = new ModelOption();
  @Mixin private final BackendOption backendOption = new BackendOption();

  /** Reads the prompt and its tokens, without opening the model. */
  TokenizedPrompt tokenize(Console console) throws IOException {
    Prompt prompt = promptOption.read(console);
    TokenizedPrompt none = withoutPrompt(console);
    TokenizedPrompt tokenized = none.withTokens(tokens(prompt, none.files()));
    if (prompt instanceof Prompt.Text(String text, Optional<Boolean> bos)) {
      SmallVocabulary.warn(tokenized, text, console);
    }
    return tokenized;
  }

  private TokenizedPrompt withoutPrompt(Console console) throws IOException {
    ModelLocation location = modelOption.locate(console);
    ModelFiles files = ModelFiles.open(location.folder());
    return new TokenizedPrompt(location, files, files.config(), files.tokenizer(), List.of());
  }

  private static List<Integer> tokens(Prompt prompt, ModelFiles files) throws IOException {
    try {
      return switch (prompt) {
        case Prompt.Tokens(List<Integer> given) -> {
          files.requireValid(given);
          yield given;
        }
        case Prompt.Text(String text, Optional<Boolean> bos) ->
            bos.isPresent() ? files.tokens(text, bos.get()) : files.tokens(text);
      };
    } catch (PromptException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
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
    return open(withoutPrompt(console), ops, console);
  }

  private static PromptRun open(TokenizedPrompt prompt, TensorOps ops, Console console)
      throws IOException {
    Optional<String> quantised = prompt.files().quantisation();
    if (quantised.isPresent()) {
      console.warn(
          "%s is quantised (%s): results are those of the quantised model"
              .formatted(prompt.location().name(), quantised.get()));
    }
    try (ProgressLine progress = new ProgressLine(console)) {
      String what = "loading " + prompt.location().name();
      Transformer model =
          prompt
              .files()
              .open(ops, LayerStorage.AUTOMATIC, (done, all) -> progress.steps(what, done, all));
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
}
