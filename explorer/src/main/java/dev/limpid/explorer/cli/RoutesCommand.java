package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.QuestionException;
import dev.limpid.RouteSettings;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteDot;
import dev.limpid.routes.export.RouteGraphMl;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.routes.export.RoutesJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid routes}: routes for programs, graph tools and the eye. */
@Command(
    name = "routes",
    description = "Prints information-flow routes as JSON, DOT, GraphML or SVG.",
    footer = {
      "",
      "Examples:",
      "  limpid routes \"The capital of France is\" --threshold 0.02",
      "  limpid routes \"The capital of France is\" --position all --mode raw",
      "  limpid routes \"The capital of France is\" --format svg > route.svg"
    })
final class RoutesCommand implements Callable<Integer> {
  /** The formats of the output. */
  enum Format {
    JSON,
    DOT,
    GRAPHML,
    SVG;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final PromptsOption prompts = new PromptsOption();
  @Mixin private final RouteOptions options = new RouteOptions();

  @OptionGroup(Heading.ROUTE)
  @Option(
      names = "--threshold",
      defaultValue = "0.04",
      paramLabel = "TAU",
      description =
          "Contributions must be above it, in [0, 1); auto: the one that explain takes for the"
              + " position, with all: for the last (default: 0.04).")
  private String threshold = "";

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "One position, or all (default: the last).")
  private @Nullable String position;

  @OptionGroup(Heading.OUTPUT)
  @Option(
      names = "--format",
      paramLabel = "json|dot|graphml|svg",
      defaultValue = "json",
      description = "The format (default: json).")
  private Format format = Format.JSON;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", hidden = true, description = "The default format.")
  private boolean json;

  RoutesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    RouteSettings settings = options.settings(threshold);
    if ("all".equals(position) && format != Format.JSON) {
      throw new UsageFailure("--position all: only with --format json");
    }
    if (json && format != Format.JSON) {
      throw new UsageFailure("--json and --format " + format + " exclude one another");
    }
    if (prompts.isGiven()) {
      prompts.refuse("--format " + format, format != Format.JSON);
      return prompts.answer(
          console,
          run,
          (analysis, line) -> {
            RouteDocument document =
                analysis.routes(settings, AskedPositions.parse(line, position, analysis));
            return out -> write(document, out);
          });
    }
    Analysis analysis = run.open(console);
    write(analysis.routes(settings, AskedPositions.parse(position, analysis)), console.out());
    return ExitCode.DONE;
  }

  private void write(RouteDocument document, OutputStream stream) throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    switch (format) {
      case JSON -> RoutesJson.write(document, out);
      case DOT -> RouteDot.write(document, out);
      case GRAPHML -> RouteGraphMl.write(document, out);
      case SVG -> RouteSvg.write(document, out);
    }
    out.flush();
  }
}
