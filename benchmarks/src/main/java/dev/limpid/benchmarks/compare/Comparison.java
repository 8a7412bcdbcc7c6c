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

  @Option(
      names = "--bundled",
      defaultValue = "testdata/models/demo-gpt2",
      description = "a model small enough to put every attention edge to zero: ${DEFAULT-VALUE}")
  private Path bundled = Path.of("");

  @Option(
      names = "--families",
      split = ",",
      defaultValue = "",
      description = "models of other families, for the rows of that name")
  private List<Path> families = List.of();

  @Option(
      names = "--lengths",
      split = ",",
      defaultValue = "16,128",
      description = "tokens in the prompts of the rows about families: ${DEFAULT-VALUE}")
  private List<Integer> lengths = List.of();

  @Option(names = "--openblas", defaultValue = "libopenblas.so.0")
  private String openBlas = "";

  @Option(names = "--mkl", required = true, description = "torch's libtorch_cpu.so")
  private String mkl = "";

  @Option(names = "--rounds", defaultValue = "7", description = "how often each side is timed")
  private int rounds;

  @Option(
      names = "--rows",
      split = ",",
      defaultValue =
          "forward,openvino,llama,heads,contributions,formula,routes,threads,generation,"
              + "reruns,sweep,gradients,autograd,prompts,corpus,answers,products,openblas",
      description = "groups of rows: ${DEFAULT-VALUE}")
  private Set<String> groups = Set.of();

  private final PrintStream table = System.out;
  private final List<Result> results = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new Comparison()).execute(args));
  }

  /** Rows that are made when their turn comes, so that no peer waits in memory for others. */
  private interface Group<R> {
    List<Row> rows(R about) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    table.println("| what | beside | ours | theirs | ratio | to reach | |");
    table.println("|---|---|---|---|---|---|---|");
    // These take much of the memory: nothing else is opened beside them, and one after the other.
    if (groups.contains("families")) {
      for (Path folder : families) {
        Subject subject = settings.open(folder.getFileName().toString(), folder);
        run("families", subject, rows -> rows.family(lengths));
      }
    }
    if (!groups.equals(Set.of("families"))) {
      smallModels();
    }
    Machine machine = settings.machine();
    settings.append(results.stream().map(result -> Line.of(result, machine)).toList());
    return 0;
  }

  private void smallModels() throws IOException {
    for (Subject subject :
        List.of(settings.open("GPT-2 124M", gpt2), settings.open("SmolLM2-135M", smollm2))) {
      run("forward", subject, EngineRows::forward);
      run("openvino", subject, EngineRows::openVino);
      run("heads", subject, EngineRows::heads);
      run("contributions", subject, EngineRows::contributions);
      run("formula", subject, EngineRows::formula);
      run("routes", subject, EngineRows::routes);
      run("threads", subject, EngineRows::threads);
      if (subject.name().startsWith("SmolLM2")) {
        run("llama", subject, EngineRows::llama);
        run("generation", subject, EngineRows::generation);
        runChanged("sweep", subject, InterventionRows::heads);
        runChanged("answers", subject, rows -> rows.answers(false, 16, 32, 64));
        runPrompts(subject);
      } else {
        runChanged("reruns", subject, InterventionRows::reruns);
      }
      runChanged("gradients", subject, InterventionRows::gradients);
      runChanged("autograd", subject, InterventionRows::autograd);
    }
    if (groups.contains("answers")) {
      Subject small = settings.open(bundled.getFileName().toString(), bundled);
      runChanged("answers", small, rows -> rows.answers(true, 16, 32));
    }
    if (groups.contains("prompts") || groups.contains("corpus")) {
      runPrompts(settings.open(bundled.getFileName().toString(), bundled));
    }
    for (int threads : new int[] {1, Runtime.getRuntime().availableProcessors()}) {
      if (groups.contains("products")) {
        time(new ProductRows(Blas.ofTorch(mkl, threads), threads).rows());
      }
      if (groups.contains("openblas")) {
        time(new ProductRows(Blas.open(openBlas, threads), threads).besideOpenBlas());
      }
    }
  }

  private void run(String name, Subject subject, Group<EngineRows> group) throws IOException {
    run(name, peers -> group.rows(new EngineRows(subject, peers)));
  }

  private void runChanged(String name, Subject subject, Group<InterventionRows> group)
      throws IOException {
    run(name, peers -> group.rows(new InterventionRows(subject, peers)));
  }

  private void runPrompts(Subject subject) throws IOException {
    run("prompts", peers -> new PromptRows(subject, peers).stacked());
    run("corpus", peers -> new PromptRows(subject, peers).corpus());
  }

  private void run(String name, Group<Peers> group) throws IOException {
    if (groups.contains(name)) {
      try (Peers peers = settings.peers()) {
        time(group.rows(peers));
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
