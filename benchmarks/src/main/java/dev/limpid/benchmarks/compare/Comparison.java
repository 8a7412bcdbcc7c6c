package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the table of Limpid beside its peers; {@code benchmarks/compare} calls it. */
@Command(name = "compare", mixinStandardHelpOptions = true)
public final class Comparison implements Callable<Integer> {
  @Mixin private Settings settings = new Settings();

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

  private final PrintStream table = System.out;
  private final List<Result> results = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new Comparison()).execute(args));
  }

  /** Rows that are made when their turn comes, so that no peer waits in memory for others. */
  private interface Group {
    List<Row> rows(EngineRows engine) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    table.println("| what | beside | ours | theirs | ratio | to reach | |");
    table.println("|---|---|---|---|---|---|---|");
    for (Subject subject :
        List.of(settings.open("GPT-2 124M", gpt2), settings.open("SmolLM2-135M", smollm2))) {
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
    Machine machine = settings.machine();
    settings.append(results.stream().map(result -> Line.of(result, machine)).toList());
    return 0;
  }

  private void run(String name, Subject subject, Group group) throws IOException {
    if (groups.contains(name)) {
      try (Peers peers = settings.peers()) {
        time(group.rows(new EngineRows(subject, peers)));
      }
    }
  }

  private void time(List<Row> rows) throws IOException {
    for (Row row : rows) {
      Result result = settings.rounds(rounds).of(row);
      results.add(result);
      table.println(result.line());
    }
  }
}
