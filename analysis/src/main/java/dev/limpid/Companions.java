package dev.limpid;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.FlowGraphBuilder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prompts that run together, at the first question to any of them: what that question needs of its
 * prompt is computed of all. Where the numbers of one overflow, each runs alone, and tells.
 */
final class Companions {
  private final LanguageModel model;
  private final List<Prompt> prompts;
  private final Map<Prompt, ForwardTrace> traces = new IdentityHashMap<>();
  private final Map<Prompt, FlowGraph> graphs = new IdentityHashMap<>();
  private boolean hasRun;

  Companions(LanguageModel model, List<Prompt> prompts) {
    this.model = model;
    this.prompts = List.copyOf(prompts);
  }

  /** Returns the run of a prompt; null if it is to run alone. */
  synchronized @Nullable ForwardTrace trace(Prompt prompt, Progress progress) {
    if (!hasRun) {
      long nPositions = prompts.stream().mapToLong(Prompt::nPositions).sum();
      boolean isLittle = Analysis.isLittle(model, nPositions);
      int nLayers = transformer().config().nLayers();
      LayerVisitor each =
          (layer, trace) -> progress.done(Progress.Phase.FORWARD, layer + 1, nLayers);
      run(isLittle ? TraceDetail.FULL : TraceDetail.RESIDUALS, visitors(prompt, each));
    }
    return traces.get(prompt);
  }

  /** Returns the graph of a prompt if the first question was about one; else null. */
  synchronized @Nullable FlowGraph graph(
      Prompt prompt, ContributionOptions options, double finest, Progress progress) {
    if (!hasRun) {
      int nLayers = transformer().config().nLayers();
      LayerVisitor each =
          (layer, trace) -> progress.done(Progress.Phase.CONTRIBUTIONS, layer + 1, nLayers);
      List<LayerVisitor> counted = visitors(prompt, each);
      List<FlowGraphBuilder> builders = new ArrayList<>();
      List<LayerVisitor> visitors = new ArrayList<>();
      for (LayerVisitor visitor : counted) {
        builders.add(new FlowGraphBuilder(transformer(), options, finest));
        visitors.add(builders.getLast().then(visitor));
      }
      run(TraceDetail.RESIDUALS, visitors);
      for (int i = 0; i < prompts.size() && !traces.isEmpty(); i++) {
        graphs.put(prompts.get(i), builders.get(i).graph());
      }
    }
    return graphs.get(prompt);
  }

  /** The one that is asked about tells how far all of them are. */
  private List<LayerVisitor> visitors(Prompt asked, LayerVisitor each) {
    return prompts.stream().map(prompt -> prompt == asked ? each : LayerVisitor.NONE).toList();
  }

  private void run(TraceDetail detail, List<LayerVisitor> visitors) {
    List<List<Integer>> tokens = prompts.stream().map(Prompt::tokens).toList();
    try {
      List<ForwardTrace> ran = transformer().runTogether(tokens, detail, visitors);
      for (int i = 0; i < ran.size(); i++) {
        traces.put(prompts.get(i), ran.get(i));
      }
    } catch (NonFiniteStateException e) {
      traces.clear(); // each runs alone
    }
    hasRun = true;
  }

  private Transformer transformer() {
    return model.transformer();
  }
}
