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
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Prompts that run together, at the first question to any of them: what that question needs of its
 * prompt is computed of all. Where the numbers of one overflow, each runs alone, and tells.
 */
final class Companions {
  private final LanguageModel model;
  private final List<Prompt> prompts;
  private final List<ForwardTrace> traces = new ArrayList<>();
  private final List<FlowGraph> graphs = new ArrayList<>();
  private boolean hasRun;

  Companions(LanguageModel model, List<Prompt> prompts) {
    this.model = model;
    this.prompts = List.copyOf(prompts);
  }

  /** One of them. */
  record Member(Companions all, int place) {
    /** Returns its run; null if it is to run alone. */
    @Nullable ForwardTrace trace(Progress progress) {
      return all.trace(place, progress);
    }

    /** Returns its graph if the first question was about one; else null. */
    @Nullable FlowGraph graph(ContributionOptions options, double finest, Progress progress) {
      return all.graph(place, options, finest, progress);
    }
  }

  private synchronized @Nullable ForwardTrace trace(int place, Progress progress) {
    if (!hasRun) {
      long nPositions = prompts.stream().mapToLong(Prompt::nPositions).sum();
      boolean isLittle = Analysis.isLittle(model, nPositions);
      LayerVisitor told = told(Progress.Phase.FORWARD, progress);
      run(
          isLittle ? TraceDetail.FULL : TraceDetail.RESIDUALS,
          IntStream.range(0, prompts.size())
              .mapToObj(i -> i == place ? told : LayerVisitor.NONE)
              .toList());
    }
    return traces.isEmpty() ? null : traces.get(place);
  }

  private synchronized @Nullable FlowGraph graph(
      int place, ContributionOptions options, double finest, Progress progress) {
    if (!hasRun) {
      LayerVisitor told = told(Progress.Phase.CONTRIBUTIONS, progress);
      List<FlowGraphBuilder> builders =
          prompts.stream()
              .map(prompt -> new FlowGraphBuilder(transformer(), options, finest))
              .toList();
      run(
          TraceDetail.RESIDUALS,
          IntStream.range(0, prompts.size())
              .mapToObj(i -> i == place ? builders.get(i).then(told) : builders.get(i))
              .toList());
      if (!traces.isEmpty()) {
        builders.forEach(builder -> graphs.add(builder.graph()));
      }
    }
    return graphs.isEmpty() ? null : graphs.get(place);
  }

  /** The one that is asked about tells how far all of them are. */
  private LayerVisitor told(Progress.Phase phase, Progress progress) {
    int nLayers = transformer().config().nLayers();
    return (layer, trace) -> progress.done(phase, layer + 1, nLayers);
  }

  private void run(TraceDetail detail, List<LayerVisitor> visitors) {
    List<List<Integer>> tokens = prompts.stream().map(Prompt::tokens).toList();
    try {
      traces.addAll(transformer().runTogether(tokens, detail, visitors));
    } catch (NonFiniteStateException e) {
      traces.clear(); // each runs alone
    }
    hasRun = true;
  }

  private Transformer transformer() {
    return model.transformer();
  }
}
