package dev.limpid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.StreamedBlocks;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.generate.StopReason;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.tensor.ops.toy.ToyOps;
import dev.limpid.tensor.ops.vector.VectorOps;
import dev.limpid.view.AttentionView;
import dev.limpid.view.ContrastView;
import dev.limpid.view.ExplainView;
import dev.limpid.view.LensView;
import dev.limpid.view.LogitsView;
import dev.limpid.view.PredictionView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Questions about one prompt: the same answers as the engine's, whichever is asked first. */
class AnalysisTest {
  private static LanguageModel model;

  @BeforeAll
  static void open() throws IOException {
    model = DemoModel.open();
  }

  private static Analysis analysis() throws Exception {
    return model.analyse(DemoModel.PROMPT);
  }

  private static Route routeOfTheEngine(double threshold) throws Exception {
    Transformer transformer = model.transformer();
    ForwardTrace trace = transformer.trace(model.tokens(DemoModel.PROMPT), TraceDetail.FULL);
    FlowGraph graph = FlowGraph.of(Contributions.of(transformer, trace));
    return new RouteExtractor(graph, ThresholdMode.RENORMALISED, threshold)
        .route(trace.nPositions() - 1);
  }

  @Test
  void predictsWhatTheModelPredicts() throws Exception {
    List<PredictionView> top = analysis().top(5);
    assertThat(top).hasSize(5);
    assertThat(top.getFirst().text()).isEqualTo(" Mary");
    assertThat(top.getFirst().rank()).isEqualTo(1);
    List<PredictionView> everywhere = analysis().predictions();
    assertThat(everywhere).hasSize(15);
    assertThat(everywhere.getLast()).isEqualTo(top.getFirst());
  }

  @Test
  void findsTheRouteOfTheEngineInOnePassOrTwo() throws Exception {
    Analysis onePass = analysis();
    assertThat(onePass.route(0.04)).isEqualTo(routeOfTheEngine(0.04));
    assertThat(onePass.trace().detail()).isEqualTo(TraceDetail.RESIDUALS);
    Analysis twoPasses = analysis();
    assertThat(twoPasses.trace().detail()).isEqualTo(TraceDetail.FULL);
    assertThat(twoPasses.route(0.04)).isEqualTo(routeOfTheEngine(0.04));
  }

  @Test
  void aLowerThresholdIsServedAfterAHigherOne() throws Exception {
    Analysis analysis = analysis();
    analysis.route(0.1);
    assertThat(analysis.route(0.01)).isEqualTo(routeOfTheEngine(0.01));
    assertThat(analysis.route(0.1)).isEqualTo(routeOfTheEngine(0.1));
  }

  @Test
  void sourcesAreThoseOfTheRoute() throws Exception {
    List<ExplainView.Source> sources = analysis().sources();
    Route route = routeOfTheEngine(0.04);
    assertThat(sources)
        .isSortedAccordingTo((a, b) -> Double.compare(b.flow(), a.flow()))
        .allSatisfy(s -> assertThat(s.flow()).isEqualTo(route.sourceFlow(s.position())));
    assertThat(sources).hasSameSizeAs(route.sources());
  }

  @Test
  void anExplanationWithAnAnswerSplitsItsLogit() throws Exception {
    Analysis analysis = analysis();
    int mary = analysis.prompt().tokenId(" Mary");
    int john = analysis.prompt().tokenId(" John");
    Explanation explanation =
        analysis.explain(new Question(analysis.last(), mary, john), RouteSettings.DEFAULT);
    ExplainView view = explanation.view();
    ContrastView contrast = Objects.requireNonNull(view.contrast());
    double net = contrast.tokens().stream().mapToDouble(s -> s.net()).sum();
    double lost = contrast.lost().towards() - contrast.lost().away();
    assertThat(net + lost + contrast.biases()).isCloseTo(view.logitDifference(), within(1e-3));
    assertThat(explanation.route()).isEqualTo(routeOfTheEngine(0.04));
  }

  @Test
  void theThresholdFitsWhatIsExplainedAndIsSaid() throws Exception {
    Analysis analysis = analysis();
    assertThat(analysis.explain().view().threshold()).isEqualTo(0.04);
    assertThat(analysis.explain().view().keptShare()).isBetween(0.9, 0.91);
    assertThat(analysis.explain().view().arrivingShare()).isBetween(0.42, 0.43);

    Analysis ended = model.analyse("The capital of France is Paris.");
    double fitting = ended.explain().view().threshold();
    assertThat(fitting).isEqualTo(0.03);
    RouteDocument document = ended.routes(RouteSettings.DEFAULT, List.of(3, ended.last()));
    assertThat(document.threshold()).isEqualTo(fitting);
    assertThat(document.routes().getLast().route()).isEqualTo(ended.route(fitting));
    assertThat(ended.graph(ContributionOptions.DEFAULT, 0.005).finest()).isEqualTo(0.005);
    assertThatThrownBy(() -> RouteSettings.DEFAULT.withThreshold(1))
        .hasMessage("the threshold 1.0 is not in [0, 1)");
  }

