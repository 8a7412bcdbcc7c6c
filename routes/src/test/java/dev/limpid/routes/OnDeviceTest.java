package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trace, contributions, routes and generated texts of a device are those of the processor. */
class OnDeviceTest {
  static Stream<Path> models() {
    return Stream.concat(TestData.demoModels().stream(), TestData.goldenModels().stream());
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyBitIsThatOfTheProcessor(Path folder) throws IOException {
    Transformer there = ModelLoader.open(folder, AllBackends.open("toy"));
    Transformer here = ModelLoader.open(folder, AllBackends.open("vector"));
    List<Integer> tokens = Fingerprint.prompt(here, 5, 1);
    assertThat(Fingerprint.of(there, tokens)).isEqualTo(Fingerprint.of(here, tokens));
  }
}
