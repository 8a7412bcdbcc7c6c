package dev.limpid.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.config.Norm.Gain;
import dev.limpid.model.config.Positions.ByLayer;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import dev.limpid.model.config.Residual.Placement;
import dev.limpid.tensor.ops.Activation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Facts are added by name, and each changes itself alone. */
class ModelConfigTest {
  private static final Attention ATTENTION = Attention.of(6, 2, 16);
  private static final Rotary ROTARY = new Rotary(10_000, new Scaling.None());
  private static final HeadNorm HEAD_NORM =
      new HeadNorm(Norm.rmsNorm(1e-6), HeadNorm.Over.EACH_HEAD);

  private static ModelConfig model(Attention attention, Positions positions) {
    return ModelConfig.of(
        "toy",
        new Sizes(3, 96, 101, 50),
        attention,
        Mlp.gated(33, Activation.SILU),
        Norm.rmsNorm(1e-6),
        positions);
  }

  private static ModelConfig model() {
    return model(ATTENTION, ROTARY);
  }

  @Test
  void whatIsNotSaidIsWhatMostFamiliesHave() {
    ModelConfig config = model();
    assertThat(config.residual())
        .isEqualTo(new Residual(Placement.SEQUENTIAL, true, false, false, 1))
        .isEqualTo(Residual.PLAIN);
    assertThat(config.tiedHead()).isFalse();
    assertThat(config.bosId()).isEmpty();
    assertThat(config.eosIds()).isEmpty();
    assertThat(config.attentionShape(2).window()).isEqualTo(50);
    assertThat(config.attentionShape(2).scale()).isEqualTo(0.25f);
    assertThat(config.attention())
        .returns(false, Attention::inputBias)
        .returns(false, Attention::outputBias)
        .returns(Optional.empty(), Attention::headNorm);
    assertThat(config.mlp()).isEqualTo(new Mlp(33, true, Activation.SILU, false, Optional.empty()));
    assertThat(config.norm()).isEqualTo(new Norm(Norm.Kind.RMS_NORM, 1e-6f, Gain.STORED, false));
  }

  @Test
  void attentionIsToldByName() {
    assertThat(ATTENTION.withInputBias(true))
        .returns(true, Attention::inputBias)
        .returns(false, Attention::outputBias);
    assertThat(ATTENTION.withOutputBias(true))
        .returns(false, Attention::inputBias)
        .returns(true, Attention::outputBias);
    assertThat(ATTENTION.withHeadNorm(HEAD_NORM).headNorm()).contains(HEAD_NORM);
    Attention all =
        ATTENTION
            .withWindows(List.of(7, 50, 7))
            .withInputBias(true)
            .withLayerScaling(true)
            .withOutputBias(true)
            .withScale(3);
    assertThat(
            all.withWindows(List.of())
                .withInputBias(false)
                .withLayerScaling(false)
                .withOutputBias(false)
                .withWidthScaling(true))
        .isEqualTo(ATTENTION);
    assertThat(model(all, ROTARY).attentionShape(1).window()).isEqualTo(50);
    assertThat(model(all, ROTARY).attentionShape(2).window()).isEqualTo(7);
  }

