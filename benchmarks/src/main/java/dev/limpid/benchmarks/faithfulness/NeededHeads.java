package dev.limpid.benchmarks.faithfulness;

import dev.limpid.AttributionSettings;
import dev.limpid.Experiment;
import dev.limpid.LanguageModel;
import dev.limpid.QuestionException;
import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * What zeroing the heads that relevance ranks first takes away from the logit difference, and what
 * as many others do: by the number of heads.
 *
 * @param prompts how many it is a mean over
 * @param first the heads, as layer.head, the first one first
 * @param taken the share that is gone without the first 1, 2, 3, 4
 * @param others the median of 20 draws of as many of the rest
 */
record NeededHeads(
    String model,
    String set,
    int prompts,
    List<String> first,
    List<Double> taken,
    List<Double> others) {
  private static final int MOST = 4;
  private static final int DRAWS = 20;
  private static final int SEED = 7;

  private record Head(int layer, int head) {
    @Override
    public String toString() {
      return layer + "." + head;
    }
  }

  static NeededHeads of(LanguageModel model, PromptSet set) throws QuestionException {
    List<Experiment> experiments = new ArrayList<>();
    double[][] relevance = relevance(model, set);
    double full = 0;
    for (PromptSet.Entry entry : set.entries()) {
      Experiment experiment = entry.analysis().experiment(entry.comparison());
      experiments.add(experiment);
      full += experiment.base();
    }
    List<Head> heads = new ArrayList<>();
    for (int l = 0; l < relevance.length; l++) {
      for (int h = 0; h < relevance[l].length; h++) {
        heads.add(new Head(l, h));
      }
    }
    heads.sort(Comparator.comparingDouble(h -> -relevance[h.layer][h.head]));
    Random random = new Random(SEED);
    List<Double> taken = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    for (int k = 1; k <= MOST; k++) {
      taken.add(1 - without(experiments, heads.subList(0, k)) / full);
      List<Head> rest = new ArrayList<>(heads.subList(k, heads.size()));
      double[] drawn = new double[DRAWS];
      for (int i = 0; i < DRAWS; i++) {
        Collections.shuffle(rest, random);
        drawn[i] = 1 - without(experiments, rest.subList(0, k)) / full;
      }
      Arrays.sort(drawn);
      others.add((drawn[DRAWS / 2 - 1] + drawn[DRAWS / 2]) / 2);
    }
    return new NeededHeads(
        model.source().name(),
        set.name(),
        set.entries().size(),
        heads.subList(0, MOST).stream().map(Head::toString).toList(),
        taken,
        others);
  }

  /** The relevance of every head, summed over positions and prompts. */
  private static double[][] relevance(LanguageModel model, PromptSet set) throws QuestionException {
    ModelConfig config = model.transformer().config();
    double[][] sum = new double[config.nLayers()][config.nHeads()];
    AttributionSettings asked = AttributionSettings.of(AttributionSettings.Method.RELEVANCE);
    for (PromptSet.Entry entry : set.entries()) {
      List<LayerScores> layers =
          Objects.requireNonNull(
                  entry.analysis().attribution(entry.comparison(), asked, false).components())
              .layers();
      for (int l = 0; l < sum.length; l++) {
        for (int h = 0; h < sum[l].length; h++) {
          for (int t = 0; t < entry.analysis().prompt().nPositions(); t++) {
            sum[l][h] += layers.get(l).head(h, t);
          }
        }
      }
    }
    return sum;
  }

  private static double without(List<Experiment> experiments, List<Head> heads)
      throws QuestionException {
    double sum = 0;
    for (Experiment experiment : experiments) {
      List<Intervention> zero = new ArrayList<>();
      for (Head head : heads) {
        for (int t = 0; t < experiment.runs().base().nPositions(); t++) {
          zero.add(Intervention.zero(new Site.Head(head.layer, head.head, t)));
        }
      }
      sum += experiment.value(zero);
    }
    return sum;
  }
}
