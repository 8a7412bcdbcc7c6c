package dev.limpid.attribution.heads;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which head does what: the scores of {@link HeadScores} for all heads of a model, measured on
 * {@link HeadProbes}.
 *
 * <p>One prompt runs at a time and one layer's patterns are held at a time.
 *
 * @param heads all heads, layer by layer
 */
public record HeadRoles(List<HeadScores> heads) {

  /** Copies the list. */
  public HeadRoles {
    heads = List.copyOf(heads);
  }

  /**
   * A role that a head has.
   *
   * @param score {@link HeadRole#score}
   */
  public record Played(HeadRole role, HeadScores head, double score) {}

  /** Measures all heads. */
  public static HeadRoles of(Transformer model, HeadProbes probes) {
    return of(model, probes, done -> {});
  }

  /**
   * Measures all heads.
   *
   * @param progress told how many prompts are done, of {@link HeadProbes#nPrompts}
   */
  public static HeadRoles of(Transformer model, HeadProbes probes, IntConsumer progress) {
    Highest previous = new Highest();
    Highest first = new Highest();
    Highest induction = new Highest();
    Highest duplicate = new Highest();
    int done = 0;
    for (HeadProbes.Lists kind : probes.lists()) {
      Averages toPrevious = previous.add(model);
      Averages toFirst = first.add(model);
      Averages toNext = induction.add(model);
      Averages toSame = duplicate.add(model);
      int length = kind.length();
      for (List<Integer> tokens : kind.prompts()) {
        ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);
        for (int l = 0; l < trace.nLayers(); l++) {
          Tensor pattern = trace.layer(l).pattern().toHeap();
          int secondHalf = tokens.size() - length;
          toNext.add(l, HeadPatterns.diagonal(pattern, length - 1, secondHalf));
          toSame.add(l, HeadPatterns.diagonal(pattern, length, secondHalf));
          if (probes.given().isEmpty()) {
            toPrevious.add(l, HeadPatterns.previousToken(pattern));
            toFirst.add(l, HeadPatterns.firstToken(pattern));
          }
        }
        progress.accept(++done);
      }
    }
    Averages toPrevious = previous.add(model);
    Averages toFirst = first.add(model);
    for (List<Integer> tokens : probes.given()) {
      ForwardTrace trace = model.trace(tokens, TraceDetail.RESIDUALS);
      for (int l = 0; l < trace.nLayers(); l++) {
        Tensor pattern = trace.layer(l).pattern().toHeap();
        toPrevious.add(l, HeadPatterns.previousToken(pattern));
        toFirst.add(l, HeadPatterns.firstToken(pattern));
      }
      progress.accept(++done);
    }
    Averages answer = new Averages(model);
    Averages other = new Averages(model);
    NameCopying copying = new NameCopying(model);
    for (HeadProbes.Names names : probes.names()) {
      ForwardTrace trace = model.trace(names.tokens(), TraceDetail.RESIDUALS);
      for (int l = 0; l < trace.nLayers(); l++) {
        Tensor pattern = trace.layer(l).pattern().toHeap();
        answer.add(l, attention(pattern, List.of(names.answer())));
        other.add(l, attention(pattern, List.of(names.subject(), names.again())));
      }
      Tensor afterFirst = trace.nLayers() > 1 ? trace.residPre(1) : trace.finalResidual();
      for (int position : List.of(names.answer(), names.subject())) {
        copying.add(afterFirst.row(position), names.tokens().get(position));
      }
      progress.accept(++done);
    }

    List<HeadScores> heads = new ArrayList<>();
    for (int l = 0; l < model.config().nLayers(); l++) {
      double @Nullable [] copied = probes.names().isEmpty() ? null : copying.scores(l);
      for (int h = 0; h < model.config().nHeads(); h++) {
        heads.add(
            new HeadScores(
                l,
                h,
                previous.of(l, h),
                induction.of(l, h),
                duplicate.of(l, h),
                first.of(l, h),
                copied == null ? null : copied[h],
                copied == null ? null : answer.of(l, h),
                copied == null ? null : other.of(l, h)));
      }
    }
    return new HeadRoles(heads);
  }

  /** Returns every role with the heads that have it: in the order of the roles, strongest first. */
  public List<Played> played() {
    List<Played> played = new ArrayList<>();
    for (HeadRole role : HeadRole.values()) {
      heads.stream()
          .filter(role::playedBy)
          .map(head -> new Played(role, head, role.score(head)))
          .sorted((a, b) -> Double.compare(b.score(), a.score()))
          .forEach(played::add);
    }
    return played;
  }

  /** Attention of the last position to some keys together: [H]. */
  private static double[] attention(Tensor pattern, List<Integer> keys) {
    double[] scores = new double[pattern.dim(0)];
    for (int h = 0; h < scores.length; h++) {
      for (int k : keys) {
        scores[h] += pattern.get(h, pattern.dim(1) - 1, k);
      }
    }
    return scores;
  }

  /** The highest of several means for each head. */
  private static final class Highest {
    private final List<Averages> means = new ArrayList<>();

    Averages add(Transformer model) {
      Averages mean = new Averages(model);
      means.add(mean);
      return mean;
    }

    double of(int layer, int head) {
      return means.stream().mapToDouble(mean -> mean.of(layer, head)).max().orElse(0);
    }
  }

  /** Running means over prompts, one per head. */
  private static final class Averages {
    private final double[][] sums;
    private final int[] counts;

    Averages(Transformer model) {
      sums = new double[model.config().nLayers()][model.config().nHeads()];
      counts = new int[sums.length];
    }

    void add(int layer, double[] scores) {
      for (int h = 0; h < scores.length; h++) {
        sums[layer][h] += scores[h];
      }
      counts[layer]++;
    }

    double of(int layer, int head) {
      return counts[layer] == 0 ? 0 : sums[layer][head] / counts[layer];
    }
  }
}
