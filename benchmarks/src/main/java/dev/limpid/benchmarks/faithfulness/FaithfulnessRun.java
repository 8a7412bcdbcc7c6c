package dev.limpid.benchmarks.faithfulness;

import dev.limpid.Ablation;
import dev.limpid.LanguageModel;
import dev.limpid.QuestionException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures sets of prompts on one model and writes a JSON line for every prompt and ablation, and
 * one for the heads of every set where they are asked for; {@code benchmarks/faithfulness.py} makes
 * tables of them.
 */
@Command(name = "faithfulness", mixinStandardHelpOptions = true)
public final class FaithfulnessRun implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL")
  private String name = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "PROMPTS")
  private List<Path> files = List.of();

  @Option(names = "--out", required = true, description = "what lines are written to")
  private Path out = Path.of("");

  @Option(names = "--ablations", split = ",", description = "some of: ${COMPLETION-CANDIDATES}")
  private List<Ablation> ablations = List.of(Ablation.values());

  @Option(
      names = "--orders",
      split = ",",
      description = "those that curves are drawn for; else all")
  private List<String> drawn = List.of();

  @Option(names = "--needed-heads", description = "zero the heads that relevance ranks first, too")
  private boolean neededHeads;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new FaithfulnessRun())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    LanguageModel model = LanguageModel.open(name);
    KnownHeads known = KnownHeads.of(model);
    JsonMapper json = new JsonMapper();
    try (PrintStream lines = new PrintStream(out.toFile(), StandardCharsets.UTF_8)) {
      for (Path file : files) {
        PromptSet set = PromptSet.read(model, file);
        for (PromptSet.Entry entry : set.entries()) {
          Orders orders = Orders.of(entry);
          for (Ablation ablation : ablations) {
            Measurement measured =
                Measurement.of(entry, set.name(), ablation, orders, drawn, known);
            lines.println(json.writeValueAsString(new Line(model, set.name(), measured)));
          }
        }
        if (neededHeads) {
          lines.println(json.writeValueAsString(NeededHeads.of(model, set)));
        }
        lines.flush();
        System.err.println(model.source().name() + ": " + set.name());
      }
    }
    return 0;
  }

  /** What was measured of one prompt. */
  record Line(String model, String set, Measurement measured) {
    Line(LanguageModel model, String set, Measurement measured) {
      this(model.source().name(), set, measured);
    }
  }
}
