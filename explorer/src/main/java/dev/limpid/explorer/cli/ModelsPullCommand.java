package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.ProgressLine;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.Sizes;
import dev.limpid.hub.HubSettings;
import dev.limpid.hub.ModelPull;
import dev.limpid.hub.PullListener;
import dev.limpid.models.Folders;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code limpid models pull}: downloads a model. */
@Command(
    name = "pull",
    description = {
      "Downloads a model from the Hugging Face hub into the models folder.",
      "An interrupted download goes on where it stopped; every file's hash is checked."
    },
    footer = {
      "",
      "Environment: HF_TOKEN (for private models), HF_ENDPOINT, LIMPID_MODELS.",
      "",
      "Examples:",
      "  limpid models pull HuggingFaceTB/SmolLM2-135M",
      "  limpid explain --model HuggingFaceTB/SmolLM2-135M \"The capital of France is\""
    })
final class ModelsPullCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "ORG/NAME", description = "The model's name on the hub.")
  private String name = "";

  ModelsPullCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (!ModelPull.isName(name)) {
      throw new UsageFailure("'" + name + "' is no name of a model, such as openai-community/gpt2");
    }
    Folders folders = Folders.of(console.variables());
    Bars bars = new Bars(console);
    try {
      ModelPull pull = new ModelPull(HubSettings.of(console.variables()), bars);
      ModelPull.Result result = pull.pull(name, folders.models());
      bars.clear();
      console
          .out()
          .println(
              "%s: %d files, %s, %s in %s"
                  .formatted(
                      name,
                      result.files(),
                      Sizes.binary(result.bytes()),
                      result.fetched() == 0 ? "all there already" : result.fetched() + " new",
                      result.folder()));
      return ExitCode.DONE;
    } finally {
      bars.clear();
    }
  }

  /** One line of progress for each file, one after the other. */
  private static final class Bars implements PullListener {
    private final Console console;
    private final Map<String, ProgressLine> lines = new HashMap<>();

    Bars(Console console) {
      this.console = console;
    }

    @Override
    public void progress(String file, long done, long total) {
      lines.computeIfAbsent(file, f -> new ProgressLine(console)).show(file, done, total);
    }

    @Override
    public void warning(String message) {
      clear();
      console.warn(message);
    }

    void clear() {
      lines.values().forEach(ProgressLine::close);
      lines.clear();
    }
  }
}
