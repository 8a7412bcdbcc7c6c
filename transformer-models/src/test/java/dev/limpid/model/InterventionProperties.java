package dev.limpid.model;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.config.Experts;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Change;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.model.intervene.Site.Stage;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What must hold of interventions whatever the model, the prompt and the change. */
class InterventionProperties {
  /** Sums in another order, relative to the largest number. */
  private static final double TOLERANCE = 1e-4;

  private static final int LONGEST = 9;

  private static final List<Transformer> MODELS = EveryModel.onBothBackends();

  /** A model and a prompt of it, both by chance. */
  private static final class Case {
    final Random random;
    final Transformer model;
    final ModelConfig config;
    final List<Integer> tokens;

    Case(long seed) {
      random = new Random(seed);
      model = EveryModel.any(MODELS, random);
      config = model.config();
      tokens = tokens(2 + random.nextInt(Math.min(LONGEST, config.nContext()) - 1));
    }

    List<Integer> tokens(int count) {
      return random.ints(count, 0, config.dVocab()).boxed().toList();
    }

    int last() {
      return tokens.size() - 1;
    }

    ForwardTrace run(List<Intervention> interventions) {
      return model.run(tokens, interventions, TraceDetail.FULL, LayerVisitor.NONE);
    }

    Tensor vector(int length) {
      Tensor vector = Tensor.zeros(length);
      for (int i = 0; i < length; i++) {
        vector.array()[i] = (float) random.nextGaussian();
      }
      return vector;
    }

    /** An intervention that begins at a layer and a position or later, where the model has one. */
    Intervention intervention(int fromLayer, int fromPosition) {
      while (true) {
        try {
          return anywhere(fromLayer, fromPosition).requireFits(config, tokens.size());
        } catch (IllegalArgumentException e) {
          assertThat(e).hasMessageFindingMatch("has experts|has no expert|read the same state");
        }
      }
    }

    private Intervention anywhere(int fromLayer, int fromPosition) {
      int l = fromLayer + random.nextInt(config.nLayers() - fromLayer);
      int t = fromPosition + random.nextInt(tokens.size() - fromPosition);
      int h = random.nextInt(config.nHeads());
      float factor = random.nextFloat() * 2;
      int experts = config.mlp().experts().map(Experts::count).orElse(1);
      return switch (random.nextInt(config.mlp().experts().isPresent() ? 13 : 8)) {
        case 0 -> Intervention.zero(new Site.State(stage(), l, t));
        case 1 -> Intervention.add(new Site.State(stage(), l, t), vector(config.dModel()));
        case 2 -> Intervention.scale(new Site.Head(l, h, t), factor);
        case 3 -> Intervention.put(new Site.Head(l, h, t), vector(config.dModel()));
        case 4 ->
            new Intervention(new Site.Head(l, h, t), new Change.PutMixed(vector(config.dHead())));
        case 5 -> Intervention.drop(new Site.Edge(l, h, t, random.nextInt(t + 1)));
        case 6 ->
            new Intervention(
                new Site.Edge(l, h, t, random.nextInt(t + 1)),
                new Change.PutMixed(vector(config.dHead())));
        case 8 -> Intervention.zero(new Site.Expert(l, random.nextInt(experts), t));
        case 9 -> Intervention.scale(new Site.Expert(l, random.nextInt(experts), t), factor);
        case 10 ->
            Intervention.put(
                new Site.Expert(l, random.nextInt(experts), t), vector(config.dModel()));
        case 11 ->
            Intervention.add(
                new Site.Expert(l, random.nextInt(experts), t), vector(config.dModel()));
        case 12 -> Intervention.scale(new Site.SharedExpert(l, t), factor);
        default ->
            Intervention.put(new Site.Neuron(l, random.nextInt(config.dMlp()), t), vector(1));
      };
    }

    List<Intervention> some(int fromLayer, int fromPosition) {
      return IntStream.range(0, 1 + random.nextInt(4))
          .mapToObj(_ -> intervention(fromLayer, fromPosition))
          .toList();
    }

    private Stage stage() {
      return List.of(Stage.values()).get(random.nextInt(Stage.values().length));
    }
  }

