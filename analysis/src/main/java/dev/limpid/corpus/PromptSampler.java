package dev.limpid.corpus;

import dev.limpid.LanguageModel;
import dev.limpid.Prompt;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.NeuronContributions;
import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Residual;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.statistics.RouteSample;
import dev.limpid.routes.statistics.StatisticsShape;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the samples of prompts: each runs once, and its routes, lens readings and neurons are taken
 * from that run. What comes out depends on the prompt alone. Safe to share between threads.
 */
public record PromptSampler(LanguageModel model, CorpusSettings settings) {
  /** Why a prompt has no sample. */
  public static final String NO_SAMPLE = "it has one token, and the first position is no sample";

  private static final int STRONGEST = 8;

  /** A sample and its row. */
  public record Sampled(RouteSample sample, SampleRow row) {}

  /** Returns what statistics of its samples are about. */
  public StatisticsShape shape() {
    ModelConfig config = model.transformer().config();
    return new StatisticsShape(
        config.nLayers(),
        config.nHeads(),
        config.residual().placement() == Residual.Placement.PARALLEL,
        settings.neurons() ? config.dMlp() : 0,
        settings.examples());
  }

  /**
   * Returns the samples of a prompt, in order of position.
   *
   * @param number of the prompt in its corpus, from 0
   * @param group that it is in
   * @throws dev.limpid.model.NonFiniteStateException if its numbers overflow
   */
  public List<Sampled> samples(long number, Prompt prompt, Optional<String> group) {
    List<Integer> positions = positions(prompt.nPositions());
    if (positions.isEmpty()) {
      return List.of();
    }
    Transformer transformer = model.transformer();
    FlowGraphBuilder graph =
        new FlowGraphBuilder(transformer, ContributionOptions.DEFAULT, settings.threshold());
    Neurons neurons = new Neurons(positions);
    LayerVisitor each = settings.neurons() ? graph.then(neurons) : graph;
    ForwardTrace trace = transformer.run(prompt.tokens(), TraceDetail.RESIDUALS, each);
    return new Taken(number, prompt, group, trace, graph.graph(), neurons).all(positions);
  }

  private List<Integer> positions(int nPositions) {
    return switch (settings.position()) {
      case LAST, ANSWER -> List.of(nPositions - 1);
      case ALL -> IntStream.range(1, nPositions).boxed().toList();
    };
  }

  /** Sees the neurons of each layer while it is there. */
  private final class Neurons implements LayerVisitor {
    private final List<Integer> positions;
    private final Map<Integer, RouteSample.Neurons> taken = new HashMap<>();

    Neurons(List<Integer> positions) {
      this.positions = positions;
    }

    @Override
    public void layer(int layer, LayerTrace trace) {
      int nLayers = model.transformer().config().nLayers();
      for (int position : positions) {
        NeuronContributions found =
            NeuronContributions.of(
                model.transformer(), layer, trace, ContributionOptions.DEFAULT, position);
        RouteSample.Neurons all =
            taken.computeIfAbsent(
                position, p -> new RouteSample.Neurons(new int[nLayers][], new float[nLayers][]));
        all.strongest()[layer] =
            found.top(STRONGEST).stream().mapToInt(Integer::intValue).toArray();
        all.contributions()[layer] = found.neurons().toFloats();
      }
    }

    RouteSample.@Nullable Neurons at(int position) {
      return taken.get(position);
    }
  }

  /** What a run has left. */
  private final class Taken {
    private final long number;
    private final Prompt prompt;
    private final Optional<String> group;
    private final ForwardTrace trace;
    private final FlowGraph graph;
    private final Neurons neurons;

    Taken(
        long number,
        Prompt prompt,
        Optional<String> group,
        ForwardTrace trace,
        FlowGraph graph,
        Neurons neurons) {
      this.number = number;
      this.prompt = prompt;
      this.group = group;
      this.trace = trace;
      this.graph = graph;
      this.neurons = neurons;
    }

    List<Sampled> all(List<Integer> positions) {
      RouteExtractor extractor = new RouteExtractor(graph, settings.mode(), settings.threshold());
      List<Route> routes =
          positions.size() == 1
              ? List.of(extractor.route(positions.getFirst()))
              : extractor.routes().subList(positions.getFirst(), prompt.nPositions());
      List<Sampled> samples = new ArrayList<>();
      for (Route route : routes) {
        samples.add(sampled(route, samples.isEmpty()));
      }
      return samples;
    }

    private Sampled sampled(Route route, boolean isFirst) {
      int position = route.position();
      List<LensReading> readings = readings(position);
      LensReading last = readings.getLast();
      Prediction next = last.top().getFirst();
      RouteSample sample =
          RouteSample.of(
              new RouteSample.Origin(number, position, isFirst, Excerpt.of(prompt, position)),
              route,
              lens(readings, next.id()),
              neurons.at(position),
              shape());
      SampleRow row =
          new SampleRow(
              number,
              position,
              next.id(),
              prompt.names().text(next.id()),
              next.probability(),
              last.entropy(),
              route.nodes().size(),
              route.edges().size(),
              route.lostFlow().total(),
              group.orElse(null),
              sample.headFlows());
      return new Sampled(sample, row);
    }

    private static RouteSample.Lens lens(List<LensReading> readings, int next) {
      boolean[] top = new boolean[readings.size()];
      double[] entropy = new double[readings.size()];
      for (int l = 0; l < top.length; l++) {
        top[l] = readings.get(l).top().getFirst().id() == next;
        entropy[l] = readings.get(l).entropy();
      }
      return new RouteSample.Lens(top, entropy);
    }

    /** What is read in the state behind each layer: all of them in one product with the head. */
    private List<LensReading> readings(int position) {
      ModelConfig config = model.transformer().config();
      Tensor states = Tensor.zeros(config.nLayers(), config.dModel());
      for (int l = 0; l < config.nLayers(); l++) {
        Tensor behind = trace.before(l + 1).rows(position, position + 1);
        behind.copyTo(0, states.array(), l * config.dModel(), config.dModel());
      }
      return new LogitLens(model.transformer(), 1).read(states);
    }
  }
}
