package dev.limpid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Updates;
import dev.limpid.attribution.logits.UpdateNorm;
import dev.limpid.model.LayerTrace;
import dev.limpid.routes.Node;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.ContrastGraphView;
import dev.limpid.view.HeadsView;
import dev.limpid.view.LogitsView;
import dev.limpid.view.MapsView;
import dev.limpid.view.PartsView;
import dev.limpid.view.SizesView;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a page asks about agrees with what the commands answer. */
class AnatomyTest {
  private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";
  private static final double FLOAT = 2e-4;
  private static final int LAYER = 2;

  private Analysis analysis;
  private Anatomy anatomy;

  @BeforeEach
  void open() throws Exception {
    analysis = DemoModel.open().analyse(PROMPT);
    anatomy = new Anatomy(analysis);
  }

  @Test
  void updatesOfAllHeadsAndTheBiasAreWhatAttentionWrote() throws Exception {
    LayerTrace trace = analysis.trace().layer(LAYER);
    Tensor bias = analysis.model().transformer().weights().block(LAYER).attentionBias();
    float[] sum = bias == null ? new float[trace.attnOut().dim(1)] : bias.toFloats();
    for (int h = 0; h < 8; h++) {
      float[] all = update(trace, h, null);
      float[] keys = new float[all.length];
      for (int k = 0; k <= analysis.last(); k++) {
        add(keys, update(trace, h, k));
      }
      assertThat(keys).containsExactly(all, org.assertj.core.data.Offset.offset(1e-4f));
      add(sum, all);
    }
    assertThat(sum)
        .containsExactly(
            trace.attnOut().row(analysis.last()).toFloats(),
            org.assertj.core.data.Offset.offset(1e-3f));
  }

  private float[] update(LayerTrace trace, int head, @Nullable Integer key) {
    return Updates.ofHead(analysis.model().transformer(), LAYER, trace, head, analysis.last(), key)
        .toFloats();
  }

  private static void add(float[] sum, float[] more) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += more[i];
    }
  }

  @Test
  void aNameMoverPromotesTheNameItReads() throws Exception {
    Anatomy.Update head =
        new Anatomy.Update(Anatomy.Component.HEAD, LAYER, 0, analysis.last(), null);

    assertThat(anatomy.update(head, UpdateNorm.RAW, 1).promoted().getFirst().text())
        .isEqualTo(" Mary");
  }

  @Test
  void mapsHoldWhatHeadsBroughtFromEachKey() throws Exception {
    int q = analysis.last();
    MapsView maps = anatomy.maps(LAYER, 0, 1, q, ContributionOptions.DEFAULT);

    assertThat(maps.attention()).hasSize(q);
    for (float[] row : maps.attention()) {
      double sum = IntStream.range(0, row.length).mapToDouble(k -> row[k]).sum();
      assertThat(sum).isCloseTo(1, within(FLOAT));
    }
    for (int key = 0; key <= q; key++) {
      HeadsView heads = analysis.heads(LAYER, q, key, ContributionOptions.DEFAULT);
      assertThat((double) maps.contribution().getLast()[key])
          .isEqualTo(heads.heads().getFirst().contribution());
    }
  }

  @Test
  void partsAddToOne() throws Exception {
    RouteSettings settings = RouteSettings.DEFAULT.withThreshold(0.04);
    PartsView parts =
        anatomy.parts(new Node(Node.Kind.AFTER_ATTENTION, LAYER, analysis.last()), settings);

    double kept = parts.keys().stream().mapToDouble(PartsView.Key::kept).sum();
    assertThat(parts.residual().kept() + kept + parts.bias() + parts.below())
        .isCloseTo(1, within(1e-9));
    assertThat(parts.keys().getFirst().key()).isEqualTo(2);
    assertThat(parts.mlp()).isNull();
  }

  @Test
  void sizesAreThoseOfTheRoutes() throws Exception {
    SizesView sizes =
        anatomy.sizes(analysis.last(), ThresholdMode.RENORMALISED, ContributionOptions.DEFAULT);

    assertThat(sizes.sizes()).hasSize(Anatomy.STOPS.size());
    for (SizesView.Size size : List.of(sizes.sizes().getFirst(), sizes.sizes().getLast())) {
      assertThat(analysis.route(size.threshold()).edges()).hasSize(size.edges());
      assertThat(analysis.route(size.threshold()).nodes()).hasSize(size.nodes());
    }
  }

  @Test
  void contrastHoldsTheLogitAndItsTokens() throws Exception {
    int mary = analysis.prompt().tokenId(" Mary");
    int ruth = analysis.prompt().tokenId(" Ruth");
    ContrastGraphView graph = anatomy.contrast(analysis.last(), mary, ruth, 100_000);
    LogitsView logits = analysis.logits(analysis.last(), mary, ruth, LogitsView.By.TOKEN);

    ContrastGraphView.NodeAmount last = graph.nodes().getLast();
    assertThat(last.towards() - last.away() + graph.biases())
        .isCloseTo(graph.logit(), within(FLOAT));
    assertThat(graph.logit()).isEqualTo(logits.logit());
    assertThat(graph.pruned()).isNull();
    for (var token : Objects.requireNonNull(logits.contrast()).tokens()) {
      ContrastGraphView.NodeAmount node =
          graph.nodes().stream()
              .filter(n -> n.id().equals("X0_" + token.position()))
              .findFirst()
              .orElseThrow();
      assertThat(node.towards()).isCloseTo(token.towards(), within(1e-9));
      assertThat(node.away()).isCloseTo(token.away(), within(1e-9));
    }
  }

  @Test
  void anotherAskerLeavesTheRunAsItIs() throws Exception {
    analysis.graph(ContributionOptions.DEFAULT, 0.005);
    Analysis other = analysis.heardBy(Progress.NONE);

    other.graph(ContributionOptions.DEFAULT, 0);

    assertThat(other.trace()).isSameAs(analysis.trace());
    assertThat(analysis.graph(ContributionOptions.DEFAULT, 0.005).finest()).isEqualTo(0.005);
  }
}
