package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.routes.statistics.Distance;
import dev.limpid.routes.statistics.Relation;
import dev.limpid.routes.statistics.RouteStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What the routes of many prompts have in common: {@code limpid corpus}.
 *
 * @param position last, all or answer
 * @param prompts that were run
 * @param samples that were taken of them
 * @param rejected how many could not be run
 * @param groups all prompts first, whose name is null, then each group by name
 */
@JsonTypeName("limpid/corpus/1")
public record CorpusView(
    ModelView model,
    String position,
    double threshold,
    String mode,
    long prompts,
    long samples,
    long rejected,
    List<Group> groups)
    implements Document {

  /** The quantiles of flows that are told. */
  public static final List<Integer> PERCENTS = List.of(50, 90, 99);

  /** Statistics of all prompts, or of a group. */
  public record Group(
      @Nullable String group,
      long prompts,
      long samples,
      List<Head> heads,
      List<Mlp> mlps,
      List<Layer> layers,
      List<Lens> lens,
      Source source) {

    /** Returns statistics as they are shown. */
    public static Group of(@Nullable String name, RouteStatistics s) {
      List<Head> heads = new ArrayList<>();
      List<Mlp> mlps = new ArrayList<>();
      List<Layer> layers = new ArrayList<>();
      List<Lens> lens = new ArrayList<>();
      for (int l = 0; l < s.shape().nLayers(); l++) {
        for (int h = 0; h < s.shape().nHeads(); h++) {
          heads.add(Head.of(l, h, s));
        }
        mlps.add(new Mlp(l, s.mlpOnRoute(l), s.mlpFlow(l)));
        layers.add(
            new Layer(l, s.residual(l), s.attention(l), s.mlpFlow(l), nullable(s.mlpResidual(l))));
        lens.add(new Lens(l, s.lensTop(l), s.lensEntropy(l)));
      }
      Source source =
          new Source(
              s.source(Relation.FIRST),
              s.source(Relation.SELF),
              s.source(Relation.PREVIOUS),
              s.source(Relation.OTHER),
              s.lost());
      return new Group(name, s.prompts(), s.samples(), heads, mlps, layers, lens, source);
    }
  }

  /**
   * A head.
   *
   * @param onRoute the share of samples with it on their route
   * @param flow the mean of what flowed through it
   * @param flowQuantiles of that, by the share of samples not above them
   * @param reads the shares of its flow by where its keys stand; null where there is no flow
   * @param distance the shares of its flow by how far its keys are; null likewise
   */
  public record Head(
      int layer,
      int head,
      double onRoute,
      double flow,
      Map<String, Double> flowQuantiles,
      @Nullable Reads reads,
      @Nullable List<Bucket> distance) {

    private static Head of(int layer, int head, RouteStatistics s) {
      Map<String, Double> quantiles = new LinkedHashMap<>();
      for (int percent : PERCENTS) {
        String name = percent % 10 == 0 ? "0." + percent / 10 : "0." + percent;
        quantiles.put(name, s.flowQuantile(layer, head, percent));
      }
      boolean isSilent = s.reads(layer, head, Relation.SELF).isEmpty();
      return new Head(
          layer,
          head,
          s.onRoute(layer, head),
          s.flow(layer, head),
          quantiles,
          isSilent ? null : Reads.of(layer, head, s),
          isSilent ? null : distance(layer, head, s));
    }

    private static List<Bucket> distance(int layer, int head, RouteStatistics s) {
      List<Bucket> buckets = new ArrayList<>();
      for (int b = 0; b < s.buckets(); b++) {
        buckets.add(new Bucket(Distance.upperEnd(b), s.distance(layer, head, b).orElseThrow()));
      }
      return buckets;
    }
  }

  /** Shares of a head's flow by where its keys stand. */
  public record Reads(double self, double first, double previous, double other) {
    private static Reads of(int layer, int head, RouteStatistics s) {
      return new Reads(
          s.reads(layer, head, Relation.SELF).orElseThrow(),
          s.reads(layer, head, Relation.FIRST).orElseThrow(),
          s.reads(layer, head, Relation.PREVIOUS).orElseThrow(),
          s.reads(layer, head, Relation.OTHER).orElseThrow());
    }
  }

  /**
   * A share of a head's flow.
   *
   * @param to the largest distance of the bucket
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Bucket(int to, double share) {}

  /** An MLP. */
  public record Mlp(int layer, double onRoute, double flow) {}

  /**
   * What a layer's states are made of.
   *
   * @param mlpResidual null where attention and MLP are added together
   */
  public record Layer(
      int layer, double residual, double attention, double mlp, @Nullable Double mlpResidual) {}

  /**
   * What is read in the states behind a layer.
   *
   * @param top the share of samples with the model's next token on top
   * @param entropy the mean, in nats
   */
  public record Lens(int layer, double top, double entropy) {}

  /** Where the flow came from, by what the token is to the target. */
  public record Source(double first, double self, double previous, double other, double lost) {}

  private static @Nullable Double nullable(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }
}
