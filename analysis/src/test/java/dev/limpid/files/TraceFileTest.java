package dev.limpid.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.Analysis;
import dev.limpid.DemoModel;
import dev.limpid.LanguageModel;
import dev.limpid.NoSuchPartException;
import dev.limpid.model.LayerTrace;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces that are written and read again. */
class TraceFileTest {
  @TempDir Path folder;
  private Path file;
  private Analysis analysis;

  @BeforeEach
  void run() throws Exception {
    file = folder.resolve("trace.safetensors");
    LanguageModel model = DemoModel.open();
    analysis = model.analyse(DemoModel.PROMPT);
  }

  @Test
  void theSizeIsKnownBefore() throws Exception {
    Analysis analysis = DemoModel.open().analyse(DemoModel.PROMPT);
    Path path = folder.resolve("trace.safetensors");
    TraceFile.write(path, analysis, Set.of(1, 3), TraceTensor.USUAL);
    long bytes = TraceFile.bytes(analysis.prompt(), Set.of(1, 3), TraceTensor.USUAL);
    assertThat(Files.size(path)).isBetween(bytes - 10_000, bytes + 10_000);
    TraceFile.write(path, analysis, null, Set.of(TraceTensor.LOGITS, TraceTensor.PATTERN));
    bytes =
        TraceFile.bytes(analysis.prompt(), null, Set.of(TraceTensor.LOGITS, TraceTensor.PATTERN));
    assertThat(Files.size(path)).isBetween(bytes, bytes + 10_000);
  }

  @Test
  void givesBackWhatWasWritten() throws Exception {
    TraceFile.write(file, analysis, null, TraceTensor.USUAL);
    TraceFile read = TraceFile.read(file);
    assertThat(read.tokens()).isEqualTo(analysis.prompt().tokens());
    assertThat(read.metadata()).isEqualTo(analysis.model().facts());
    assertThat(read.layers()).hasSize(analysis.trace().nLayers());
    assertThat(read.logits().orElseThrow().toFloats())
        .isEqualTo(analysis.trace().logits().toFloats());
    LayerTrace layer = analysis.trace().layer(1);
    assertSame(read, 1, TraceTensor.RESID_POST, layer.residPost());
    assertSame(read, 1, TraceTensor.PATTERN, layer.pattern());
    assertSame(read, 1, TraceTensor.VALUE, layer.value());
    assertSame(read, 1, TraceTensor.NEURON_POST, layer.neuronPost());
    assertThat(read.kinds(1))
        .doesNotContain(TraceTensor.LOGITS, TraceTensor.QUERY, TraceTensor.KEY)
        .contains(TraceTensor.HEAD_OUT, TraceTensor.VALUE_BIAS);
  }

  private static void assertSame(TraceFile read, int layer, TraceTensor kind, Tensor expected)
      throws IOException {
    Tensor tensor = read.tensor(layer, kind).orElseThrow();
    assertThat(tensor.shape()).isEqualTo(expected.shape());
    assertThat(tensor.toFloats()).isEqualTo(expected.toFloats());
  }

  @Test
  void queriesAndKeysAreThereIfTheyAreAskedFor() throws Exception {
    TraceFile.write(file, analysis, Set.of(2), EnumSet.of(TraceTensor.QUERY, TraceTensor.KEY));
    TraceFile read = TraceFile.read(file);
    assertThat(read.layers()).containsExactly(2);
    assertThat(read.kinds(2)).containsExactlyInAnyOrder(TraceTensor.QUERY, TraceTensor.KEY);
    assertThat(read.logits()).isEmpty();
    Tensor query = read.tensor(2, TraceTensor.QUERY).orElseThrow();
    Tensor flat = analysis.trace().layer(2).queries();
    int dHead = query.dim(2);
    assertThat(query.dim(1)).isEqualTo(15);
    for (int h = 0; h < query.dim(0); h++) {
      assertThat(query.get(h, 7, 3)).isEqualTo(flat.get(7, h * dHead + 3));
    }
  }

  @Test
  void aLayerThatIsNotThereLeavesWhatWasBefore() throws Exception {
    Files.writeString(file, "before");
    assertThatThrownBy(() -> TraceFile.write(file, analysis, Set.of(77), TraceTensor.USUAL))
        .isInstanceOf(NoSuchPartException.class)
        .hasMessageStartingWith("layer 77 is not in the model");
    assertThat(file).hasContent("before");
  }

  @Test
  void aFileThatIsNoTraceIsRefusedByName() throws Exception {
    new SafetensorsWriter().add("x", Tensor.zeros(2)).write(file);
    assertThatThrownBy(() -> TraceFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": not a trace: it holds no tensor 'tokens'");
  }
}
