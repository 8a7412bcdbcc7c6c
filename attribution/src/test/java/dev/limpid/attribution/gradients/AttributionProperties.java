package dev.limpid.attribution.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.attribution.patching.PatchedRuns;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What must hold of attributions whatever the prompt. */
class AttributionProperties {
  /** Float32 rounding of states and gradients, relative to the largest number of a sum. */
  private static final double ROUNDING = 2e-4;

  /** Points of a path through models whose random weights are large. */
  private static final int STEPS = 200;

  /** What the path then misses, relative to the scores. */
  private static final double INCOMPLETE = 0.01;

  /** Of the way to another run, which is wild beyond: third orders count little so near. */
  private static final float WAY = 1 / 64f;

  /** How much they count, of the gap: of first order it would be off by 1, of third by a half. */
  private static final double THIRD_ORDER = 0.4;

  /** Of every measured effect, a difference of logits of a few units; four times in the sum. */
  private static final double GAP_ROUNDING = 4 * 1e-5;

  private static final int LONGEST = 9;

  /** Of each kind of norm, activation, positions and heads. */
  private static final List<Transformer> MODELS =
      open("gpt2-erf-gelu", "opt-no-affine", "llama-gqa-head-dim", "qwen3", "starcoder2");

  private static final List<Transformer> WITHOUT_BIASES =
      open("llama-gqa-head-dim", "mistral-sliding-window", "smollm2", "qwen3");

  private static List<Transformer> open(String... names) {
    return Stream.of("reference", "vector")
        .flatMap(backend -> Stream.of(names).map(name -> open(name, backend)))
        .toList();
  }

