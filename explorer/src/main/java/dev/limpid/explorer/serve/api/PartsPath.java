package dev.limpid.explorer.serve.api;

import dev.limpid.Anatomy;
import dev.limpid.RouteSettings;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.routes.Node;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code GET /api/traces/{id}/parts}: what a state is made of. */
final class PartsPath implements Endpoint {
  private static final Parameter NODE = Parameter.text("node", "A state such as A2_14 or I2_14");
  private static final Pattern ID =
      Pattern.compile("([AI])(0|[1-9][0-9]{0,4})_(0|[1-9][0-9]{0,6})");

  private static Node node(TraceQuery query) {
    String id = query.query().text(NODE.must()).orElseThrow();
    Matcher matcher = ID.matcher(id);
    int nLayers = query.config().nLayers();
    if (matcher.matches()) {
      int layer = Integer.parseInt(matcher.group(2));
      int position = Integer.parseInt(matcher.group(3));
      if (layer < nLayers && position <= query.last()) {
        Node.Kind kind =
            matcher.group(1).equals("A") ? Node.Kind.AFTER_ATTENTION : Node.Kind.AFTER_MLP;
        return new Node(kind, layer, position);
      }
    }
    throw new Refusal(
        Refusal.Code.BAD_PARAMETER,
        "node: A or I, a layer from 0 to %d, _ and a position from 0 to %d are needed, as in A0_0."
            .formatted(nLayers - 1, query.last()));
  }

  private final Explorer explorer;

  PartsPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/parts",
        "What a state is made of, before and after the threshold.",
        NODE.must(),
        RouteQuery.THRESHOLD,
        RouteQuery.MODE);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    Node node = node(query);
    RouteSettings settings = RouteQuery.settings(query, explorer);
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(new Anatomy(analysis).parts(node, settings)));
  }
}
