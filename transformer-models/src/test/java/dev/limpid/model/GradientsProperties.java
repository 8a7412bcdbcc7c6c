package dev.limpid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Norm;
import dev.limpid.model.intervene.Change;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.model.intervene.Site.Stage;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What must hold of gradients whatever the model and the prompt, measured by interventions. */
class GradientsProperties {
  /** How far a state is moved, as a share of its length. */
  private static final float STEP = 0.01f;

  /** Of a difference quotient with what is left of the fifth derivative, relative to it. */
  private static final double SLOPE = 0.02;

  /** Rounding of logits in float32, relative to the largest, over the step. */
  private static final double NOISE = 5e-6;

  private static final int LONGEST = 9;

  private static final List<Transformer> MODELS = EveryModel.onBothBackends();

  /** A model, a prompt of it, and the logit that is differentiated, all by chance. */
  private static final class Case {
    final Random random;
    final Transformer model;
    final ModelConfig config;
    final ForwardTrace trace;
    final int target;
    final Tensor direction;

    Case(long seed) {
      random = new Random(seed);
      model = EveryModel.any(MODELS, random);
      config = model.config();
      int count = 2 + random.nextInt(Math.min(LONGEST, config.nContext()) - 1);
      trace =
          model.trace(
              random.ints(count, 0, config.dVocab()).boxed().toList(),
              random.nextBoolean() ? TraceDetail.FULL : TraceDetail.RESIDUALS);
      target = random.nextInt(count);
      direction = Tensor.zeros(config.dVocab());
      for (int v = 0; v < config.dVocab(); v++) {
        direction.array()[v] = (float) random.nextGaussian();
      }
    }

    List<LayerGradients> gradients(BackwardRules rules) {
      List<LayerGradients> layers = new ArrayList<>();
      new Gradients(model, rules)
          .run(trace, target, direction, (l, _, g) -> layers.addFirst(g.each(Tensor::toHeap)));
      return layers;
    }

    /** The number that is differentiated, in a changed run. */
    double value(List<Intervention> interventions) {
      ForwardTrace run =
          model.run(trace.tokens(), interventions, TraceDetail.RESIDUALS, LayerVisitor.NONE);
      return dot(run.logits(target), direction);
    }

    /**
     * How the number changes with the size of a change, by differences of two widths. Where that is
     * not as expected, a kink, as of ReLU, or a jump to other experts may lie within the step: then
     * one of its sides is smooth, or a narrower step is, and the nearest of these counts.
     */
    double slope(List<Intervention> always, Function<Float, Intervention> by, double expected) {
      double wide = quotient(always, by, STEP);
      double narrow = quotient(always, by, STEP / 2);
      double nearest = (4 * narrow - wide) / 3;
      double here = value(always);
      for (float step : new float[] {STEP / 4, STEP / 10, STEP / 40}) {
        if (Math.abs(nearest - expected) <= SLOPE * Math.abs(expected) + noise()) {
          return nearest;
        }
        double up = (value(with(always, by.apply(step))) - here) / step;
        double down = (here - value(with(always, by.apply(-step)))) / step;
        for (double slope : new double[] {up, down, (up + down) / 2}) {
          nearest = Math.abs(slope - expected) < Math.abs(nearest - expected) ? slope : nearest;
        }
      }
      return nearest;
    }

    private static List<Intervention> with(List<Intervention> always, Intervention one) {
      List<Intervention> all = new ArrayList<>(always);
      all.add(one);
      return all;
    }

    private double quotient(
        List<Intervention> always, Function<Float, Intervention> by, float step) {
      double up = value(with(always, by.apply(step)));
      double down = value(with(always, by.apply(-step)));
      return (up - down) / (2 * step);
    }

    double noise() {
      return NOISE * Math.sqrt(dot(trace.logits(target), trace.logits(target))) / STEP;
    }

    /** Checks a state's gradient along itself: where it is steepest. */
    void isSlope(
        Stage stage,
        int layer,
        int position,
        Tensor state,
        Tensor gradient,
        List<Intervention> always) {
      double length = Math.sqrt(dot(gradient, gradient));
      double size = Math.sqrt(dot(state, state));
      if (length == 0) {
        return; // behind the target, or what nothing reads: the next property
      }
      double slope =
          slope(
              always,
              step ->
                  Intervention.add(
                      new Site.State(stage, layer, position),
                      times(gradient, (float) (step * size / length))),
              length * size);
      assertThat(slope)
          .as("%s %s.%d@%d of %s", model.provenance().model(), stage, layer, position, target)
          .isCloseTo(length * size, within(SLOPE * length * size + noise()));
    }
  }

