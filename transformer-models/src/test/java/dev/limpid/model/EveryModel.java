package dev.limpid.model;

import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.load.RandomModel;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The small models of every family, and the bundled ones. */
final class EveryModel {
  private EveryModel() {}

  /** Opens each on each backend of the processor. */
  static List<Transformer> onBothBackends() {
    List<Path> folders =
        Stream.of(TestData.goldenModels(), TestData.demoModels()).flatMap(List::stream).toList();
    List<Transformer> models = new ArrayList<>();
    for (String backend : List.of("reference", "vector")) {
      for (Path folder : folders) {
        try {
          models.add(ModelLoader.open(folder, Backends.open(backend)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return models;
  }

  /** Draws one of some models, or one of random facts and weights. */
  static Transformer any(List<Transformer> models, Random random) {
    if (random.nextBoolean()) {
      return models.get(random.nextInt(models.size()));
    }
    String backend = random.nextBoolean() ? "reference" : "vector";
    return RandomModel.any(random).open(Backends.open(backend), LayerStorage.IN_MEMORY);
  }
}
