package dev.limpid.benchmarks.compare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.gradients.AllGradients;
import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.gradients.GradientRun;
import dev.limpid.attribution.gradients.MeanGradients;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/**
 * Does one thing to one prompt and prints what this process held in memory at most, as a JSON line;
 * {@code benchmarks/compare} and {@code benchmarks/least-heap} call it. From the project's folder,
 * on Linux.
 */
@Command(name = "memory", mixinStandardHelpOptions = true)
public final class MemoryRun implements Callable<Integer> {
  private static final double THRESHOLD = 0.04;

  /** Points of a path. */
  private static final int STEPS = 16;

  /** What is done. */
  enum Work {
    /** The whole trace and the contributions of all layers, both kept. */
    FULL("everything kept, and contributions"),
    /** The whole trace alone, which gradients are compared with. */
    TRACE("everything kept"),
    /** The residual states, and the gradients of all states, both kept. */
    GRADIENTS("residuals kept, and the gradients of all states"),
    /** Attribution patching along a path of 16 points from another prompt. */
    PATH("attribution patching along a path, 16 points"),
    /** The whole trace, and from it the route of the last position. */
    FULL_ROUTE("everything kept, and a route"),
    /** The residual states alone, and from them the route of the last position. */
    RESIDUALS("residuals kept, and a route"),
    /** The residual states, and the route of the last position, while the prompt runs. */
    ONE_PASS("residuals kept, and a route, in one pass");

    private final String what;

    Work(String what) {
      this.what = what;
    }
  }

  private record Line(
      String what, int rounds, double seconds, long resident_mb, @JsonUnwrapped Machine machine) {}

  @Parameters(index = "0", paramLabel = "MODEL")
  private Path folder = Path.of("");

  @Parameters(index = "1", paramLabel = "T", description = "tokens in the prompt")
  private int count;

  @Parameters(index = "2", description = "${COMPLETION-CANDIDATES}")
  private Work work = Work.FULL;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new MemoryRun()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Path root = Path.of(".");
    Subject subject =
        Subject.open(folder.getFileName().toString(), folder, root.resolve("README.md"));
    long began = System.nanoTime();
    List<Object> held =
        switch (work) {
          case FULL -> full(subject.model(), subject.tokens(count));
          case TRACE -> List.of(subject.trace(count));
          case GRADIENTS -> gradients(subject.model(), subject.tokens(count));
          case PATH -> path(subject);
          case FULL_ROUTE -> route(subject.model(), subject.tokens(count), TraceDetail.FULL);
          case RESIDUALS -> route(subject.model(), subject.tokens(count), TraceDetail.RESIDUALS);
          case ONE_PASS -> onePass(subject.model(), subject.tokens(count));
        };
    try {
      double seconds = Math.round((System.nanoTime() - began) / 1e6) / 1e3;
      String what = "%s: %s, T=%d".formatted(subject.name(), work.what, count);
      Line line = new Line(what, 1, seconds, mostResident(), Machine.here(root));
      System.out.println(new JsonMapper().writeValueAsString(line));
    } finally {
      Reference.reachabilityFence(held);
    }
    return 0;
  }

  private static List<Object> full(Transformer model, List<Integer> tokens) {
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    return List.of(trace, Contributions.of(model, trace));
  }

  private static GradientRun run(Transformer model, List<Integer> tokens) {
    ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);
    Metric metric = new Metric(Metric.Kind.LOGIT_DIFFERENCE, 3, 5, null);
    return new GradientRun(model, trace, tokens.size() - 1, metric, BackwardRules.EXACT);
  }

  private static List<Object> gradients(Transformer model, List<Integer> tokens) {
    GradientRun run = run(model, tokens);
    AllGradients all = new AllGradients(run.trace().nLayers());
    return List.of(run, run.gradients(all), all);
  }

  private List<Object> path(Subject subject) {
    GradientRun run = run(subject.model(), subject.tokens(count));
    List<Integer> other = subject.text().subList(count, 2 * count);
    ForwardTrace source = subject.model().trace(other, TraceDetail.RESIDUALS);
    MeanGradients mean = run.alongPath(source, STEPS, GradientRun.Observer.NONE);
    return List.of(mean, ComponentScores.patching(run, mean, List.of(source)));
  }

  private static List<Object> route(Transformer model, List<Integer> tokens, TraceDetail detail) {
    ForwardTrace trace = model.trace(tokens, detail);
    return List.of(
        trace,
        last(FlowGraph.of(model, trace, ContributionOptions.DEFAULT, THRESHOLD, done -> {})));
  }

  private static List<Object> onePass(Transformer model, List<Integer> tokens) {
    FlowGraphBuilder builder = new FlowGraphBuilder(model, ContributionOptions.DEFAULT, THRESHOLD);
    ForwardTrace trace = model.run(tokens, TraceDetail.RESIDUALS, builder);
    return List.of(trace, last(builder.graph()));
  }

  private static Route last(FlowGraph graph) {
    return new RouteExtractor(graph, ThresholdMode.RENORMALISED, THRESHOLD)
        .route(graph.nPositions() - 1);
  }

  /** Returns the megabytes (10^6 bytes) that were in memory at most, mapped files included. */
  private static long mostResident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/self/status names no VmHWM"));
  }
}
