package dev.limpid.corpus;

import dev.limpid.LanguageModel;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.files.PromptLine.Given;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Residual;
import dev.limpid.model.tokenizer.TokenizationException;
import dev.limpid.routes.statistics.RouteSample;
import dev.limpid.routes.statistics.StatisticsShape;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Takes the samples of prompts: each runs once, several together, and its routes, lens readings and
 * neurons are taken from that run. What comes out depends on the prompt alone, not on those beside
 * it. Safe to share between threads.
 */
public record PromptSampler(LanguageModel model, CorpusSettings settings) {
  private static final String NO_SAMPLE = "it has one token, and the first position is no sample";

  private static final int LONGEST_GROUP = 200;

  private static final String EXPERTS =
      "--neurons: layers of this model have experts, and positions go to different ones, so that"
          + " neurons have no numbers that all share; limpid neurons shows those of one position";

  /** Of prompts that run together: more gain nothing. */
  private static final int TOKENS = 480;

  /**
   * Checks that the model has what is counted.
   *
   * @throws IllegalArgumentException if neurons are to be counted, and are those of experts
   */
  public PromptSampler {
    requireCounted(model, settings);
  }

  static void requireCounted(LanguageModel model, CorpusSettings settings) {
    if (settings.neurons() && model.transformer().config().mlp().experts().isPresent()) {
      throw new IllegalArgumentException(EXPERTS);
    }
  }

  /**
   * A prompt of a corpus.
   *
   * @param number of the prompt in its corpus, from 0
   * @param given what runs
   * @param group that it is in
   */
  public record Asked(long number, Given given, Optional<String> group) {}

  /** A sample and its row. */
  public record Sampled(RouteSample sample, SampleRow row) {}

  /**
   * What was taken of a prompt.
   *
   * @param samples in order of position
   * @param reason why there are none; empty if there are
   */
  public record Taken(List<Sampled> samples, Optional<String> reason) {
    /** Copies the list. */
    public Taken {
      samples = List.copyOf(samples);
    }

    static Taken rejected(String reason) {
      return new Taken(List.of(), Optional.of(reason));
    }
  }

  /** Returns what statistics of its samples are about. */
  public StatisticsShape shape() {
    ModelConfig config = model.transformer().config();
    return new StatisticsShape(
        config.nLayers(),
        config.nHeads(),
        config.residual().placement() == Residual.Placement.PARALLEL,
        settings.neurons() ? config.dMlp() : 0,
        settings.examples());
  }

  /**
   * Takes the samples of some prompts, of which those that follow one another run together where
   * they are short.
   *
   * @return what was taken of each, in their order
   */
  public List<Taken> take(List<Asked> prompts) throws IOException {
    List<Taken> taken = new ArrayList<>();
    Deque<PromptPass> passes = new ArrayDeque<>();
    List<Integer> places = new ArrayList<>();
    for (Asked asked : prompts) {
      try {
        Prompt prompt = cut(asked);
        PromptPass pass = new PromptPass(this, asked.number(), prompt, asked.group());
        if (pass.positions().isEmpty()) {
          taken.add(Taken.rejected(NO_SAMPLE));
        } else {
          places.add(taken.size());
          passes.add(pass);
          taken.add(Taken.rejected("")); // until it has run
        }
      } catch (QuestionException | TokenizationException e) {
        taken.add(Taken.rejected(String.valueOf(e.getMessage())));
      }
    }
    int ran = 0;
    while (!passes.isEmpty()) {
      for (Taken one : run(together(passes))) {
        taken.set(places.get(ran++), one);
      }
    }
    return taken;
  }

  /**
   * Removes the first prompts of some, as many as run together; what they hold is gone with them.
   * Where the rest fills several passes, it fills them evenly: a small one at the end would be
   * slower than a part of the others.
   */
  private static List<PromptPass> together(Deque<PromptPass> passes) {
    int left = passes.stream().mapToInt(pass -> pass.prompt().nPositions()).sum();
    int share = Math.ceilDiv(left, Math.ceilDiv(left, TOKENS));
    List<PromptPass> some = new ArrayList<>();
    int tokens = 0;
    do {
      tokens += passes.element().prompt().nPositions();
      some.add(passes.remove());
    } while (tokens < share
        && !passes.isEmpty()
        && tokens + passes.element().prompt().nPositions() <= TOKENS);
    return some;
  }

  private Prompt cut(Asked asked) throws IOException, QuestionException {
    if (asked.group().filter(group -> group.length() > LONGEST_GROUP).isPresent()) {
      throw new QuestionException(
          "the name of its group has more than " + LONGEST_GROUP + " characters");
    }
    return asked.given().cut(model.source(), Optional.empty());
  }

  /** Runs prompts together, or, where the numbers of one overflow, each by itself. */
  private List<Taken> run(List<PromptPass> passes) {
    try {
      return ran(passes);
    } catch (NonFiniteStateException e) {
      if (passes.size() == 1) {
        return List.of(Taken.rejected(String.valueOf(e.getMessage())));
      }
      return passes.stream().flatMap(pass -> run(List.of(pass.anew())).stream()).toList();
    }
  }

  private List<Taken> ran(List<PromptPass> passes) {
    List<List<Integer>> tokens = passes.stream().map(pass -> pass.prompt().tokens()).toList();
    List<ForwardTrace> traces =
        model.transformer().runTogether(tokens, TraceDetail.RESIDUALS, PromptPass.visitor(passes));
    SampleReadings readings = new SampleReadings(model.transformer());
    for (int i = 0; i < passes.size(); i++) {
      readings.add(traces.get(i), passes.get(i).positions());
    }
    readings.read();
    return passes.stream()
        .map(pass -> new Taken(pass.samples(readings::next), Optional.empty()))
        .toList();
  }
}
