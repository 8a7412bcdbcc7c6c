package dev.limpid;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.export.EdgeFlow;
import dev.limpid.view.PromptsView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much of the last states of many prompts goes through each head and each MLP: the mean, over
 * the prompts, of the flow in the route of the last position. Not safe to share between threads.
 */
public final class PromptsStudy {
  private final LanguageModel model;
  private final RouteSettings settings;
  private final double[][] heads;
  private final double[] mlps;
  private final List<PromptsView.Skipped> skipped = new ArrayList<>();
  private int prompts;

  /** Begins a study. */
  public PromptsStudy(LanguageModel model, RouteSettings settings) {
    this.model = model;
    this.settings = settings;
    int nLayers = model.transformer().config().nLayers();
    this.heads = new double[nLayers][model.transformer().config().nHeads()];
    this.mlps = new double[nLayers];
  }

  /**
   * Adds the route of a prompt.
   *
   * @throws QuestionException if it cannot be run; nothing is added then
   */
  public void add(Prompt prompt) throws QuestionException {
    Analysis analysis = model.analyse(prompt, Progress.NONE);
    Route route =
        analysis.extractor(settings, settings.finest(), analysis.last()).route(analysis.last());
    EdgeFlow flow = new EdgeFlow(route);
    for (Edge edge : route.edges()) {
      if (edge instanceof Edge.Attention attention) {
        double through = flow.of(edge) / edge.weight();
        for (Edge.Head head : attention.heads()) {
          heads[edge.to().layer()][head.head()] += head.contribution() * through;
        }
      }
    }
    for (Route.NodeFlow node : route.nodes()) {
      if (node.node().kind() == Node.Kind.MLP) {
        mlps[node.node().layer()] += node.flow();
      }
    }
    prompts++;
  }

  /**
   * Takes note of a prompt that could not be run.
   *
   * @param prompt its number, from 0
   */
  public void skip(int prompt, String reason) {
    skipped.add(new PromptsView.Skipped(prompt, reason));
  }

  /** Returns what was found. */
  public PromptsView view() {
    int n = Math.max(prompts, 1);
    return new PromptsView(
        model.view(),
        prompts,
        skipped,
        settings.threshold().orElseThrow(),
        settings.mode().toString(),
        Arrays.stream(heads).map(layer -> divided(layer, n)).toList(),
        divided(mlps, n));
  }

  private static double[] divided(double[] sums, int n) {
    return Arrays.stream(sums).map(sum -> sum / n).toArray();
  }
}
