package dev.limpid.attribution;

import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A golden model and a random prompt in its vocabulary and context. */
public record PromptCase(String name, Transformer model, List<Integer> tokens) {
  @Override
  public String toString() {
    return name + " " + tokens;
  }

  public static Arbitrary<PromptCase> any() {
    List<Transformer> models = new ArrayList<>();
    TensorOps ops = Backends.open("vector");
    try {
      for (var folder : TestData.goldenModels()) {
        models.add(ModelLoader.open(folder, ops));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arbitraries.of(models)
        .flatMap(model ->
            Combinators.combine(
                    Arbitraries.just(model),
                    Arbitraries.integers()
                        .between(0, model.config().dVocab() - 1)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(Math.min(19, model.config().nContext())))
                .as((m, tokens) -> new PromptCase(m.provenance().model(), m, tokens)));
  }
}
