package dev.limpid.explorer.cli;

import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.output.OutputFile;
import dev.limpid.explorer.view.ExplainView;
import dev.limpid.explorer.view.PredictionView;
import dev.limpid.model.ForwardTrace;
import dev.limpid.routes.ContrastFlow;
import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid explain}: a prediction, the route behind it, and the tokens it came from. */
@Command(
    name = "explain",
    description = "Shows what a model predicts after a text, and which tokens and heads built it.",
    footer = {
      "",
      "Examples:",
      "  limpid explain \"When Mary and John went to the store, John gave a drink to\"",
      "  limpid explain \"The capital of France is\" --answer \" Paris\" --distractor \" London\"",
      "  limpid explain --model path/to/checkpoint --file prompt.txt --threshold 0.02 --json",
      "  limpid explain \"The capital of France is\" --html route.html"
    })
final class ExplainCommand implements Callable<Integer> {
  private static final int PREDICTIONS = 5;

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final RouteOptions options = new RouteOptions();
  @Mixin private final AnswerOptions answers = new AnswerOptions();

  @Option(names = "--position", description = "Position to explain (default: the last).")
  private @Nullable Integer position;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page that opens in any browser, and print nothing.")
  private @Nullable Path html;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    options.check();
    answers.requireAnswerBesideDistractor();
    if (html != null) {
      if (json) {
        throw new UsageFailure("--json and --html exclude one another");
      }
      OutputFile.requireWritable(html);
    }
    PromptRun prompt = run.open(console);
    int target = prompt.position(position);
    @Nullable Integer answerId = answers.answer(prompt);
    @Nullable Integer distractorId = answers.distractor(prompt);
    ForwardTrace trace = prompt.trace();
    // What an answer came from flows over all connections.
    double finest = answerId == null ? options.threshold() : 0;
    RouteExtractor extractor = options.extractor(prompt, trace, finest, console);
    Route route = extractor.route(target);
    Tensor logits = trace.logits(target);
    LensReading reading = new LogitLens(prompt.model(), PREDICTIONS).reading(logits);

    @Nullable PredictionView asked = answerId == null ? null : prompt.prediction(logits, answerId);
    @Nullable PredictionView other =
        distractorId == null ? null : prompt.prediction(logits, distractorId);
    @Nullable ContrastTable contrast =
        answerId == null
            ? null
            : ContrastTable.of(
                prompt.prompt(),
                ContrastFlow.of(
                    extractor.graph(),
                    DirectLogitAttribution.of(
                        prompt.model(), trace, target, answerId, distractorId)));
    ExplainView view =
        new ExplainView(
            prompt.modelView(),
            prompt.prompt().tokenViews(),
            RouteDocument.WHAT_A_ROUTE_SHOWS,
            target,
            options.threshold(),
            options.mode(),
            prompt.predictions(reading),
            asked,
            other,
            asked == null || other == null ? null : asked.logit() - other.logit(),
            route.nodes().size(),
            route.edges().size(),
            sources(prompt, route),
            new ExplainView.Lost(
                route.lostFlow().stopped(),
                route.lostFlow().belowThreshold(),
                route.lostFlow().bias()),
            attention(route),
            contrast == null ? null : contrast.view());
    if (html != null) {
      writePage(
          html, view, prompt, RoutesCommand.document(prompt, trace, extractor, List.of(target)));
    } else if (json) {
      JsonOut.print(view, console.out());
    } else {
      new ExplainText(prompt.prompt(), view, route, console).print();
    }
    return Limpid.DONE;
  }

  private void writePage(Path file, ExplainView view, PromptRun prompt, RouteDocument document)
      throws IOException {
    Map<String, String> facts = new LinkedHashMap<>(FileMetadata.of(prompt));
    facts.put("position", "" + view.position());
    facts.put("threshold", TerminalText.exact(view.threshold()));
    facts.put("mode", view.mode());
    facts.put("bias", document.options().bias().name().toLowerCase(Locale.ROOT));
    facts.put("floor", TerminalText.exact(document.options().floor()));
    facts.put(
        "tokens",
        prompt.prompt().tokens().stream().map(String::valueOf).collect(Collectors.joining(",")));
    OutputFile.write(
        file,
        out -> {
          Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          ExplainHtml.write(view, document, facts, writer);
        });
    if (console.errIsTerminal()) {
      console.err().println("wrote " + file);
    }
  }

  private static List<ExplainView.Source> sources(PromptRun run, Route route) {
    return route.sources().stream()
        .sorted(Comparator.comparingDouble(source -> -source.flow()))
        .map(source -> {
          int t = source.node().position();
          return new ExplainView.Source(
              t, run.prompt().text(run.prompt().tokens().get(t)), source.flow());
        })
        .toList();
  }

  /** The attention edges between different positions, those with the most flow first. */
  private static List<ExplainView.Attention> attention(Route route) {
    Map<Node, Double> flow = new HashMap<>();
    route.nodes().forEach(node -> flow.put(node.node(), node.flow()));
    return route.edges().stream()
        .filter(Edge.Attention.class::isInstance)
        .map(Edge.Attention.class::cast)
        .filter(edge -> edge.from().position() != edge.to().position())
        .map(edge ->
            new ExplainView.Attention(
                edge.to().layer(),
                edge.to().position(),
                edge.from().position(),
                edge.weight(),
                edge.weight() * flow.getOrDefault(edge.to(), 0.0),
                edge.heads().stream()
                    .map(head -> new ExplainView.Head(head.head(), head.contribution()))
                    .toList()))
        .sorted(Comparator.comparingDouble(edge -> -edge.flow()))
        .toList();
  }
}
