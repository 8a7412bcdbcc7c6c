package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Prints the table of Limpid beside its peers; {@code benchmarks/compare} calls it. */
@Command(name = "compare", mixinStandardHelpOptions = true)
public final class Comparison implements Callable<Integer> {
  @Option(names = "--root", required = true, description = "the project's folder")
  private Path root = Path.of("");

  @Option(names = "--python", required = true, description = "python with requirements.txt")
  private Path python = Path.of("");

  @Option(
      names = "--python-lens2",
      required = true,
      description = "python with requirements-lens2.txt")
  private Path pythonLens2 = Path.of("");

  @Option(names = "--gpt2", required = true, description = "a model of GPT-2's shape")
  private Path gpt2 = Path.of("");

  @Option(names = "--smollm2", required = true, description = "SmolLM2-135M, F16")
  private Path smollm2 = Path.of("");

  @Option(names = "--openblas", defaultValue = "libopenblas.so.0")
  private String openBlas = "";

  @Option(names = "--rounds", defaultValue = "7", description = "how often each side is timed")
  private int rounds;

  @Option(
      names = "--rows",
      split = ",",
      defaultValue = "forward,heads,contributions,formula,routes,threads,generation,products",
      description = "groups of rows: ${DEFAULT-VALUE}")
  private Set<String> groups = Set.of();

  @Option(
      names = "--out",
      required = true,
      description = "file of JSON lines that results are added to")
  private Path out = Path.of("");

  private final PrintStream table = System.out;
  private final List<Result> results = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new Comparison()).execute(args));
  }

  /** Starts peers and ends them. */
  static final class Peers implements AutoCloseable {
    private final Comparison settings;
    private final List<Peer> started = new ArrayList<>();

    Peers(Comparison settings) {
      this.settings = settings;
    }

    Peer start(Subject subject, String name) throws IOException {
      Path python = name.equals("Hooked") ? settings.pythonLens2 : settings.python;
      Path script = settings.root.resolve("benchmarks/peers/peer.py");
      int threads = Runtime.getRuntime().availableProcessors();
      Peer peer = new Peer(python, script, subject.folder(), name, threads);
      started.add(peer);
      return peer;
    }

    @Override
    public void close() {
      started.forEach(Peer::close);
    }
  }

  /** Rows that are made when their turn comes, so that no peer waits in memory for others. */
  private interface Group {
    List<Row> rows(EngineRows engine) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    table.println("| what | beside | ours | theirs | ratio | to reach | |");
    table.println("|---|---|---|---|---|---|---|");
    Path prose = root.resolve("README.md");
    for (Subject subject :
        List.of(
            Subject.open("GPT-2 124M", gpt2, prose),
            Subject.open("SmolLM2-135M", smollm2, prose))) {
      run("forward", subject, EngineRows::forward);
      run("heads", subject, EngineRows::heads);
      run("contributions", subject, EngineRows::contributions);
      run("formula", subject, EngineRows::formula);
      run("routes", subject, EngineRows::routes);
      run("threads", subject, EngineRows::threads);
      if (subject.name().startsWith("SmolLM2")) {
        run("generation", subject, EngineRows::generation);
      }
    }
    if (groups.contains("products")) {
      for (int threads : new int[] {1, Runtime.getRuntime().availableProcessors()}) {
        time(new ProductRows(new OpenBlas(openBlas, threads), threads).rows());
      }
    }
    append();
    return 0;
  }

  private void run(String name, Subject subject, Group group) throws IOException {
    if (groups.contains(name)) {
      try (Peers peers = new Peers(this)) {
        time(group.rows(new EngineRows(subject, peers)));
      }
    }
  }

  private void time(List<Row> rows) throws IOException {
    for (Row row : rows) {
      Result result = new Rounds(rounds).of(row);
      results.add(result);
      table.println(result.line());
    }
  }

  private void append() throws IOException {
    JsonMapper json = new JsonMapper();
    Machine machine = Machine.here(root);
    List<String> lines = new ArrayList<>();
    for (Result result : results) {
      lines.add(json.writeValueAsString(Line.of(result, machine)));
    }
    Files.write(
        out, lines, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
