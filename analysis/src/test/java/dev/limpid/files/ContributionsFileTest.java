package dev.limpid.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.Analysis;
import dev.limpid.DemoModel;
import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contributions that are written and read again. */
class ContributionsFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void givesBackWhatWasWritten(BiasOption bias) throws Exception {
    Path file = folder.resolve("contributions.safetensors");
    ContributionOptions options = new ContributionOptions(bias, 1e-5);
    Analysis analysis = DemoModel.open().analyse(DemoModel.PROMPT);
    ContributionsFile.write(file, analysis, options);
    long bytes = ContributionsFile.bytes(analysis.prompt(), options);
    assertThat(Files.size(file)).isBetween(bytes, bytes + 10_000);
    ContributionsFile read = ContributionsFile.read(file);

    assertThat(read.tokens()).isEqualTo(analysis.prompt().tokens());
    assertThat(read.metadata()).containsAllEntriesOf(analysis.model().facts());
    assertThat(read.contributions().options()).isEqualTo(options);
    Contributions expected = analysis.contributions(options);
    assertThat(read.contributions().layers()).hasSameSizeAs(expected.layers());
    LayerContributions one = read.contributions().layers().get(1);
    LayerContributions same = expected.layers().get(1);
    assertThat(one.attention().toFloats()).isEqualTo(same.attention().toFloats());
    assertThat(one.shares().mlpBias().toFloats()).isEqualTo(same.shares().mlpBias().toFloats());
    assertThat(route(read.contributions())).isEqualTo(route(expected));
  }

  private static Object route(Contributions contributions) {
    return new RouteExtractor(FlowGraph.of(contributions), ThresholdMode.RENORMALISED, 0.03)
        .routes();
  }

  @Test
  void aFileThatHoldsNoneIsRefusedByName() throws Exception {
    Path file = folder.resolve("other.safetensors");
    new SafetensorsWriter()
        .metadata("bias", "excluded")
        .metadata("floor", "0.0")
        .add("tokens", new int[] {1, 2})
        .write(file);
    assertThatThrownBy(() -> ContributionsFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": not contributions: it holds no 'layers.0.attention'");
    new SafetensorsWriter()
        .metadata("bias", "excluded")
        .metadata("floor", "0.0")
        .add("tokens", new int[] {1, 2})
        .add("layers.0.attention", Tensor.zeros(3, 3, 1))
        .write(file);
    assertThatThrownBy(() -> ContributionsFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'layers.0.attention' is [3, 3, 1], the prompt has 2 tokens");
  }
}
