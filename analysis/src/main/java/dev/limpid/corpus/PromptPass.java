package dev.limpid.corpus;

import dev.limpid.Prompt;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.NeuronContributions;
import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.corpus.PromptSampler.Sampled;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.StackVisitor;
import dev.limpid.model.Transformer;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.statistics.RouteSample;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A prompt of a corpus: sees its layers while it runs, then tells its samples. */
final class PromptPass {
  private static final int STRONGEST = 8;

  private final PromptSampler sampler;
  private final Transformer model;
  private final long number;
  private final Prompt prompt;
  private final Optional<String> group;
  private final FlowGraphBuilder graph;
  private final Neurons neurons = new Neurons();

  PromptPass(PromptSampler sampler, long number, Prompt prompt, Optional<String> group) {
    this.sampler = sampler;
    this.model = sampler.model().transformer();
    this.number = number;
    this.prompt = prompt;
    this.group = group;
    this.graph =
        new FlowGraphBuilder(model, ContributionOptions.DEFAULT, sampler.settings().threshold());
  }

  /** Returns one of the same prompt that has not run. */
  PromptPass anew() {
    return new PromptPass(sampler, number, prompt, group);
  }

  Prompt prompt() {
    return prompt;
  }

  /** Returns what shows prompts that run together to all of them. */
  static StackVisitor visitor(List<PromptPass> passes) {
    PromptSampler sampler = passes.getFirst().sampler;
    StackVisitor graphs = FlowGraphBuilder.together(passes.stream().map(p -> p.graph).toList());
    if (!sampler.settings().neurons()) {
      return graphs;
    }
    TensorOps ops = sampler.model().transformer().ops();
    StackVisitor neurons = StackVisitor.each(ops, passes.stream().map(p -> p.neurons).toList());
    return graphs.then(neurons);
  }

  /** Returns the positions that are samples, in order. */
  List<Integer> positions() {
    return switch (sampler.settings().position()) {
      case LAST, ANSWER -> List.of(prompt.nPositions() - 1);
      case ALL -> IntStream.range(1, prompt.nPositions()).boxed().toList();
    };
  }

  /**
   * Returns the samples, once it has run.
   *
   * @param readings of one sample after the other, by layer
   */
  List<Sampled> samples(Supplier<List<LensReading>> readings) {
    CorpusSettings settings = sampler.settings();
    List<Integer> positions = positions();
    RouteExtractor extractor =
        new RouteExtractor(graph.graph(), settings.mode(), settings.threshold());
    List<Route> routes =
        positions.size() == 1
            ? List.of(extractor.route(positions.getFirst()))
            : extractor.routes().subList(positions.getFirst(), prompt.nPositions());
    List<Sampled> samples = new ArrayList<>();
    for (Route route : routes) {
      samples.add(sampled(route, readings.get(), samples.isEmpty()));
    }
    return samples;
  }

  private Sampled sampled(Route route, List<LensReading> readings, boolean isFirst) {
    int position = route.position();
    LensReading last = readings.getLast();
    Prediction next = last.top().getFirst();
    RouteSample sample =
        RouteSample.of(
            new RouteSample.Origin(number, position, isFirst, Excerpt.of(prompt, position)),
            route,
            lens(readings, next.id()),
            neurons.at(position),
            sampler.shape());
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

  /** Sees the neurons of each layer while it is there. */
  private final class Neurons implements LayerVisitor {
    private final Map<Integer, RouteSample.Neurons> taken = new HashMap<>();

    @Override
    public void layer(int layer, LayerTrace trace) {
      int nLayers = model.config().nLayers();
      for (int position : positions()) {
        NeuronContributions found =
            NeuronContributions.of(model, layer, trace, ContributionOptions.DEFAULT, position);
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
}
