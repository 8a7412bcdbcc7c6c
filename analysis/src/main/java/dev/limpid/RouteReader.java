package dev.limpid;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.logits.UpdateNorm;
import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.export.EdgeFlow;
import dev.limpid.view.LensView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.RouteReadings;
import dev.limpid.view.UpdateView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads the parts of a route: its states as predictions, its connections and MLPs by updates. */
final class RouteReader {
  private static final int TOP = 5;

  private final Anatomy anatomy;
  private final Route route;
  private final int most;

  RouteReader(Anatomy anatomy, Route route, int most) {
    this.anatomy = anatomy;
    this.route = route;
    this.most = most;
  }

  RouteReadings read() throws QuestionException {
    return new RouteReadings(states(), connections(), mlps());
  }

  private List<Node> largest(Set<Node.Kind> kinds) {
    return route.nodes().stream()
        .filter(node -> kinds.contains(node.node().kind()))
        .sorted(Comparator.comparingDouble(node -> -node.flow()))
        .limit(most)
        .map(Route.NodeFlow::node)
        .toList();
  }

  private List<RouteReadings.State> states() throws QuestionException {
    List<Node> nodes = largest(Set.of(Node.Kind.AFTER_ATTENTION, Node.Kind.AFTER_MLP));
    List<Node> byLayer = nodes.stream().sorted(Comparator.comparingInt(Node::layer)).toList();
    LensReader reader = new LensReader(anatomy.analysis(), TOP, null, false);
    List<LensView.State> states = reader.read(byLayer.stream().map(RouteReader::asked).toList());
    Map<Node, List<PredictionView>> read = new HashMap<>();
    for (int i = 0; i < states.size(); i++) {
      read.put(byLayer.get(i), states.get(i).top());
    }
    return nodes.stream()
        .map(node -> new RouteReadings.State(node.id(), Objects.requireNonNull(read.get(node))))
        .toList();
  }

  private static LensReader.Asked asked(Node node) {
    LensQuestion.State state =
        node.kind() == Node.Kind.AFTER_ATTENTION
            ? LensQuestion.State.RESID_MID
            : LensQuestion.State.RESID_POST;
    return new LensReader.Asked(node.layer(), state, node.position());
  }

  private List<RouteReadings.Connection> connections() throws QuestionException {
    List<RouteReadings.Connection> read = new ArrayList<>();
    for (Edge.Attention edge :
        new EdgeFlow(route).betweenPositions().stream().limit(most).toList()) {
      int head = edge.heads().getFirst().head();
      UpdateView update =
          anatomy.update(
              new Anatomy.Update(
                  Anatomy.Component.HEAD,
                  edge.to().layer(),
                  head,
                  edge.to().position(),
                  edge.from().position()),
              UpdateNorm.RAW,
              TOP);
      read.add(
          new RouteReadings.Connection(
              edge.from().id() + ">" + edge.to().id(),
              head,
              update.promoted(),
              update.suppressed()));
    }
    return read;
  }

  private List<RouteReadings.Mlp> mlps() throws QuestionException {
    List<RouteReadings.Mlp> read = new ArrayList<>();
    for (Node node : largest(Set.of(Node.Kind.MLP))) {
      UpdateView update =
          anatomy.update(
              new Anatomy.Update(Anatomy.Component.MLP, node.layer(), null, node.position(), null),
              UpdateNorm.RAW,
              TOP);
      read.add(
          new RouteReadings.Mlp(
              node.id(),
              anatomy
                  .analysis()
                  .neurons(node.layer(), node.position(), TOP, ContributionOptions.DEFAULT)
                  .neurons(),
              update.promoted(),
              update.suppressed()));
    }
    return read;
  }
}