  @Property(tries = 60)
  void statesAreSteepAsInterventionsSay(@ForAll long seed) {
    Case c = new Case(seed);
    List<LayerGradients> gradients = c.gradients(BackwardRules.EXACT);
    int l = c.random.nextInt(c.config.nLayers());
    int t = c.random.nextInt(c.target + 1);
    LayerTrace states = c.trace.layer(l).toHeap();
    LayerGradients g = gradients.get(l);
    List<Intervention> none = List.of();
    c.isSlope(Stage.RESID_PRE, l, t, states.residPre().row(t), g.residPre().row(t), none);
    if (!c.config.residual().isParallel()) {
      c.isSlope(Stage.RESID_MID, l, t, states.residMid().row(t), g.residMid().row(t), none);
    }
    c.isSlope(Stage.ATTN_OUT, l, t, states.attnOut().row(t), g.attnOut().row(t), none);
    c.isSlope(Stage.MLP_OUT, l, t, states.mlpOut().row(t), g.mlpOut().row(t), none);
    c.isSlope(Stage.RESID_POST, l, t, states.residPost().row(t), g.residPost().row(t), none);
  }

  @Property(tries = 60)
  void frozenPatternsAreThoseOfTheRun(@ForAll long seed) {
    Case c = new Case(seed);
    List<LayerGradients> gradients = c.gradients(BackwardRules.PATTERNS_FROZEN);
    List<Intervention> frozen = new ArrayList<>();
    for (int l = 0; l < c.config.nLayers(); l++) {
      frozen.add(
          new Intervention(
              new Site.Terms(l), new Change.PutPattern(c.trace.layer(l).pattern().toHeap())));
    }
    int t = c.random.nextInt(c.target + 1);
    Tensor state = c.trace.residPre(0).row(t).toHeap();
    c.isSlope(Stage.RESID_PRE, 0, t, state, gradients.getFirst().residPre().row(t), frozen);
  }

  @Property(tries = 60)
  void termsAndNeuronsAreSteepAsInterventionsSay(@ForAll long seed) {
    Case c = new Case(seed);
    List<LayerGradients> gradients = c.gradients(BackwardRules.EXACT);
    int l = c.random.nextInt(c.config.nLayers());
    int t = c.random.nextInt(c.target + 1);
    int k = c.random.nextInt(t + 1);
    int h = c.random.nextInt(c.config.nHeads());
    LayerTrace states = c.trace.layer(l).toHeap();

    double term = states.pattern().get(h, t, k) * gradients.get(l).pattern().get(h, t, k);
    double slope =
        c.slope(List.of(), step -> Intervention.scale(new Site.Edge(l, h, t, k), 1 + step), term);
    assertThat(slope).isCloseTo(term, within(SLOPE * Math.abs(term) + c.noise()));

    if (states.experts() != null) {
      expertsAreSteepAsInterventionsSay(c, l, t, states.experts(), gradients.get(l).mlpRaw());
      return; // neurons of experts are no site
    }
    int n = c.random.nextInt(c.config.dMlp());
    double neuron = states.neuronPost().get(t, n) * gradients.get(l).neuronPost().get(t, n);
    slope =
        c.slope(List.of(), step -> Intervention.scale(new Site.Neuron(l, n, t), 1 + step), neuron);
    assertThat(slope).isCloseTo(neuron, within(SLOPE * Math.abs(neuron) + c.noise()));
  }