  private static Transformer open(String name, String backend) {
    try {
      return ModelLoader.open(
          TestData.folder().resolve("goldens").resolve(name), Backends.open(backend));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Case {
    final Random random;
    final Transformer model;
    final GradientRun run;

    Case(long seed, List<Transformer> models, Metric.Kind kind, BackwardRules rules) {
      random = new Random(seed);
      model = models.get(random.nextInt(models.size()));
      int count = 2 + random.nextInt(LONGEST - 1);
      ForwardTrace trace = trace(count);
      int position = random.nextInt(count);
      Metric metric = new Metric(kind, 3, 5, trace.logits(position));
      run = new GradientRun(model, trace, position, metric, rules);
    }

    ForwardTrace trace(int count) {
      return model.trace(
          random.ints(count, 0, model.config().dVocab()).boxed().toList(), TraceDetail.RESIDUALS);
    }

    ForwardTrace other() {
      return trace(run.trace().nPositions());
    }
  }

  /** Without biases and with patterns frozen, every layer hands on what it was given. */
  @Property(tries = 60)
  void relevanceIsConserved(@ForAll long seed) {
    Case c =
        new Case(seed, WITHOUT_BIASES, Metric.Kind.LOGIT_DIFFERENCE, BackwardRules.relevance(0));
    AllGradients all = new AllGradients(c.run.trace().nLayers());
    TokenScores tokens = TokenScores.inputTimesGradient(c.run, c.run.gradients(all));
    double value = c.run.value();
    Tensor logits = c.run.trace().logits(c.run.position());
    double scale = Math.max(Math.abs(logits.get(3)), Math.abs(logits.get(5))) + magnitude(tokens);
    assertThat(tokens.sum()).isCloseTo(value, within(ROUNDING * scale));
    for (int l = 0; l < c.run.trace().nLayers(); l++) {
      double sum = 0;
      for (double product :
          TokenScores.products(c.run.trace().layer(l).residMid(), all.layer(l).residMid())) {
        sum += product;
      }
      assertThat(sum)
          .as("after attention of layer %d", l)
          .isCloseTo(value, within(ROUNDING * scale));
    }
  }

  /** How far the scores are from the difference they should sum to, of all they sum up. */
  private static double error(TokenScores scores) {
    double difference = scores.value() - baseline(scores);
    return Math.abs(scores.sum() - difference) / Math.max(1, magnitude(scores));
  }

  private static double magnitude(TokenScores tokens) {
    double magnitude = 0;
    for (double score : tokens.values()) {
      magnitude += Math.abs(score);
    }
    return magnitude;
  }

  /** From one prompt's embeddings to another's; ReLU would be slow, zeros do not end. */
  @Property(tries = 10)
  void integratedGradientsAreComplete(@ForAll long seed, @ForAll Metric.Kind kind) {
    Case c = new Case(seed, MODELS, kind, BackwardRules.EXACT);
    ForwardTrace source = c.other();
    if (c.model.provenance().model().startsWith("opt")) {
      return;
    }
    // Paths through random weights are wild: the error falls as steps grow, for some only late.
    TokenScores scores = TokenScores.integrated(c.run, source, STEPS, GradientRun.Observer.NONE);
    for (int steps = 4 * STEPS; error(scores) >= INCOMPLETE && steps <= 16 * STEPS; steps *= 4) {
      scores = TokenScores.integrated(c.run, source, steps, GradientRun.Observer.NONE);
    }
    assertThat(error(scores)).isLessThan(INCOMPLETE);
    for (int t = 0; t < c.run.trace().nPositions(); t++) {
      if (t > c.run.position() || source.tokens().get(t).equals(c.run.trace().tokens().get(t))) {
        assertThat(scores.values()[t]).isZero();
      }
    }
  }

  private static double baseline(TokenScores scores) {
    Double baseline = scores.baseline();
    assertThat(baseline).isNotNull();
    return baseline == null ? Double.NaN : baseline;
  }

  /** All terms of a position are what attention wrote there, but for its bias. */
  @Property(tries = 40)
  void termsAddUpToTheAttentionOutput(@ForAll long seed) {
    Case c = new Case(seed, MODELS, Metric.Kind.LOGIT, BackwardRules.EXACT);
    MeanGradients gradients = c.run.gradients(GradientRun.Observer.NONE);
    ComponentScores zero = ComponentScores.patching(c.run, gradients, List.of());
    ForwardTrace source = c.other();
    ComponentScores patch = ComponentScores.patching(c.run, gradients, List.of(source));
    for (int l = 0; l < zero.layers().size(); l++) {
      double[] own = written(c, c.run.trace(), l, gradients);
      double[] others = written(c, source, l, gradients);
      for (int t = 0; t < own.length; t++) {
        double scale = Math.max(1, Math.abs(own[t]) + Math.abs(others[t]));
        assertThat(heads(zero.layers().get(l), t)).isCloseTo(-own[t], within(ROUNDING * scale));
        assertThat(heads(patch.layers().get(l), t))
            .isCloseTo(others[t] - own[t], within(ROUNDING * scale));
      }
    }
  }

  private static double[] written(Case c, ForwardTrace trace, int layer, MeanGradients gradients) {
    double[] products =
        TokenScores.products(trace.layer(layer).attnOut(), gradients.attention(layer));
    Tensor bias = c.model.weights().block(layer).attentionBias();
    if (bias != null) {
      for (int t = 0; t < products.length; t++) {
        products[t] -=
            TokenScores.products(
                bias.reshape(1, bias.dim(0)), gradients.attention(layer).rows(t, t + 1))[0];
      }
    }
    return products;
  }

  private static double heads(LayerScores layer, int t) {
    double sum = 0;
    for (int h = 0; h < layer.attention().dim(0); h++) {
      sum += layer.head(h, t);
    }
    return sum;
  }

  @Property(tries = 20)
  void patchingFromItselfDoesNothing(@ForAll long seed) {
    Case c = new Case(seed, MODELS, Metric.Kind.LOG_PROBABILITY, BackwardRules.EXACT);
    MeanGradients gradients = c.run.gradients(GradientRun.Observer.NONE);
    ComponentScores none =
        ComponentScores.patching(c.run, gradients, List.of(c.run.trace(), c.run.trace()));
    for (LayerScores layer : none.layers()) {
      assertThat(layer.attention().toFloats()).containsOnly(0);
      assertThat(layer.mlp()).containsOnly(0);
    }
  }

  /** How far attribution patching of all MLPs is from what is measured, part of the way there. */
  private static double gap(Case c, MeanGradients gradients, ForwardTrace source, float way) {
    PatchedRuns runs = new PatchedRuns(c.model, c.run.trace(), c.run.position());
    double base = c.run.metric().of(runs.logits());
    double gap = 0;
    for (int l = 0; l < source.nLayers(); l++) {
      for (int t = 0; t <= c.run.position(); t++) {
        Tensor from = c.run.trace().layer(l).mlpOut().rows(t, t + 1);
        Tensor change = Tensor.zeros(1, c.model.config().dModel());
        for (int i = 0; i < change.array().length; i++) {
          change.array()[i] = way * (source.layer(l).mlpOut().get(t, i) - from.get(0, i));
        }
        Site site = new Site.State(Site.Stage.MLP_OUT, l, t);
        double estimated = TokenScores.products(change, gradients.mlp(l).rows(t, t + 1))[0];
        Tensor vector = change.reshape(change.dim(1));
        double measured =
            c.run.metric().of(runs.logits(List.of(Intervention.add(site, vector)))) - base;
        gap += Math.abs(measured - estimated);
      }
    }
    return gap;
  }

  /** What is missed is of second order: of the square of the way to the source. */
  @Property(tries = 60)
  void halfTheWayTheGapIsAQuarter(@ForAll long seed) {
    Case c = new Case(seed, MODELS, Metric.Kind.LOGIT_DIFFERENCE, BackwardRules.EXACT);
    MeanGradients gradients = c.run.gradients(GradientRun.Observer.NONE);
    ForwardTrace source = c.other();
    // Where a third order cancels the second at one distance, it is a quarter of it at a quarter.
    double off = Math.min(off(c, gradients, source, WAY), off(c, gradients, source, WAY / 4));
    assertThat(off).isLessThan(1);
  }

  /** How far four times the gap at half the way is from the gap, of what is allowed. */
  private static double off(Case c, MeanGradients gradients, ForwardTrace source, float way) {
    double gap = gap(c, gradients, source, way);
    double half = gap(c, gradients, source, way / 2);
    int effects = source.nLayers() * (c.run.position() + 1);
    return Math.abs(4 * half - gap) / (THIRD_ORDER * gap + GAP_ROUNDING * effects);
  }
}