  @Test
  void scoresAreScaledAsTheFamilySays() {
    assertThat(model(ATTENTION.withScale(0.3), ROTARY).attentionShape(1).scale()).isEqualTo(0.3f);
    assertThat(model(ATTENTION.withWidthScaling(false), ROTARY).attentionShape(1).scale())
        .isEqualTo(1);
    assertThat(model(ATTENTION.withLayerScaling(true), ROTARY).attentionShape(1).scale())
        .isEqualTo(0.125f);
    for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> model(ATTENTION.withScale(wrong), ROTARY))
          .hasMessage("attention scores are multiplied with " + wrong);
    }
  }

  @Test
  void theOtherPartsAreToldByName() {
    assertThat(Mlp.plain(5, Activation.RELU).withBias(true))
        .isEqualTo(new Mlp(5, false, Activation.RELU, true, Optional.empty()));
    assertThat(Norm.layerNorm(1e-5).withGain(Gain.NONE).withBias(false))
        .isEqualTo(new Norm(Norm.Kind.LAYER_NORM, 1e-5f, Gain.NONE, false));
    ModelConfig config =
        model()
            .withHead(Head.tiedIf(true))
            .withBosId(OptionalInt.of(4))
            .withEosIds(List.of(2, 3))
            .withSizes(new Sizes(5, 6, 7, 8))
            .withPositions(new Positions.Learned(2));
    assertThat(config.tiedHead()).isTrue();
    assertThat(config.bosId()).hasValue(4);
    assertThat(config.eosIds()).containsExactly(2, 3);
    assertThat(List.of(config.nLayers(), config.dModel(), config.dVocab(), config.nContext()))
        .containsExactly(5, 6, 7, 8);
    assertThat(config.positions(4)).isEqualTo(new Positions.Learned(2));
    assertThat(config.attention()).isEqualTo(ATTENTION);
  }

  @Test
  void eachLayerMayRotateInItsOwnWay() {
    Rotary local = new Rotary(1_000_000, new Scaling.Linear(8)).withPart(4);
    Positions byLayer = new ByLayer(List.of(ROTARY, local, ROTARY));
    assertThat(byLayer.at(1)).isEqualTo(local);
    assertThat(byLayer.at(2)).isEqualTo(ROTARY);
    assertThat(ROTARY.at(2)).isEqualTo(ROTARY);
    assertThat(local.withScaling(new Scaling.None()))
        .isEqualTo(new Rotary(1_000_000, new Scaling.None(), OptionalInt.of(4)));
  }

  @Test
  void whatTheForwardPassDoesNotComputeIsRefused() {
    assertRefusedWith(
        Residual.PLAIN.withPlacement(Placement.PARALLEL).withPostNorms(true),
        "a norm behind each block and PARALLEL is not supported; supported: SEQUENTIAL");
    assertRefusedWith(
        Residual.PLAIN.withPlacement(Placement.POST_LN),
        "a norm of each sum, and one in front of each block is not supported;"
            + " supported: one of them");
    assertRefusedWith(
        Residual.PLAIN.withMultiplier(0),
        "a multiplier of the output of a block, 0.0, is not supported; supported: a number above 0");
    assertRefused(
        () -> model().withEmbedding(Embedding.PLAIN.withScale(Double.NaN)),
        "a multiplier of the embedding, NaN, is not supported; supported: a number above 0");
    assertRefused(
        () -> model().withHead(Head.tiedIf(true).withScale(-1)),
        "a multiplier of the logits, -1.0, is not supported; supported: a number above 0");
    assertRefused(
        () -> model().withNorm(Norm.rmsNorm(1e-5).withGain(Gain.NONE)),
        "an RMSNorm without a gain is not supported; supported: with one");
    assertRefused(
        () -> model().withNorm(Norm.rmsNorm(1e-5).withBias(true)),
        "an RMSNorm with a bias is not supported; supported: without one");
    assertRefused(
        () ->
            model(
                ATTENTION.withHeadNorm(
                    new HeadNorm(Norm.rmsNorm(1e-5), HeadNorm.Over.EACH_HEAD_WITH_OWN_GAIN)),
                ROTARY),
        "a gain of its own for each head, but for a LayerNorm with what is stored and no bias is"
            + " not supported; supported: one gain for all heads");
    assertRefused(
        () ->
            model(ATTENTION.withHeadNorm(new HeadNorm(Norm.NONE, HeadNorm.Over.ALL_HEADS)), ROTARY),
        "a norm of queries and keys that is none is not supported; supported: a norm");
    assertRefused(
        () -> model().withNorm(Norm.NONE.withBias(true)),
        "a gain or a bias without a norm is not supported; supported: neither");
    assertRefused(
        () -> model(ATTENTION, new ByLayer(List.of(ROTARY, ROTARY, new Positions.Learned(0)))),
        "a layer that learns positions as Learned[offset=0] is not supported;"
            + " supported: a rotation, ALiBi, or none");
    assertRefused(
        () -> model(ATTENTION, new ByLayer(List.of(ROTARY, ROTARY))),
        "2 kinds of positions of 3 layers is not supported; supported: one of each layer");
    assertRefused(
        () -> model(ATTENTION, ROTARY.withPart(3)),
        "a rotation of 3 of the 16 elements of a head is not supported;"
            + " supported: an even number of them");
    assertRefused(
        () -> model(ATTENTION, ROTARY.withScaling(new Scaling.Divided(List.of(1f, 2f)))),
        "a list of 2 factors of frequencies is not supported;"
            + " supported: 8 factors, half of what is rotated");
    assertThat(model(ATTENTION, ROTARY.withPart(16)).dHead()).isEqualTo(16);
  }

  private static void assertRefusedWith(Residual residual, String message) {
    assertRefused(() -> model().withResidual(residual), message);
  }

  private static void assertRefused(Supplier<ModelConfig> config, String message) {
    assertThatThrownBy(config::get)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
