package dev.limpid.explorer.serve.api;

import dev.limpid.Analysis;
import dev.limpid.Anatomy;
import dev.limpid.Explanation;
import dev.limpid.Question;
import dev.limpid.QuestionException;
import dev.limpid.RouteSettings;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.explorer.show.ExplainHtml;
import dev.limpid.explorer.show.RouteProgram;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteDot;
import dev.limpid.routes.export.RouteGraphMl;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.routes.export.RoutesJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code GET /api/traces/{id}/export}: the route of a position as a file. */
final class ExportPath implements Endpoint {
  private static final Parameter FORMAT =
      Parameter.word(
          "format", List.of("svg", "dot", "graphml", "json", "html", "java"), "The kind of file");

  /** The kinds of files. */
  private enum Format {
    SVG("image/svg+xml", "route.svg"),
    DOT("text/vnd.graphviz; charset=utf-8", "route.dot"),
    GRAPHML("application/graphml+xml; charset=utf-8", "route.graphml"),
    JSON("application/json", "route.json"),
    HTML("text/html; charset=utf-8", "route.html"),
    JAVA("text/x-java; charset=utf-8", "Route.java");

    private final String type;
    private final String file;

    Format(String type, String file) {
      this.type = type;
      this.file = file;
    }
  }

  private static void write(
      Format format, Analysis analysis, int position, RouteSettings settings, Writer out)
      throws IOException, QuestionException {
    RouteDocument document = analysis.routes(settings, List.of(position));
    switch (format) {
      case SVG -> RouteSvg.write(document, out);
      case DOT -> RouteDot.write(document, out);
      case GRAPHML -> RouteGraphMl.write(document, out);
      case JSON -> RoutesJson.write(document, out);
      case HTML -> {
        Explanation explanation = analysis.explain(new Question(position, null, null), settings);
        int predicted = explanation.view().predictions().getFirst().id();
        ExplainHtml.write(
            explanation,
            analysis.throughLayers(position, predicted),
            new Anatomy(analysis).readings(explanation.route(), ExplainHtml.READ),
            analysis.model().facts(),
            out);
      }
      case JAVA ->
          RouteProgram.write(
              analysis.model().source().name(),
              analysis.prompt().tokens(),
              position,
              settings,
              out);
    }
  }

  private final Explorer explorer;

  ExportPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/export",
        "The route of a position as a file.",
        FORMAT.must(),
        TraceQuery.POSITION,
        RouteQuery.THRESHOLD,
        RouteQuery.MODE);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    Format format = query.query().word(FORMAT.must(), Format.class).orElseThrow();
    RouteSettings settings = RouteQuery.settings(query, explorer);
    int position = query.position();
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try (Writer out = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
            write(format, analysis, position, settings, out);
          }
          return Content.file(format.type, bytes.toByteArray(), format.file);
        });
  }
}
