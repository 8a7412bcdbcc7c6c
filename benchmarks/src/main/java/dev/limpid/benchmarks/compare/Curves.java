package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures how cost grows with the prompt and with the model's width, beside the peers as far as
 * memory and patience hold; {@code benchmarks/curves} calls it.
 */
@Command(name = "curves", mixinStandardHelpOptions = true)
public final class Curves implements Callable<Integer> {
  /**
   * A peer's curve.
   *
   * @param name of its class in the script
   * @param longest the longest prompt that it answers in seconds and with a few GB
   */
  private record Other(String name, String task, String curve, int longest) {}

  private static final List<Other> OTHERS =
      List.of(
          new Other("HuggingFace", "plain", "Hugging Face: forward", 2048),
          new Other("Bridge", "forward", "TransformerLens 4: run_with_cache", 1024),
          new Other("Hooked", "forward", "TransformerLens 2.18: per head", 512),
          new Other("Formula", "contributions", "torch: contributions", 128));

  @Mixin private Settings settings = new Settings();

  @Option(names = "--rounds", defaultValue = "5", description = "how often each side is timed")
  private int rounds;

  @Option(names = "--model", required = true, description = "the model of the curves over T")
  private Path model = Path.of("");

  @Option(names = "--positions", split = ",", defaultValue = "16,32,64,128,256,512,1024,2048")
  private List<Integer> positions = List.of();

  @Option(names = "--widths", split = ",", required = true, description = "models by width")
  private List<Path> widths = List.of();

  @Option(names = "--width-positions", defaultValue = "128", description = "T over widths")
  private int widthPositions;

  @Option(
      names = "--peers",
      split = ",",
      defaultValue = "HuggingFace,Bridge,Hooked,Formula",
      description = "who takes part beside Limpid, or none: ${DEFAULT-VALUE}")
  private Set<String> names = Set.of();

  @Option(names = "--pictures", required = true, description = "folder for the pictures")
  private Path pictures = Path.of("");

  public static void main(String[] args) {
    // What is added to the script's call stands behind its own options, and counts.
    System.exit(new CommandLine(new Curves()).setOverwrittenOptionsAllowed(true).execute(args));
  }

  /**
   * Work that is timed at several sizes.
   *
   * @param longest the longest prompt it is asked for
   * @param at makes the work for a prompt of so many tokens
   */
  private record Contestant(String curve, boolean ours, int longest, IntFunction<Timed> at) {}

  @Override
  public Integer call() throws IOException {
    List<Sample> overPositions = overPositions();
    List<Sample> overWidths = overWidths();
    Machine machine = settings.machine();
    settings.append(lines("positions", overPositions, machine));
    settings.append(lines("width", overWidths, machine));
    String where = "%s, %d threads; logarithmic axes".formatted(machine.cpu(), machine.threads());
    draw(
        "curves-positions.svg",
        new CurvePlot(
            "Time over the length of the prompt, GPT-2's shape with 124 M parameters",
            where,
            "T, tokens in the prompt",
            overPositions));
    draw(
        "curves-width.svg",
        new CurvePlot(
            "Time over the width of the model, 12 layers, heads of 64, T = " + widthPositions,
            where,
            "D, width of the residual stream",
            overWidths));
    return 0;
  }

  private List<Sample> overPositions() throws IOException {
    List<Sample> samples = new ArrayList<>();
    Subject subject = settings.open("curves", model);
    try (Peers peers = settings.peers()) {
      List<List<Contestant>> groups = groups(subject, peers, names);
      for (int t : positions) {
        samples.addAll(time(groups, t, t));
      }
    }
    return samples;
  }

  /** Beside the two that load in seconds: every width is another model. */
  private List<Sample> overWidths() throws IOException {
    List<Sample> samples = new ArrayList<>();
    Set<String> quick =
        Stream.of("HuggingFace", "Bridge").filter(names::contains).collect(Collectors.toSet());
    for (Path folder : widths) {
      Subject subject = settings.open("curves", folder);
      try (Peers peers = settings.peers()) {
        int width = subject.model().config().dModel();
        samples.addAll(time(groups(subject, peers, quick), widthPositions, width));
      }
    }
    return samples;
  }

  /** Returns who takes part; a group is timed alternately, and forgotten before the next one. */
  private List<List<Contestant>> groups(Subject subject, Peers peers, Set<String> names)
      throws IOException {
    List<Contestant> forward = new ArrayList<>();
    forward.add(ours("forward, all kept", subject::forward));
    List<Contestant> contributions = new ArrayList<>();
    contributions.add(ours("contributions", subject::contributions));
    for (Other other : OTHERS) {
      if (names.contains(other.name)) {
        Peer peer = peers.start(subject, other.name);
        (other.task.equals("contributions") ? contributions : forward)
            .add(
                new Contestant(
                    other.curve,
                    false,
                    other.longest,
                    t -> peer.task(other.task, subject.tokens(t))));
      }
    }
    return List.of(forward, contributions, List.of(ours("routes of all T", subject::routes)));
  }

  private static Contestant ours(String work, IntFunction<Timed> at) {
    return new Contestant("Limpid: " + work, true, Integer.MAX_VALUE, at);
  }

  private List<Sample> time(List<List<Contestant>> groups, int t, int x) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (List<Contestant> group : groups) {
      List<Contestant> here = group.stream().filter(c -> t <= c.longest()).toList();
      double[] seconds =
          settings.rounds(rounds).medians(here.stream().map(c -> c.at().apply(t)).toList());
      for (int i = 0; i < seconds.length; i++) {
        Sample sample = new Sample(here.get(i).curve(), here.get(i).ours(), x, seconds[i]);
        samples.add(sample);
        System.out.printf("%d  %s  %s%n", x, sample.curve(), CurvePlot.spelled(seconds[i]));
      }
    }
    return samples;
  }

  private List<CurveLine> lines(String over, List<Sample> samples, Machine machine) {
    return samples.stream()
        .map(s -> new CurveLine(over, s.curve(), s.x(), rounds, s.seconds(), machine))
        .toList();
  }

  private void draw(String name, CurvePlot plot) throws IOException {
    Path file = Files.createDirectories(pictures).resolve(name);
    try (Writer out = Files.newBufferedWriter(file)) {
      plot.write(out);
    }
  }
}