  /** Experts that wrote, by what they wrote; one that did not, by what is put there. */
  private static void expertsAreSteepAsInterventionsSay(
      Case c, int l, int t, ExpertTrace experts, Tensor gradient) {
    Tensor along = gradient.row(t);
    for (int e = 0; e < experts.router().dim(1); e++) {
      Site site = new Site.Expert(l, e, t);
      double size = Math.sqrt(dot(experts.out(t, 0), experts.out(t, 0)));
      double length = Math.sqrt(dot(along, along));
      float by = length == 0 ? 0 : (float) (size / length);
      double expected =
          experts.outOf(e, t).map(out -> dot(out, along)).orElse((double) by * length * length);
      boolean wrote = experts.outOf(e, t).isPresent();
      double slope =
          c.slope(
              List.of(),
              step ->
                  wrote
                      ? Intervention.scale(site, 1 + step)
                      : Intervention.add(site, times(along, step * by)),
              expected);
      assertThat(slope)
          .as("%s of %s", site, c.model.provenance().model())
          .isCloseTo(expected, within(SLOPE * Math.abs(expected) + c.noise()));
    }
    if (experts.shared() != null) {
      double expected = dot(experts.shared().row(t), along);
      Site site = new Site.SharedExpert(l, t);
      double slope = c.slope(List.of(), step -> Intervention.scale(site, 1 + step), expected);
      assertThat(slope).isCloseTo(expected, within(SLOPE * Math.abs(expected) + c.noise()));
    }
  }

  @Property(tries = 40)
  void nothingBehindTheTargetCounts(@ForAll long seed) {
    Case c = new Case(seed);
    List<LayerGradients> gradients = c.gradients(BackwardRules.EXACT);
    for (LayerGradients g : gradients) {
      for (int t = c.target + 1; t < c.trace.nPositions(); t++) {
        assertThat(g.residPre().row(t).toFloats()).containsOnly(0);
        assertThat(g.residPost().row(t).toFloats()).containsOnly(0);
      }
    }
    for (int t = 0; t < c.trace.nPositions(); t++) {
      float[] last = gradients.getLast().residMid().row(t).toFloats();
      if (t != c.target) {
        assertThat(last).containsOnly(0);
      }
    }
  }

  /** A LayerNorm does not see the mean of a state, so no gradient has one. */
  @Property(tries = 40)
  void meansDoNotCountBehindALayerNorm(@ForAll long seed) {
    Case c = new Case(seed);
    if (c.config.norm().kind() != Norm.Kind.LAYER_NORM
        || !c.config.residual().preNorms()
        || !c.config.head().normed()) {
      return;
    }
    for (LayerGradients g : c.gradients(BackwardRules.EXACT)) {
      for (int t = 0; t <= c.target; t++) {
        hasNoMean(g.residPre().row(t));
        if (!c.config.residual().isParallel()) {
          hasNoMean(g.residMid().row(t));
        }
      }
    }
  }

  private static void hasNoMean(Tensor gradient) {
    double sum = 0;
    double magnitude = 0;
    for (float x : gradient.toFloats()) {
      sum += x;
      magnitude += Math.abs(x);
    }
    assertThat(sum).isCloseTo(0, within(1e-5 * magnitude));
  }

  /** The last norm does not see how long a state is, but for its epsilon. */
  @Property(tries = 60)
  void lengthDoesNotCountBeforeTheLastNorm(@ForAll long seed) {
    Case c = new Case(seed);
    if (!c.model.weights().finalNorm().isThere()) {
      return;
    }
    Tensor gradient = c.gradients(BackwardRules.EXACT).getLast().residPost().row(c.target);
    Tensor state = c.trace.finalResidual().row(c.target).toHeap();
    double meanSquare = 0;
    for (float x : state.toFloats()) {
      meanSquare += (double) x * x / state.size();
    }
    double lengths = Math.sqrt(dot(gradient, gradient) * dot(state, state));
    double share = 1e-5 + 100 * c.config.norm().epsilon() / meanSquare;
    assertThat(dot(gradient, state)).isCloseTo(0, within(share * lengths));
  }

  @Property(tries = 10)
  void aChangedRunIsRefused(@ForAll long seed) {
    Case c = new Case(seed);
    ForwardTrace changed =
        c.model.run(
            c.trace.tokens(),
            List.of(Intervention.zero(new Site.Head(0, 0, 0))),
            TraceDetail.FULL,
            LayerVisitor.NONE);
    assertThatThrownBy(() ->
            new Gradients(c.model, BackwardRules.EXACT)
                .run(changed, c.target, c.direction, GradientVisitor.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("interventions");
  }

  private static double dot(Tensor a, Tensor b) {
    float[] x = a.toFloats();
    float[] y = b.toFloats();
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (double) x[i] * y[i];
    }
    return sum;
  }

  private static Tensor times(Tensor x, float factor) {
    float[] scaled = x.toFloats();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return Tensor.of(scaled, scaled.length);
  }
}
