package dev.limpid.attribution.logits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an MLP's output promotes and suppresses. */
class UpdateLensTest {
  private static final int TOP = 4;

  @Test
  void whatAnUpdatePromotesItsOppositeSuppresses() throws IOException {
    Transformer model = model();
    UpdateLens lens = new UpdateLens(model, TOP, UpdateNorm.RAW);
    float[] update = update(model).toFloats();
    float[] opposite = new float[update.length];
    for (int i = 0; i < update.length; i++) {
      opposite[i] = -update[i];
    }

    UpdateReading reading = lens.read(Tensor.of(update, update.length));
    UpdateReading negated = lens.read(Tensor.of(opposite, update.length));

    assertThat(reading.promoted()).hasSize(TOP);
    assertThat(ids(negated.suppressed())).isEqualTo(ids(reading.promoted()));
    assertThat(ids(negated.promoted())).isEqualTo(ids(reading.suppressed()));
    assertThat(negated.promoted().getFirst().logit())
        .isEqualTo(-reading.suppressed().getFirst().logit());
  }

  @Test
  void throughItsOwnNormItIsReadLikeAState() throws IOException {
    Transformer model = model();
    Tensor update = update(model);

    UpdateReading reading = new UpdateLens(model, TOP, UpdateNorm.OWN_NORM).read(update);

    LensReading state = new LogitLens(model, TOP).read(update.reshape(1, update.dim(0))).getFirst();
    assertThat(ids(reading.promoted()))
        .isEqualTo(state.top().stream().map(Prediction::id).toList());
    assertThat(reading.promoted().getFirst().logit()).isEqualTo(state.top().getFirst().logit());
  }

  private static List<Integer> ids(List<TokenLogit> tokens) {
    return tokens.stream().map(TokenLogit::id).toList();
  }

  private static Transformer model() throws IOException {
    return ModelLoader.open(
        TestData.folder().resolve("goldens/gpt2-erf-gelu"), Backends.open("vector"));
  }

  private static Tensor update(Transformer model) {
    return model.trace(List.of(1, 2, 3), TraceDetail.FULL).layer(1).mlpOut().row(2);
  }
}