  @Property(tries = 100)
  void noInterventionsAreTheRunBitForBit(@ForAll long seed) {
    Case c = new Case(seed);
    ForwardTrace plain = c.model.trace(c.tokens, TraceDetail.FULL);
    assertThat(c.run(List.of()).logits().array()).isEqualTo(plain.logits().array());
    Tensor again = c.model.rerun(plain, List.of(List.of()), c.last(), _ -> {});
    assertThat(again.toFloats()).isEqualTo(plain.finalResidual().row(c.last()).toFloats());
  }

  @Property(tries = 100)
  void whatLiesInFrontIsUntouchedBitForBit(@ForAll long seed) {
    Case c = new Case(seed);
    int layer = c.random.nextInt(c.config.nLayers());
    int position = c.random.nextInt(c.tokens.size());
    ForwardTrace plain = c.run(List.of());
    ForwardTrace changed = c.run(c.some(layer, position));
    for (int l = 0; l < c.config.nLayers(); l++) {
      int same = l < layer ? c.tokens.size() : position;
      assertThat(changed.layer(l).residPost().rows(0, same).toFloats())
          .isEqualTo(plain.layer(l).residPost().rows(0, same).toFloats());
    }
  }

  @Property(tries = 100)
  void onlyWhatLiesDownstreamGivesWhatTheWholePassGives(@ForAll long seed) {
    Case c = new Case(seed);
    int target = c.random.nextInt(c.tokens.size());
    ForwardTrace plain = c.run(List.of());
    List<List<Intervention>> runs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      runs.add(c.some(0, c.random.nextInt(c.tokens.size())));
    }
    Tensor states = c.model.rerun(plain, runs, target, _ -> {});
    for (int i = 0; i < runs.size(); i++) {
      assertCloseToLargest(
          "states",
          states.row(i).toFloats(),
          c.run(runs.get(i)).finalResidual().row(target).toFloats(),
          TOLERANCE);
    }
  }

  @Property(tries = 100)
  void neitherOrderNorSizeOfTheStackMatters(@ForAll long seed) {
    Case c = new Case(seed);
    ForwardTrace plain = c.run(List.of());
    List<List<Intervention>> runs = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      runs.add(c.some(0, 0));
    }
    Tensor together = c.model.rerun(plain, runs, c.last(), _ -> {});
    List<List<Intervention>> shuffled = new ArrayList<>(runs);
    Collections.shuffle(shuffled, c.random);
    Tensor inAnotherOrder = c.model.rerun(plain, shuffled, c.last(), _ -> {});
    for (int i = 0; i < runs.size(); i++) {
      List<Intervention> run = runs.get(i);
      float[] alone = c.model.rerun(plain, List.of(run), c.last(), _ -> {}).toFloats();
      assertThat(together.row(i).toFloats()).isEqualTo(alone);
      assertThat(inAnotherOrder.row(shuffled.indexOf(run)).toFloats()).isEqualTo(alone);
    }
  }

  @Property(tries = 100)
  void aLayerTakenFromAnotherRunGivesThatRunsLogits(@ForAll long seed) {
    Case c = new Case(seed);
    ForwardTrace source = c.model.trace(c.tokens(c.tokens.size()), TraceDetail.FULL);
    int layer = c.random.nextInt(c.config.nLayers());
    List<Intervention> all = new ArrayList<>();
    for (int t = 0; t < c.tokens.size(); t++) {
      Tensor state = source.layer(layer).residPost().row(t);
      all.add(Intervention.put(new Site.State(Stage.RESID_POST, layer, t), state));
    }
    assertThat(c.run(all).logits().array()).isEqualTo(source.logits().array());
  }

  @Property(tries = 100)
  void allTermsOfAHeadAreTheHead(@ForAll long seed) {
    Case c = new Case(seed);
    int layer = c.random.nextInt(c.config.nLayers());
    int head = c.random.nextInt(c.config.nHeads());
    int t = c.random.nextInt(c.tokens.size());
    List<Intervention> terms =
        IntStream.rangeClosed(0, t)
            .mapToObj(k -> Intervention.zero(new Site.Edge(layer, head, t, k)))
            .toList();
    assertCloseToLargest(
        "states",
        c.run(terms).logits().array(),
        c.run(List.of(Intervention.zero(new Site.Head(layer, head, t)))).logits().array(),
        TOLERANCE);
  }

  @Property(tries = 100)
  void allHeadsZeroedLeaveTheBiasesOfAttention(@ForAll long seed) {
    Case c = new Case(seed);
    int layer = c.random.nextInt(c.config.nLayers());
    List<Intervention> heads = new ArrayList<>();
    for (int t = 0; t < c.tokens.size(); t++) {
      for (int h = 0; h < c.config.nHeads(); h++) {
        heads.add(Intervention.zero(new Site.Head(layer, h, t)));
      }
    }
    LayerTrace changed = c.run(heads).layer(layer);
    BlockWeights block = c.model.weights().block(layer);
    TensorOps ops = c.model.ops();
    Tensor mixed = ops.zeros(c.tokens.size(), block.attentionOut().inputs());
    SinkBias.of(ops, block, c.run(List.of()).layer(layer).pattern()).addTo(ops, mixed);
    Tensor raw = c.model.apply(new Linear(block.attentionOut(), block.attentionBias()), mixed);
    Tensor expected =
        new ResidualStream(c.config.residual(), ops).added(raw, block.attentionPostNorm());
    assertThat(changed.attnOut().toFloats()).isEqualTo(expected.toFloats());
  }

  @Property(tries = 100)
  void dropsInAnyOrderAreOneKnockout(@ForAll long seed) {
    Case c = new Case(seed);
    int layer = c.random.nextInt(c.config.nLayers());
    int head = c.random.nextInt(c.config.nHeads());
    int t = c.last();
    List<Intervention> drops = new ArrayList<>();
    for (int k = 0; k <= t; k++) {
      if (c.random.nextBoolean()) {
        drops.add(Intervention.drop(new Site.Edge(layer, head, t, k)));
      }
    }
    Tensor pattern = c.run(drops).layer(layer).pattern();
    double sum = 0;
    for (int k = 0; k <= t; k++) {
      sum += pattern.get(head, t, k);
    }
    double least = c.config.attention().scores().sinks() ? 0 : 1 - 1e-5;
    assertThat(sum)
        .satisfiesAnyOf(s -> assertThat(s).isZero(), s -> assertThat(s).isBetween(least, 1 + 1e-5));
    Collections.shuffle(drops, c.random);
    assertCloseToLargest(
        "states", c.run(drops).layer(layer).pattern().toFloats(), pattern.toFloats(), TOLERANCE);
  }

  @Property(tries = 100)
  void keptTermsWithTheRestOfTheSameRunAreTheRun(@ForAll long seed) {
    Case c = new Case(seed);
    ForwardTrace plain = c.run(List.of());
    List<Intervention> keep = new ArrayList<>();
    for (int l = 0; l < c.config.nLayers(); l++) {
      int n = Site.Terms.index(c.tokens.size(), c.config.nHeads(), 0, 0);
      BitSet kept = new BitSet();
      IntStream.range(0, n).filter(_ -> c.random.nextBoolean()).forEach(kept::set);
      LayerTrace layer = plain.layer(l);
      Change.Mixture same = new Change.Mixture(layer.pattern(), layer.value());
      keep.add(
          new Intervention(
              new Site.Terms(l), new Change.KeepTerms(c.tokens.size(), kept, List.of(same, same))));
    }
    float[] expected = plain.finalResidual().row(c.last()).toFloats();
    assertCloseToLargest(
        "states",
        c.model.rerun(plain, List.of(keep), c.last(), _ -> {}).toFloats(),
        expected,
        TOLERANCE);
    assertCloseToLargest(
        "states", c.run(keep).finalResidual().row(c.last()).toFloats(), expected, TOLERANCE);
  }

  @Property(tries = 100)
  void residualStatesAloneGiveTheSameChangedLayers(@ForAll long seed) {
    Case c = new Case(seed);
    List<Intervention> some = c.some(0, 0);
    ForwardTrace kept = c.run(some);
    ForwardTrace again = c.model.run(c.tokens, some, TraceDetail.RESIDUALS, LayerVisitor.NONE);
    for (int l = 0; l < c.config.nLayers(); l++) {
      assertThat(again.residPre(l).toFloats()).isEqualTo(kept.residPre(l).toFloats());
      assertThat(again.layer(l).residMid().toFloats())
          .isEqualTo(kept.layer(l).residMid().toFloats());
    }
  }
}
