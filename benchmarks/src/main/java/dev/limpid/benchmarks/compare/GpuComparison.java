package dev.limpid.benchmarks.compare;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * Times a device beside PyTorch on the same one; {@code benchmarks/compare-gpu} calls it. It needs
 * no repository around it.
 */
@Command(name = "compare-gpu", mixinStandardHelpOptions = true)
public final class GpuComparison implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME=FOLDER",
      description = "models that both sides run")
  private Map<String, Path> models = Map.of();

  @Option(names = "--device", defaultValue = "opencl", description = "as 'limpid doctor' lists it")
  private String device = "";

  @Option(names = "--python", required = true, description = "python with torch and transformers")
  private Path python = Path.of("");

  @Option(names = "--peer", required = true, description = "the script peer.py")
  private Path script = Path.of("");

  @Option(names = "--prose", required = true, description = "a text that prompts are taken from")
  private Path prose = Path.of("");

  @Option(names = "--commit", required = true, description = "of the classes that are measured")
  private String commit = "";

  @Option(names = "--positions", split = ",", defaultValue = "16,128,512,1024")
  private List<Integer> positions = List.of();

  @Option(names = "--formula", defaultValue = "128", description = "positions; 0 for no such row")
  private int formula;

  @Option(names = "--limpid", description = "jar of the command, to time whole processes as well")
  private Optional<Path> limpid = Optional.empty();

  @Option(names = "--rounds", defaultValue = "7", description = "how often each side is timed")
  private int rounds;

  @Option(names = "--warm", defaultValue = "1.5", description = "seconds of work of each side")
  private double warm;

  @Option(names = "--out", required = true, description = "file of JSON lines to add to")
  private Path out = Path.of("");

  private final PrintStream table = System.out;

  public static void main(String[] args) {
    System.exit(new CommandLine(new GpuComparison()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    TensorOps ops =
        Backends.openOn(device, BackendSettings.DEFAULT.withDevice(device), System.err::println);
    System.err.println("on " + ops.description());
    table.println("| what | beside | ours | theirs | ratio | to reach | |");
    table.println("|---|---|---|---|---|---|---|");
    for (Map.Entry<String, Path> model : models.entrySet()) {
      Subject subject = Subject.open(model.getKey(), model.getValue(), prose, ops);
      int context = subject.model().config().nContext();
      try (Peer eager = peer(subject, "HuggingFace")) {
        GpuRows rows = new GpuRows(subject, eager);
        for (int t : positions) {
          if (t <= context) {
            for (Row row : rows.of(t)) {
              time(row, ops, eager);
            }
          }
        }
        time(rows.generation(), ops, eager);
        if (formula > 0) {
          try (Peer broadcast = peer(subject, "Formula")) {
            time(rows.formula(broadcast, Math.min(formula, context)), ops, broadcast);
          }
        }
        if (limpid.isPresent()) {
          time(wholeProcess(subject, limpid.get()), ops, eager);
        }
      }
    }
    return 0;
  }

  private Peer peer(Subject subject, String name) throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    return new Peer(python, script, subject.folder(), name, threads);
  }

  private Row wholeProcess(Subject subject, Path jar) {
    return new Row(
        subject.name() + ": limpid explain, whole process, 16 tokens",
        "the same on the processor",
        Goal.timesAsFast(1),
        process(subject, jar, List.of("--device", device)),
        process(subject, jar, List.of()));
  }

  private static Timed process(Subject subject, Path jar, List<String> more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-jar", jar.toString()));
    command.addAll(List.of("explain", "--json", "--model", subject.folder().toString()));
    command.addAll(more);
    String ids = String.join(",", subject.tokens(16).stream().map(String::valueOf).toList());
    command.addAll(List.of("--tokens", ids));
    return () -> {
      long began = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        if (process.waitFor() != 0) {
          throw new IOException("failed: " + String.join(" ", command));
        }
      } catch (InterruptedException e) {
        process.destroy();
        throw new IOException("interrupted", e);
      }
      return (System.nanoTime() - began) / 1e9;
    };
  }

  /** Times a row and writes it at once: a machine may be taken away in the middle. */
  private void time(Row row, TensorOps ops, Peer peer) throws IOException {
    Result result = new Rounds(rounds, warm).of(row);
    table.println(result.line());
    GpuLine line =
        new GpuLine(
            Line.of(result, Machine.of(commit)),
            ops.description(),
            peer.about().path("ready").asString(),
            peer.about().path("device").asString());
    Files.createDirectories(out.toAbsolutePath().getParent());
    Files.write(
        out,
        List.of(new JsonMapper().writeValueAsString(line)),
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
