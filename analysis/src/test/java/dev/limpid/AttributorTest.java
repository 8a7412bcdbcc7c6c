package dev.limpid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.AttributionSettings.Method;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.view.AttributeView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Attribution through the front door. */
class AttributorTest {
  private static final String TEXT = DemoModel.PROMPT;

  private final LanguageModel model;

  AttributorTest() throws IOException {
    model = DemoModel.open();
  }

  @Test
  void aFewLinesSayWhatALogitDependsOn() throws IOException, QuestionException {
    Analysis analysis = model.analyse(TEXT);
    Prompt prompt = analysis.prompt();
    Comparison comparison =
        Comparison.of(analysis.last(), prompt.tokenId(" Mary"), prompt.tokenId(" John"));
    AttributeView view = analysis.attribute(comparison, AttributionSettings.of(Method.RELEVANCE));

    assertThat(view.largest()).hasSize(20);
    assertThat(view.metric()).isEqualTo("logit_difference");
    double value =
        analysis.trace().logits(analysis.last()).get(prompt.tokenId(" Mary"))
            - analysis.trace().logits(analysis.last()).get(prompt.tokenId(" John"));
    assertThat(view.value()).isCloseTo(value, within(1e-5));
  }

  @Test
  void theMostProbableTokenIsTheAnswerWhereNoneIsNamed() throws IOException, QuestionException {
    Analysis analysis = model.analyse(TEXT);
    Comparison comparison = Comparison.of(analysis.last(), null, null);

    AttributeView relevance =
        analysis.attribute(comparison, AttributionSettings.of(Method.RELEVANCE));
    AttributeView saliency =
        analysis.attribute(comparison, AttributionSettings.of(Method.SALIENCY));

    assertThat(relevance.answer().rank()).isEqualTo(1);
    assertThat(relevance.metric()).isEqualTo("logit");
    assertThat(saliency.metric()).isEqualTo("log_probability");
    assertThat(saliency.value()).isCloseTo(Math.log(saliency.answer().probability()), within(1e-5));
  }

  /** A divergence from the run itself is at its least there: nothing raises it to first order. */
  @Test
  void theDivergenceIsFlatAtTheRunItself() throws IOException, QuestionException {
    Analysis analysis = model.analyse(TEXT);
    AttributeView view =
        analysis.attribute(
            Comparison.of(analysis.last(), null, null).by(Metric.Kind.KL),
            AttributionSettings.of(Method.SALIENCY));

    assertThat(view.value()).isZero();
    assertThat(view.scores()).isNotNull().allSatisfy(score -> assertThat(score).isZero());
  }

  @Test
  void progressCountsEveryLayerOfEveryStep() throws IOException, QuestionException {
    List<String> heard = new ArrayList<>();
    Analysis analysis =
        model.analyse(
            model.source().prompt(TEXT),
            (phase, done, all) -> {
              if (phase == Progress.Phase.GRADIENTS) {
                heard.add(done + "/" + all);
              }
            });

    analysis.attribute(
        Comparison.of(analysis.last(), null, null),
        AttributionSettings.of(Method.INTEGRATED_GRADIENTS).withSteps(3));

    int all = 3 * model.transformer().config().nLayers();
    assertThat(heard).hasSize(all).startsWith("1/" + all).endsWith(all + "/" + all);
  }

  /** Relevance patching is linear in what comes in a component's place. */
  @Test
  void againstNothingRelevancePatchingIsRelevanceTurnedRound()
      throws IOException, QuestionException {
    Analysis analysis = model.analyse(TEXT);
    Prompt prompt = analysis.prompt();
    Comparison comparison =
        Comparison.of(analysis.last(), prompt.tokenId(" Mary"), prompt.tokenId(" John"))
            .withSource(prompt);
    AttributionSettings patching = AttributionSettings.of(Method.RELEVANCE_PATCHING);

    AttributeView relevance =
        analysis.attribute(comparison, AttributionSettings.of(Method.RELEVANCE));
    AttributeView zero = analysis.attribute(comparison, patching);
    AttributeView itself = analysis.attribute(comparison, patching.with(Ablation.PATCH));

    assertThat(zero.alpha()).isEqualTo(relevance.alpha());
    assertThat(zero.ablation()).isEqualTo("zero");
    assertThat(turnedRound(Objects.requireNonNull(zero.mlpOut())))
        .isEqualTo(Objects.requireNonNull(relevance.mlpOut()));
    assertThat(itself.mlpOut()).allSatisfy(layer -> assertThat(layer).containsOnly(0.0));
    assertThat(itself.headOut())
        .allSatisfy(
            layer -> assertThat(layer).allSatisfy(head -> assertThat(head).containsOnly(0.0)));
  }

  private static List<List<Double>> turnedRound(List<List<Double>> scores) {
    return scores.stream().map(layer -> layer.stream().map(s -> 0 - s).toList()).toList();
  }

  @Test
  void runsThatCannotBeComparedAreRefused() throws IOException, QuestionException {
    Analysis analysis = model.analyse(TEXT);
    Comparison comparison = Comparison.of(analysis.last(), 3, null);
    AttributionSettings patching = AttributionSettings.of(Method.ATTRIBUTION_PATCHING);
    Prompt shorter = model.source().prompt("When");

    refused("give a source", analysis, comparison, patching.with(Ablation.PATCH));
    refused("give references", analysis, comparison, patching.with(Ablation.MEAN));
    refused("tokens", analysis, comparison.withSource(shorter), patching.with(Ablation.PATCH));
    refused(
        "give a source",
        analysis,
        comparison,
        AttributionSettings.of(Method.ATTRIBUTION_PATCHING_IG));
    refused("same token", analysis, Comparison.of(0, 3, 3), patching);
    refused("give a distractor", analysis, comparison.by(Metric.Kind.LOGIT_DIFFERENCE), patching);
    refused(
        "from logits alone",
        analysis,
        comparison.by(Metric.Kind.PROBABILITY),
        AttributionSettings.of(Method.RELEVANCE));
    refused(
        "from logits alone",
        analysis,
        comparison.by(Metric.Kind.KL),
        AttributionSettings.of(Method.RELEVANCE_PATCHING));
  }

  private static void refused(
      String line, Analysis analysis, Comparison comparison, AttributionSettings settings) {
    assertThatThrownBy(() -> analysis.attribute(comparison, settings))
        .isInstanceOf(ComparisonException.class)
        .hasMessageContaining(line);
  }
}