  @Test
  void aTokenIsFollowedThroughTheLayersWithoutASecondPass() throws Exception {
    Analysis analysis = analysis();
    Explanation explanation = analysis.explain();
    int mary = explanation.view().predictions().getFirst().id();
    List<PredictionView> layers = analysis.throughLayers(analysis.last(), mary);
    assertThat(analysis.trace().detail()).isEqualTo(TraceDetail.RESIDUALS);
    assertThat(layers).hasSize(4).allSatisfy(p -> assertThat(p.id()).isEqualTo(mary));
    assertThat(layers.getLast()).isEqualTo(explanation.view().predictions().getFirst());
    LensQuestion all =
        new LensQuestion(
            LensQuestion.State.RESID_POST, List.of(0, 1, 2, 3), List.of(analysis.last()), 500);
    for (LensView.State state : analysis.lens(all).states()) {
      assertThat(state.top()).contains(layers.get(state.layer()));
    }
    assertThatThrownBy(() -> analysis.throughLayers(15, mary))
        .isInstanceOf(NoSuchPartException.class);
  }

  @Test
  void logitsSplitInThreeWaysSumToTheSame() throws Exception {
    Analysis analysis = analysis();
    for (LogitsView.By by : LogitsView.By.values()) {
      LogitsView view = analysis.logits(analysis.last(), null, null, by);
      assertThat(view.sum()).isCloseTo(view.logit(), within(1e-3));
      assertThat(view.answer().text()).isEqualTo(" Mary");
    }
  }

  @Test
  void whatIsNotThereIsSaidInOneLine() throws Exception {
    Analysis analysis = analysis();
    ContributionOptions options = ContributionOptions.DEFAULT;
    assertThatThrownBy(() -> analysis.heads(0, 15, null, options))
        .isInstanceOf(NoSuchPartException.class)
        .hasMessage("position 15 is not in the prompt, whose positions go from 0 to 14");
    assertThatThrownBy(() -> analysis.neurons(99, 1, 3, options))
        .isInstanceOf(NoSuchPartException.class)
        .hasMessageStartingWith("layer 99 is not in the model, whose layers go from 0 to ");
    assertThatThrownBy(() -> analysis.heads(0, 3, 4, options))
        .isInstanceOf(NoSuchPartException.class)
        .hasMessage("key 4 is not seen from position 3, whose keys go from 0 to 3");
    assertThatThrownBy(() -> analysis.prompt().tokenId(" Mary and"))
        .isInstanceOf(NoSuchTokenException.class)
        .hasMessage(
            "' Mary and' is not one token of this model; 'limpid tokens' shows how it is cut");
    int dVocab = model.transformer().config().dVocab();
    assertThat(analysis.prompt().tokenId("#" + (dVocab - 1))).isEqualTo(dVocab - 1);
    assertThatThrownBy(() -> analysis.prompt().tokenId("#" + dVocab))
        .isInstanceOf(NoSuchTokenException.class)
        .hasMessage("#%1$d is no token of this model: ids go from #0 to #%2$d", dVocab, dVocab - 1);
  }

  @Test
  void goesOnWithTheText() throws Exception {
    Generation generation = analysis().generate(GenerationSettings.DEFAULT.withMaxNew(3));
    StringBuilder text = new StringBuilder();
    while (generation.hasNext()) {
      text.append(generation.next().text());
    }
    assertThat(text.toString()).startsWith(" Mary");
    assertThat(generation.stopReason()).isIn(StopReason.MAX_NEW, StopReason.EOS);
    assertThat(analysis().generate(GenerationSettings.DEFAULT.withMaxNew(3)).toEnd().text())
        .isEqualTo(text.toString());
  }

  @Test
  void aQuestionThatIsCancelledLeavesTheNextOneItsAnswer() throws Exception {
    boolean[] cancelled = {true};
    List<Progress.Phase> phases = new ArrayList<>();
    Progress progress =
        (phase, done, all) -> {
          phases.add(phase);
          if (cancelled[0] && done == 2) {
            throw new CancellationException("the reader left");
          }
        };
    Analysis analysis = model.analyse(model.source().prompt(DemoModel.PROMPT), progress);
    assertThatThrownBy(() -> analysis.route(0.04)).isInstanceOf(CancellationException.class);
    assertThat(phases).hasSize(2).containsOnly(Progress.Phase.CONTRIBUTIONS);
    cancelled[0] = false;
    assertThat(analysis.route(0.04)).isEqualTo(routeOfTheEngine(0.04));
  }

