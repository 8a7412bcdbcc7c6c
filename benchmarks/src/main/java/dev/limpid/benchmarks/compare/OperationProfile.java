package dev.limpid.benchmarks.compare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.GradientVisitor;
import dev.limpid.model.Gradients;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints where the time of a pass goes, operation by operation, as JSON lines; {@code
 * benchmarks/profile} makes a table of them. Operations are timed where the model calls them, one
 * after the other, each with all its threads; what is left is the model's own.
 */
@Command(name = "profile", mixinStandardHelpOptions = true)
public final class OperationProfile implements Callable<Integer> {
  /** What is run. */
  enum Work {
    /** Everything kept, and the logits of the last position. */
    FORWARD,
    /** The gradient of a logit difference, from a finished trace. */
    BACKWARD,
    /** The contributions of all layers, from a finished trace. */
    CONTRIBUTIONS
  }

  /**
   * One operation in one pass: medians over the passes.
   *
   * @param gflops 10^9 multiplications and additions of products a second, 0 of others
   * @param gbytes 10^9 bytes of all its arguments a second, each read or written once
   */
  private record Line(
      String what,
      String operation,
      int calls,
      double milliseconds,
      double share,
      double gflops,
      double gbytes,
      @JsonUnwrapped Machine machine) {}

  /** What an operation took in one pass. */
  private static final class Sum {
    private int calls;
    private long nanoseconds;
    private long products;
    private long bytes;
  }

  @Parameters(index = "0", paramLabel = "MODEL")
  private Path folder = Path.of("");

  @Parameters(index = "1", paramLabel = "T", description = "tokens in the prompt")
  private int count;

  @Parameters(index = "2", description = "${COMPLETION-CANDIDATES}")
  private Work work = Work.FORWARD;

  @Option(names = "--passes", defaultValue = "30", description = "timed: ${DEFAULT-VALUE}")
  private int passes;

  @Option(names = "--name", defaultValue = "", description = "of the model, in the results")
  private String name = "";

  private Map<String, Sum> sums = new TreeMap<>();

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new OperationProfile())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Transformer model = ModelLoader.open(folder, timed(Backends.open("vector")));
    List<Integer> tokens = new Random(1).ints(count, 0, model.config().dVocab()).boxed().toList();
    Runnable pass = pass(model, tokens);
    List<Map<String, Sum>> all = new ArrayList<>();
    double[] whole = new double[passes];
    for (int i = -passes; i < passes; i++) {
      sums = new TreeMap<>();
      long began = System.nanoTime();
      pass.run();
      if (i >= 0) {
        whole[i] = System.nanoTime() - began;
        all.add(sums);
      }
    }
    print(all, median(whole));
    return 0;
  }

  private Runnable pass(Transformer model, List<Integer> tokens) {
    if (work == Work.FORWARD) {
      return () -> model.trace(tokens, TraceDetail.FULL).logits(count - 1);
    }
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    if (work == Work.CONTRIBUTIONS) {
      return () -> Contributions.of(model, trace);
    }
    Metric metric = new Metric(Metric.Kind.LOGIT_DIFFERENCE, 3, 5, null);
    Gradients gradients = new Gradients(model, BackwardRules.EXACT);
    return () ->
        gradients.run(
            trace, count - 1, metric.gradient(trace.logits(count - 1)), GradientVisitor.NONE);
  }

  private void print(List<Map<String, Sum>> all, double whole) throws IOException {
    JsonMapper json = new JsonMapper();
    Machine machine = Machine.here(Path.of("."));
    String what = "%s: %s, T=%d".formatted(name, work.name().toLowerCase(Locale.ROOT), count);
    List<Line> lines = new ArrayList<>();
    double rest = whole;
    for (String operation : all.getFirst().keySet()) {
      List<Sum> each =
          all.stream().map(pass -> Objects.requireNonNull(pass.get(operation))).toList();
      double time = median(each.stream().mapToDouble(sum -> sum.nanoseconds).toArray());
      rest -= time;
      Sum one = each.getFirst();
      double products = 2 * one.products / time;
      lines.add(line(what, operation, one.calls, time, whole, products, one.bytes / time, machine));
    }
    lines.add(line(what, "between operations", 0, rest, whole, 0, 0, machine));
    lines.sort(Comparator.comparingDouble(Line::milliseconds).reversed());
    for (Line line : lines) {
      System.out.println(json.writeValueAsString(line));
    }
  }

  private static Line line(
      String what,
      String operation,
      int calls,
      double time,
      double whole,
      double gflops,
      double gbytes,
      Machine machine) {
    return new Line(what, operation, calls, time / 1e6, time / whole, gflops, gbytes, machine);
  }

  private static double median(double[] x) {
    Arrays.sort(x);
    return x[x.length / 2];
  }

  private TensorOps timed(TensorOps ops) {
    return (TensorOps)
        Proxy.newProxyInstance(
            TensorOps.class.getClassLoader(),
            new Class<?>[] {TensorOps.class},
            (_, method, arguments) -> timed(ops, method, arguments));
  }

  private Object timed(TensorOps ops, Method method, Object[] arguments) throws Throwable {
    long began = System.nanoTime();
    try {
      return method.invoke(ops, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    } finally {
      Sum sum = sums.computeIfAbsent(method.getName(), _ -> new Sum());
      sum.calls++;
      sum.nanoseconds += System.nanoTime() - began;
      count(sum, arguments == null ? new Object[0] : arguments);
    }
  }

  /** Adds the work of a product, and the size of everything that is read or written. */
  private static void count(Sum sum, Object[] arguments) {
    PackedMatrix weight = null;
    Tensor x = null;
    for (Object argument : arguments) {
      if (argument instanceof Tensor tensor) {
        sum.bytes += tensor.size() * Float.BYTES;
        x = x == null ? tensor : x;
      } else if (argument instanceof PackedMatrix matrix) {
        sum.bytes += matrix.bytes();
        weight = matrix;
      }
    }
    if (weight != null && x != null) {
      sum.products += (long) x.dim(0) * weight.inputs() * weight.outputs();
    }
  }
}
