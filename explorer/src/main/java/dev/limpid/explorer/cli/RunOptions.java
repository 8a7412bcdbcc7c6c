package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.ModelSource;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.PhaseProgress;
import dev.limpid.explorer.show.Sizes;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;

/** What every command that runs a model takes: the model, the prompt, the backend. */
final class RunOptions {
  private static final int NAMED = 3;

  @Mixin private final PromptOption promptOption = new PromptOption();
  @Mixin private final ModelOption modelOption = new ModelOption();
  @Mixin private final BackendOption backendOption = new BackendOption();

  /** Reads the prompt and cuts it to be looked at, without opening the model. */
  Prompt tokenize(Console console) throws IOException, QuestionException {
    GivenPrompt given = promptOption.read(console);
    Prompt prompt = given.cutToLookAt(modelOption.find(console));
    remark(prompt, console);
    int context = prompt.source().config().nContext();
    if (prompt.nPositions() > context) {
      console.note(
          "the text has %d tokens, the model's context holds %d"
              .formatted(prompt.nPositions(), context));
    }
    return prompt;
  }

  /** Looks at a prompt before its model's weights are read. */
  interface PromptCheck {
    void check(Prompt prompt) throws IOException;
  }

  /** Reads the prompt and opens the model; nothing has run yet. */
  Analysis open(Console console) throws IOException, QuestionException {
    return open(console, prompt -> {});
  }

  /** Does the same if nothing speaks against that prompt. */
  Analysis open(Console console, PromptCheck check) throws IOException, QuestionException {
    // First, since its code is compiled on the side while files are read.
    TensorOps ops = backendOption.open(console);
    Prompt prompt = promptOption.read(console).cut(modelOption.find(console));
    remark(prompt, console);
    check.check(prompt);
    LanguageModel model = open(prompt.source(), ops, console);
    Analysis analysis = model.analyse(prompt, new PhaseProgress(console, prompt.source().name()));
    new DeviceReport(ops, console).need(analysis);
    return analysis;
  }

  /** Asks the base of an adapted model about the same tokens, with the same means. */
  Analysis openBase(Analysis adapted, Console console) throws IOException, QuestionException {
    String name = adapted.prompt().source().location().base().orElseThrow().name();
    PhaseProgress progress = new PhaseProgress(console, name);
    LanguageModel base = adapted.model().openBase(LayerStorage.AUTOMATIC, progress).orElseThrow();
    base.warnings().forEach(console::warn);
    return base.analyse(base.source().prompt(adapted.prompt().tokens()), progress);
  }

  /** Returns another text as the model sees it, cut as the prompt is. */
  Prompt alike(String text, ModelSource source) throws IOException, QuestionException {
    return promptOption.alike(text).cut(source);
  }

  /** Opens the model. */
  LanguageModel openModel(Console console) throws IOException {
    TensorOps ops = backendOption.open(console);
    return open(modelOption.find(console), ops, console);
  }

  /** Returns whether a BOS goes in front of texts; empty: as the model's family does it. */
  Optional<Boolean> bos() {
    return promptOption.bos();
  }

  /** Returns whether a prompt was given. */
  boolean hasPrompt() {
    return promptOption.isGiven();
  }

  private static LanguageModel open(ModelSource source, TensorOps ops, Console console)
      throws IOException {
    LanguageModel model =
        source.open(ops, LayerStorage.AUTOMATIC, new PhaseProgress(console, source.name()));
    model.warnings().forEach(console::warn);
    boolean onDevice = ops.memoryLeft().isPresent();
    model.streamedBytes().ifPresent(bytes -> console.warn(streams(source.name(), bytes, onDevice)));
    return model;
  }

  /** Says why a model is slow, and what would help where the machine has the memory. */
  private static String streams(String name, long bytes, boolean onDevice) {
    if (onDevice) {
      return "the weights of %s (%s) do not fit the device's memory, so each layer is sent there"
              .formatted(name, Sizes.binary(bytes))
          + " whenever it is needed, which is slower";
    }
    long heap = (LayerStorage.heapFor(bytes) >> 30) + 2;
    return "the weights of %s (%s) do not fit java's heap, so each layer is read whenever it is needed"
            .formatted(name, Sizes.binary(bytes))
        + ", which is slower; where there is memory, LIMPID_JAVA_OPTS='-Xmx%dg -Xmn1g' keeps them"
            .formatted(heap);
  }

  private static void remark(Prompt prompt, Console console) throws IOException {
    warnOfUnknownWords(prompt, console);
    if (prompt.text().filter(String::isEmpty).isPresent() && prompt.nPositions() == 1) {
      console.note("the text is empty: the prompt is the BOS token alone");
    }
  }

  /** A kind word when a bundled model, which knows a few hundred words, is given others. */
  private static void warnOfUnknownWords(Prompt prompt, Console console) throws IOException {
    List<String> unknown = prompt.unknownWords();
    if (!unknown.isEmpty()) {
      String name = prompt.source().name();
      String words =
          unknown.stream()
              .limit(NAMED)
              .map(word -> '"' + word + '"')
              .collect(Collectors.joining(", "));
      console.warn(
          "%s is a small model that never met %s; it knows sentences such as \"%s\" (more: limpid models info %s)"
              .formatted(name, words, prompt.example().orElse(""), name));
    }
  }
}