  @Test
  void aStreamedModelReadsEachLayerOnceForAnExplanation() throws Exception {
    List<Integer> reads = new ArrayList<>();
    TransformerWeights w = model.transformer().weights();
    StreamedBlocks blocks =
        new StreamedBlocks(
            w.blocks().size(),
            0,
            layer -> {
              reads.add(layer);
              return w.blocks().get(layer);
            });
    Transformer streamed =
        new Transformer(
            model.transformer().config(),
            w.withBlocks(blocks),
            model.transformer().ops(),
            model.transformer().provenance());
    Explanation explanation =
        new LanguageModel(model.source(), streamed, model.weights())
            .analyse(DemoModel.PROMPT)
            .explain();
    assertThat(reads)
        .containsExactlyElementsOf(IntStream.range(0, w.blocks().size()).boxed().toList());
    assertThat(explanation.view()).isEqualTo(analysis().explain().view());
  }

  /**
   * Less than contributions [H, T (T + 1) / 2] and five rows of every layer, and the logits of one
   * position; what it is exactly, {@code DownloadsTest} says.
   */
  @Test
  void anExplanationOnADeviceBringsHomeWhatTheRouteNeeds() throws Exception {
    ToyOps device = new ToyOps(new VectorOps(2));
    LanguageModel there = model.source().open(device, LayerStorage.IN_MEMORY, Progress.NONE);
    long before = device.transfers().downloaded();
    Explanation explanation = there.analyse(DemoModel.PROMPT).explain();

    ModelConfig c = model.source().config();
    long t = explanation.view().tokens().size();
    long ofLayer = c.nHeads() * t * (t + 1) / 2 + 5 * t;
    assertThat(device.transfers().downloaded() - before)
        .isBetween((long) c.dVocab(), c.nLayers() * ofLayer + c.dVocab());
    assertThat(explanation.route()).isEqualTo(routeOfTheEngine(0.04));
  }

  @Test
  void attentionIsThePattern() throws Exception {
    Analysis analysis = analysis();
    AttentionView view = analysis.attention(2, List.of(0, 7), List.of(2, 14));
    assertThat(view.rows()).extracting(AttentionView.Row::head).containsExactly(0, 0, 7, 7);
    for (AttentionView.Row row : view.rows()) {
      assertThat(row.attention()).hasSize(row.position() + 1);
      assertThat(row.attention().getLast())
          .isEqualTo(
              (double)
                  analysis
                      .trace()
                      .layer(2)
                      .pattern()
                      .get(row.head(), row.position(), row.position()));
      assertThat(row.attention().stream().mapToDouble(a -> a).sum()).isCloseTo(1, within(1e-5));
    }
    assertThatThrownBy(() -> analysis.attention(2, List.of(8), List.of(0)))
        .isInstanceOf(NoSuchPartException.class)
        .hasMessage("head 8 is not in the model, whose heads go from 0 to 7 in each layer");
  }

  @Test
  void whatIsSeenInADebuggerIsReadable() throws Exception {
    ForwardTrace trace = analysis().trace();
    assertThat(trace)
        .hasToString(
            "ForwardTrace[15 tokens, 4 layers, full, of Transformer[gpt2, 4 layers, width 128,"
                + " 8 heads, on "
                + model.transformer().ops().name()
                + "]]");
    assertThatThrownBy(() -> trace.layer(9))
        .hasMessage("layer 9 is not in the model, whose layers go from 0 to 3");
    assertThatThrownBy(() -> trace.residPre(4)).hasMessageContaining("layers go from 0 to 3");
  }

  @Test
  void threadsMayShareAnAnalysis() throws Exception {
    Analysis shared = analysis();
    List<Callable<Object>> questions =
        List.of(
            () -> shared.route(0.04),
            () -> shared.top(3),
            () -> shared.heads(1, 14, null, ContributionOptions.DEFAULT),
            () -> shared.route(0.02));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Object>> answers = threads.invokeAll(questions);
      assertThat(answers.get(0).get()).isEqualTo(routeOfTheEngine(0.04));
      assertThat(answers.get(1).get()).isEqualTo(analysis().top(3));
      assertThat(answers.get(2).get())
          .isEqualTo(analysis().heads(1, 14, null, ContributionOptions.DEFAULT));
      assertThat(answers.get(3).get()).isEqualTo(routeOfTheEngine(0.02));
    }
  }
}
