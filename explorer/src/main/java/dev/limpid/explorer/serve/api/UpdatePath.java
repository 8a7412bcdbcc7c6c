package dev.limpid.explorer.serve.api;

import dev.limpid.Anatomy;
import dev.limpid.Anatomy.Component;
import dev.limpid.attribution.logits.UpdateNorm;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Refusal;
import dev.limpid.explorer.serve.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/traces/{id}/update}: the tokens that a part makes more and less likely. */
final class UpdatePath implements Endpoint {
  private static final int USUAL = 10;
  private static final Parameter COMPONENT =
      Parameter.word("component", List.of("head", "attention", "mlp", "neuron"), "Which part");
  private static final Parameter NEURON =
      Parameter.whole("neuron", 0, "A neuron of the layer, which has no experts");
  private static final Parameter KEY =
      Parameter.whole("key", 0, "What a head brought from this position alone (default: all)");
  private static final Parameter NORM =
      Parameter.word(
          "norm", List.of("raw", "own"), "The norm in front of the unembedding (default: raw)");
  private static final Parameter TOP = TraceQuery.top(USUAL, 100);

  /** The norms in front of the unembedding. */
  private enum Norm {
    RAW,
    OWN
  }

  private static @Nullable Integer number(TraceQuery query, Component component) {
    refuse(query, TraceQuery.HEAD, component != Component.HEAD, component);
    refuse(query, NEURON, component != Component.NEURON, component);
    return switch (component) {
      case HEAD -> query.head();
      case NEURON -> query.query().required(NEURON, 0, query.config().dMlp() - 1);
      case ATTENTION, MLP -> null;
    };
  }

  private static void refuse(
      TraceQuery query, Parameter parameter, boolean isStrange, Component component) {
    if (isStrange && query.query().has(parameter)) {
      throw new Refusal(
          Refusal.Code.BAD_PARAMETER,
          "%s: means nothing for component %s.".formatted(parameter.name(), component));
    }
  }

  private final Explorer explorer;

  UpdatePath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get(
        "/api/traces/{id}/update",
        "The tokens that a part makes more and less likely.",
        COMPONENT.must(),
        TraceQuery.LAYER.must(),
        TraceQuery.POSITION,
        TraceQuery.HEAD,
        NEURON,
        KEY,
        NORM,
        TOP);
  }

  @Override
  public Reply reply(Exchange exchange) {
    TraceQuery query = TraceQuery.of(exchange, explorer);
    Component component = query.query().word(COMPONENT.must(), Component.class).orElseThrow();
    int layer = query.layer();
    int position = query.position();
    @Nullable Integer number = number(query, component);
    refuse(query, KEY, component != Component.HEAD, component);
    @Nullable Integer key = query.query().whole(KEY, 0, position).orElse(null);
    UpdateNorm norm =
        query.query().word(NORM, Norm.class).orElse(Norm.RAW) == Norm.RAW
            ? UpdateNorm.RAW
            : UpdateNorm.OWN_NORM;
    int top = query.top(TOP, USUAL);
    Anatomy.Update asked = new Anatomy.Update(component, layer, number, position, key);
    return explorer.read(
        exchange,
        query.trace(),
        analysis -> Content.json(new Anatomy(analysis).update(asked, norm, top)));
  }
}
