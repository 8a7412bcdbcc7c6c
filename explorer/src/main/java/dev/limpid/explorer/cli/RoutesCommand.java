package dev.limpid.explorer.cli;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.model.ForwardTrace;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteDot;
import dev.limpid.routes.export.RouteGraphMl;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.routes.export.RoutesJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  @Mixin private final RouteOptions options = new RouteOptions();

  @Option(names = "--position", description = "One position, or all (default: the last).")
  private @Nullable String position;

  @Option(
      names = "--format",
      defaultValue = "json",
      description = "One of: ${COMPLETION-CANDIDATES} (default: json).")
  private Format format = Format.JSON;

  @Option(names = "--json", hidden = true, description = "The default format.")
  private boolean json;

  RoutesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    options.check();
    if ("all".equals(position) && format != Format.JSON) {
      throw new UsageFailure("--position all: only with --format json");
    }
    if (json && format != Format.JSON) {
      throw new UsageFailure("--json and --format " + format + " exclude one another");
    }
    PromptRun prompt = run.open(console);
    List<Integer> positions = Positions.parse(position, prompt);
    ForwardTrace trace = prompt.trace();
    RouteExtractor extractor = options.extractor(prompt, trace, console);
    RouteDocument document = document(prompt, trace, extractor, positions);
    Writer out = new BufferedWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8));
    switch (format) {
      case JSON -> RoutesJson.write(document, out);
      case DOT -> RouteDot.write(document, out);
      case GRAPHML -> RouteGraphMl.write(document, out);
      case SVG -> RouteSvg.write(document, out);
    }
    out.flush();
    return Limpid.DONE;
  }

  static RouteDocument document(
      PromptRun run, ForwardTrace trace, RouteExtractor extractor, List<Integer> positions) {
    LogitLens lens = new LogitLens(run.model(), 1);
    List<Route> routes =
        positions.size() == 1 ? List.of(extractor.route(positions.getFirst())) : extractor.routes();
    List<RouteDocument.PredictedRoute> predicted = new ArrayList<>();
    for (Route route : routes) {
      LensReading reading = lens.reading(trace.logits(route.position()));
      Prediction best = reading.top().getFirst();
      predicted.add(
          new RouteDocument.PredictedRoute(
              route,
              new RouteDocument.Prediction(
                  best.id(), run.prompt().text(best.id()), best.probability())));
    }
    List<RouteDocument.Token> tokens =
        run.prompt().tokenViews().stream()
            .map(t -> new RouteDocument.Token(t.id(), t.text(), t.piece()))
            .toList();
    return RouteDocument.of(facts(run), tokens, extractor, predicted);
  }

  private static Map<String, Object> facts(PromptRun run) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", run.prompt().location().name());
    facts.put("family", run.model().config().modelType());
    facts.put("n_layers", run.model().config().nLayers());
    facts.put("n_heads", run.model().config().nHeads());
    facts.put("d_model", run.model().config().dModel());
    facts.put("backend", run.model().ops().name());
    facts.put("limpid_version", Version.limpid());
    return facts;
  }
}
