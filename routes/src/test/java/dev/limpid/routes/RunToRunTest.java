package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.vector.VectorOps;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The same bits from every run: what a fresh Java computes depends on the width of its vectors, but
 * neither on the number of threads nor on how much of it is compiled yet. Its vectors are those of
 * the Java that runs the test; .ci/run has narrower ones, too.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("long")
class RunToRunTest {
  private static final int[] LENGTHS = {1, 7, 33};

  /** Of one run: the first is interpreted for the most part, the last one compiled. */
  private static final int PASSES = 2;

  /** Runs that are compared; those of the same number of threads, too. */
  private static final int[] THREADS = {1, 2, 2, 3};

  /** Runs in a Java of its own; prints the vectors, then a line for each model and pass. */
  static final class Run {
    private Run() {}

    public static void main(String[] threads) throws IOException {
      BackendSettings settings = BackendSettings.DEFAULT.withThreads(Integer.parseInt(threads[0]));
      TensorOps ops = Backends.open("vector", settings);
      System.out.println(ops.description());
      for (Path folder : TestData.demoModels()) {
        Transformer model = ModelLoader.open(folder, ops);
        for (int pass = 0; pass < PASSES; pass++) {
          System.out.println(fingerprints(model));
        }
      }
    }

    private static List<String> fingerprints(Transformer model) {
      return IntStream.of(LENGTHS)
          .mapToObj(length -> Fingerprint.of(model, Fingerprint.prompt(model, length, length)))
          .toList();
    }
  }

  @Test
  void everyRunGivesTheSameBits() throws IOException, InterruptedException {
    List<String> first = run(THREADS[0]);
    assertThat(first).hasSize(TestData.demoModels().size() * PASSES);
    for (int i = 0; i < first.size(); i++) {
      assertThat(first.get(i)).as("pass " + i % PASSES).isEqualTo(first.get(i - i % PASSES));
    }
    for (int i = 1; i < THREADS.length; i++) {
      assertThat(run(THREADS[i])).as(THREADS[i] + " threads").isEqualTo(first);
    }
  }

  private static List<String> run(int threads) throws IOException, InterruptedException {
    String vectors = new VectorOps(1).description().replaceAll(".* (\\d+)-bit.*", "$1");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Xmx512m",
                "-XX:MaxVectorSize=" + Integer.parseInt(vectors) / Byte.SIZE,
                "-Dlimpid.root=" + TestData.root(),
                "-cp",
                System.getProperty("java.class.path"),
                Run.class.getName(),
                Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    List<String> lines = text.lines().toList();
    assertThat(lines.getFirst()).contains(vectors + "-bit vectors, " + threads + " thread");
    return lines.subList(1, lines.size());
  }
}
