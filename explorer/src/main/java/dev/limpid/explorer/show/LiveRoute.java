package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.json.JsonOut;
import dev.limpid.routes.Edge;
import dev.limpid.routes.Route;
import dev.limpid.routes.export.RoutesJson;
import dev.limpid.view.ExplainView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.RouteReadings;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * The picture of a route that answers when it is pointed at: a script that a page holds, and what
 * it knows. Without scripts, and on paper, the drawing beside it stands.
 */
final class LiveRoute {
  /** More edges than that are neither seen nor hit. */
  private static final int MOST = 4000;

  private static final int ASCII = 0x7e;

  private LiveRoute() {}

  /** What the script knows beside the route itself. */
  private record Known(
      int position,
      String mode,
      int layers,
      List<PredictionView> predictions,
      List<String> links,
      RouteReadings readings) {}

  /** Writes what the script knows, and the script. */
  static void write(Explanation explanation, RouteReadings readings, HtmlOut html)
      throws IOException {
    html.script("application/json", known(explanation, readings));
    html.script("text/javascript", script());
  }

  /** Returns the script: what {@code explorer/web} builds from the sources of the server's page. */
  private static String script() throws IOException {
    return PageFrame.resource("route.js");
  }

  /** Returns what a page's policy calls the one script that may run in it. */
  static String policy() throws IOException {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script().getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static String known(Explanation explanation, RouteReadings readings) {
    ExplainView view = explanation.view();
    Known known =
        new Known(
            view.position(),
            view.mode(),
            view.model().nLayers(),
            view.predictions(),
            view.attention().stream().map(edge -> connection(edge, explanation.route())).toList(),
            readings);
    StringWriter route = new StringWriter();
    RoutesJson.write(explanation.document(), MOST, route);
    String json =
        "{\"known\":%s,\"route\":%s}"
            .formatted(
                new String(JsonOut.bytes(known), StandardCharsets.UTF_8).strip(),
                route.toString().strip());
    return plain(json);
  }

  private static String connection(ExplainView.Attention edge, Route route) {
    return route.edges().stream()
        .filter(Edge.Attention.class::isInstance)
        .filter(e -> e.to().layer() == edge.layer())
        .filter(e -> e.to().position() == edge.query() && e.from().position() == edge.key())
        .map(e -> e.from().id() + ">" + e.to().id())
        .findFirst()
        .orElseThrow();
  }

  /** Spells what is no plain ASCII, and what HTML would take for markup, as JSON can. */
  private static String plain(String json) {
    StringBuilder plain = new StringBuilder(json.length());
    json.chars()
        .forEach(c -> {
          if (c == '<' || c == '>' || c == '&' || c > ASCII) {
            plain.append("\\u%04x".formatted(c));
          } else {
            plain.append((char) c);
          }
        });
    return plain.toString();
  }
}
