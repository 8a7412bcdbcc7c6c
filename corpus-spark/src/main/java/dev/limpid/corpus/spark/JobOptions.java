package dev.limpid.corpus.spark;

import dev.limpid.corpus.CorpusSettings;
import dev.limpid.routes.ThresholdMode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a job is asked for, as it travels to executors.
 *
 * @param model a folder that every executor sees by this path, or the name of a bundled model
 * @param in files or folders of prompts, by ending: .txt, .jsonl, .parquet
 * @param out a folder that driver and executors see
 * @param groupBy null for no groups
 * @param partitions how many tasks prompts are shared out among; 0 for three of each core
 */
record JobOptions(
    String model,
    List<String> in,
    String out,
    String position,
    double threshold,
    String mode,
    @Nullable String groupBy,
    int examples,
    boolean neurons,
    String backend,
    int partitions)
    implements Serializable {

  static final String USAGE =
      "usage: CorpusJob --model M --in FILE [--in FILE ...] --out DIR [--position last|all|answer]"
          + " [--threshold 0.04] [--mode renormalised|raw] [--group-by KEY] [--examples 10]"
          + " [--neurons] [--backend vector] [--partitions N]";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  static JobOptions parse(List<String> arguments) {
    List<String> in = new ArrayList<>();
    @Nullable String model = null;
    @Nullable String out = null;
    @Nullable String groupBy = null;
    String position = "last";
    double threshold = CorpusSettings.DEFAULT.threshold();
    String mode = "renormalised";
    int examples = CorpusSettings.DEFAULT.examples();
    boolean neurons = false;
    String backend = "vector";
    int partitions = 0;
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i);
      if (name.equals("--neurons")) {
        neurons = true;
        continue;
      }
      if (++i == arguments.size()) {
        throw new IllegalArgumentException(name + ": a value is missing; " + USAGE);
      }
      String value = arguments.get(i);
      switch (name) {
        case "--model" -> model = value;
        case "--in" -> in.add(value);
        case "--out" -> out = value;
        case "--position" -> position = value;
        case "--threshold" -> threshold = Double.parseDouble(value);
        case "--mode" -> mode = value;
        case "--group-by" -> groupBy = value;
        case "--examples" -> examples = Integer.parseInt(value);
        case "--backend" -> backend = value;
        case "--partitions" -> partitions = Integer.parseInt(value);
        default -> throw new IllegalArgumentException("there is no option " + name + "; " + USAGE);
      }
    }
    if (model == null || in.isEmpty() || out == null) {
      throw new IllegalArgumentException("--model, --in and --out are needed; " + USAGE);
    }
    JobOptions options =
        new JobOptions(
            model,
            List.copyOf(in),
            out,
            position,
            threshold,
            mode,
            groupBy,
            examples,
            neurons,
            backend,
            partitions);
    options.settings(); // checks them
    return options;
  }

  /** Returns what is taken of each prompt. */
  CorpusSettings settings() {
    return new CorpusSettings(
        CorpusSettings.Position.valueOf(position.toUpperCase(Locale.ROOT)),
        threshold,
        ThresholdMode.valueOf(mode.toUpperCase(Locale.ROOT)),
        Optional.ofNullable(groupBy),
        0,
        examples,
        neurons);
  }
}
