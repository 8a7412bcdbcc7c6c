package dev.limpid.routes.statistics;

import dev.limpid.routes.statistics.RouteSample.Part;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Statistics of routes of many prompts: a commutative monoid with {@link #empty}, {@link #plus} and
 * {@link #merge}. Counts are whole numbers and all sums are exact, so the result is the same, bit
 * for bit, in whatever order samples come and however they are split.
 *
 * <p>Not safe to share between threads: each has its own, and they are merged.
 */
public final class RouteStatistics {
  private static final int FORMAT = 1;
  private static final int PRODUCT_DECIMALS = 2 * Millionths.DECIMALS;
  private static final long PRODUCT_TO_MILLIONTHS = 1_000_000;

  /** Digits of a quotient, more than documents show. */
  private static final int DECIMALS = 15;

  private static final int LOST = Relation.COUNT;

  private final StatisticsShape shape;
  private long prompts;
  private long samples;
  private final long[] headsOn;
  private final ExactSums headFlow;
  private final FlowQuantiles[] quantiles;
  private final ExactSums reads;
  private ExactSums distances;
  private final long[] mlpsOn;
  private final ExactSums mlpFlow;
  private final ExactSums parts;
  private final ExactSums sources;
  private final long[] lensTop;
  private final ExactSums lensEntropy;
  private final Examples headExamples;
  private final long[] neuronsOn;
  private final ExactSums neuronSums;
  private final Examples neuronExamples;

  private RouteStatistics(StatisticsShape shape) {
    this.shape = shape;
    headsOn = new long[shape.heads()];
    headFlow = new ExactSums(shape.heads());
    quantiles = new FlowQuantiles[shape.heads()];
    Arrays.setAll(quantiles, i -> new FlowQuantiles());
    reads = new ExactSums(Relation.COUNT * shape.heads());
    distances = new ExactSums(0);
    mlpsOn = new long[shape.nLayers()];
    mlpFlow = new ExactSums(shape.nLayers());
    parts = new ExactSums(Part.COUNT * shape.nLayers());
    sources = new ExactSums(Relation.COUNT + 1);
    lensTop = new long[shape.nLayers()];
    lensEntropy = new ExactSums(shape.nLayers());
    headExamples = new Examples(shape.nExamples());
    neuronsOn = new long[shape.neurons()];
    neuronSums = new ExactSums(shape.neurons());
    neuronExamples = new Examples(shape.nExamples());
  }

  /** Returns the statistics of no samples. */
  public static RouteStatistics empty(StatisticsShape shape) {
    return new RouteStatistics(shape);
  }

  /** Returns these with a sample added to them. Modified. */
  public RouteStatistics plus(RouteSample sample) {
    samples++;
    prompts += sample.origin.opensPrompt() ? 1 : 0;
    sample.headsOn.stream().forEach(i -> headsOn[i]++);
    add(headFlow, sample.headFlow);
    for (int i = 0; i < quantiles.length; i++) {
      long flow = sample.headFlow[i];
      quantiles[i].add((int) ((flow + PRODUCT_TO_MILLIONTHS / 2) / PRODUCT_TO_MILLIONTHS));
      headExamples.add(i, flow / RouteSample.WHOLE, sample.origin);
    }
    add(reads, sample.reads);
    makeRoom(sample.distances.length);
    add(distances, sample.distances);
    sample.mlpsOn.stream().forEach(l -> mlpsOn[l]++);
    add(mlpFlow, sample.mlpFlow);
    add(parts, sample.parts);
    add(sources, sample.sources);
    for (int l = 0; l < shape.nLayers(); l++) {
      lensTop[l] += sample.lens.top()[l] ? 1 : 0;
      lensEntropy.add(l, Millionths.of(sample.lens.entropy()[l]));
    }
    if (sample.neurons != null) {
      plus(sample.neurons, sample.origin);
    }
    return this;
  }

  private void plus(RouteSample.Neurons neurons, RouteSample.Origin origin) {
    for (int l = 0; l < shape.nLayers(); l++) {
      int first = l * shape.nNeurons();
      float[] contributions = neurons.contributions()[l];
      for (int n = 0; n < contributions.length; n++) {
        neuronSums.add(first + n, Millionths.of(contributions[n]));
      }
      for (int n : neurons.strongest()[l]) {
        neuronsOn[first + n]++;
        neuronExamples.add(first + n, contributions[n], origin);
      }
    }
  }

  /**
   * Returns these with the samples of others added to them. Modified; other is not.
   *
   * @throws IllegalArgumentException if they are about something else
   */
  public RouteStatistics merge(RouteStatistics other) {
    if (!shape.equals(other.shape)) {
      throw new IllegalArgumentException(
          "statistics of %s cannot be merged with those of %s".formatted(shape, other.shape));
    }
    prompts += other.prompts;
    samples += other.samples;
    add(headsOn, other.headsOn);
    headFlow.add(other.headFlow);
    for (int i = 0; i < quantiles.length; i++) {
      quantiles[i].add(other.quantiles[i]);
    }
    reads.add(other.reads);
    makeRoom(other.distances.size());
    distances.add(other.distances);
    add(mlpsOn, other.mlpsOn);
    mlpFlow.add(other.mlpFlow);
    parts.add(other.parts);
    sources.add(other.sources);
    add(lensTop, other.lensTop);
    lensEntropy.add(other.lensEntropy);
    headExamples.add(other.headExamples);
    add(neuronsOn, other.neuronsOn);
    neuronSums.add(other.neuronSums);
    neuronExamples.add(other.neuronExamples);
    return this;
  }

  private void makeRoom(int count) {
    if (count > distances.size()) {
      distances = distances.resized(count);
    }
  }

  private static void add(ExactSums sums, long[] amounts) {
    for (int i = 0; i < amounts.length; i++) {
      if (amounts[i] != 0) {
        sums.add(i, amounts[i]);
      }
    }
  }

  private static void add(long[] counts, long[] others) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += others[i];
    }
  }

  /** Returns what they are about. */
  public StatisticsShape shape() {
    return shape;
  }

  /** Returns how many prompts have a sample among them. */
  public long prompts() {
    return prompts;
  }

  /** Returns how many samples there are; what follows are means over them, 0 of none. */
  public long samples() {
    return samples;
  }

  /** Returns the share of samples with a head on their route. */
  public double onRoute(int layer, int head) {
    return share(headsOn[head(layer, head)]);
  }

  /** Returns the mean flow through a head. */
  public double flow(int layer, int head) {
    return mean(headFlow.get(head(layer, head)), PRODUCT_DECIMALS);
  }

  /**
   * Returns the least flow through a head that is not below so many hundredths of all: exact up to
   * 10,000 samples, and else with a relative error of at most 1 %.
   */
  public double flowQuantile(int layer, int head, int percent) {
    return quantiles[head(layer, head)].quantile(percent);
  }

  /** Returns the share of a head's flow that it read from such keys; empty without any flow. */
  public OptionalDouble reads(int layer, int head, Relation relation) {
    int number = head(layer, head);
    return ratio(reads.get(relation.row() * shape.heads() + number), headFlow.get(number));
  }

  /** Returns how many buckets of distances hold any flow, from 0 on. */
  public int buckets() {
    for (int last = distances.size() - 1; last >= 0; last--) {
      if (!distances.isZero(last)) {
        return last / shape.heads() + 1;
      }
    }
    return 0;
  }

  /**
   * Returns the share of a head's flow that it read from so far away; empty without any flow.
   *
   * @param bucket from 0, below {@link #buckets}; see {@link Distance#upperEnd}
   */
  public OptionalDouble distance(int layer, int head, int bucket) {
    int number = head(layer, head);
    return ratio(distances.get(bucket * shape.heads() + number), headFlow.get(number));
  }

  /** Returns the share of samples with an MLP on their route. */
  public double mlpOnRoute(int layer) {
    return share(mlpsOn[layer]);
  }

  /** Returns the mean flow through an MLP. */
  public double mlpFlow(int layer) {
    return mean(mlpFlow.get(layer), Millionths.DECIMALS);
  }

  /** Returns the mean flow past the attention of a layer; of a parallel one, past all of it. */
  public double residual(int layer) {
    return part(Part.RESIDUAL, layer);
  }

  /** Returns the mean flow through the attention of a layer. */
  public double attention(int layer) {
    return part(Part.ATTENTION, layer);
  }

  /** Returns the mean flow past the MLP of a layer; empty where a layer is one node. */
  public OptionalDouble mlpResidual(int layer) {
    return shape.parallel()
        ? OptionalDouble.empty()
        : OptionalDouble.of(part(Part.MLP_RESIDUAL, layer));
  }

  private double part(Part part, int layer) {
    return mean(parts.get(part.row() * shape.nLayers() + layer), PRODUCT_DECIMALS);
  }

  /** Returns the share of samples whose next token is on top behind a layer. */
  public double lensTop(int layer) {
    return share(lensTop[layer]);
  }

  /** Returns the mean entropy of what is predicted behind a layer, in nats. */
  public double lensEntropy(int layer) {
    return mean(lensEntropy.get(layer), Millionths.DECIMALS);
  }

  /** Returns the mean flow that came from such tokens. */
  public double source(Relation relation) {
    return mean(sources.get(relation.row()), Millionths.DECIMALS);
  }

  /** Returns the mean flow that came from no token. */
  public double lost() {
    return mean(sources.get(LOST), Millionths.DECIMALS);
  }

  /** Returns the samples with most flow through a head, strongest first. */
  public List<Example> examples(int layer, int head) {
    return headExamples.of(head(layer, head));
  }

  /** Returns the share of samples in which a neuron was among the eight strongest of its MLP. */
  public double neuronStrong(int layer, int neuron) {
    return share(neuronsOn[neuron(layer, neuron)]);
  }

  /** Returns the mean contribution of a neuron. */
  public double neuronContribution(int layer, int neuron) {
    return mean(neuronSums.get(neuron(layer, neuron)), Millionths.DECIMALS);
  }

  /** Returns the samples with most from a neuron, of those where it was among the eight. */
  public List<Example> neuronExamples(int layer, int neuron) {
    return neuronExamples.of(neuron(layer, neuron));
  }

  private int head(int layer, int head) {
    return layer * shape.nHeads() + head;
  }

  private int neuron(int layer, int neuron) {
    return layer * shape.nNeurons() + neuron;
  }

  private double share(long count) {
    return mean(BigInteger.valueOf(count), 0);
  }

  private double mean(BigInteger sum, int decimals) {
    return samples == 0
        ? 0
        : new BigDecimal(sum, decimals)
            .divide(BigDecimal.valueOf(samples), DECIMALS, RoundingMode.HALF_EVEN)
            .doubleValue();
  }

  private static OptionalDouble ratio(BigInteger part, BigInteger whole) {
    return whole.signum() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            new BigDecimal(part)
                .divide(new BigDecimal(whole), DECIMALS, RoundingMode.HALF_EVEN)
                .doubleValue());
  }

  /** Writes them; statistics of the same samples give the same bytes. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(FORMAT);
    out.writeInt(shape.nLayers());
    out.writeInt(shape.nHeads());
    out.writeBoolean(shape.parallel());
    out.writeInt(shape.nNeurons());
    out.writeInt(shape.nExamples());
    out.writeLong(prompts);
    out.writeLong(samples);
    for (FlowQuantiles ofHead : quantiles) {
      ofHead.write(out);
    }
    out.writeInt(buckets());
    distances.resized(buckets() * shape.heads()).write(out);
    for (ExactSums sums : fixed()) {
      sums.write(out);
    }
    for (long[] counts : counts()) {
      Numbers.write(counts, out);
    }
    headExamples.write(out);
    neuronExamples.write(out);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if that is not what stands there
   */
  public static RouteStatistics read(DataInput in) throws IOException {
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException("statistics of format " + format + ", not " + FORMAT);
    }
    StatisticsShape shape =
        new StatisticsShape(
            in.readInt(), in.readInt(), in.readBoolean(), in.readInt(), in.readInt());
    RouteStatistics read = new RouteStatistics(shape);
    read.prompts = in.readLong();
    read.samples = in.readLong();
    for (int i = 0; i < read.quantiles.length; i++) {
      read.quantiles[i] = FlowQuantiles.read(in);
    }
    read.makeRoom(in.readInt() * shape.heads());
    read.distances.add(ExactSums.read(in));
    for (ExactSums sums : read.fixed()) {
      sums.add(ExactSums.read(in));
    }
    for (long[] counts : read.counts()) {
      add(counts, Numbers.read(in));
    }
    read.headExamples.add(Examples.read(shape.nExamples(), in));
    read.neuronExamples.add(Examples.read(shape.nExamples(), in));
    return read;
  }

  /** All sums whose number does not depend on the samples. */
  private List<ExactSums> fixed() {
    return List.of(headFlow, reads, mlpFlow, parts, sources, lensEntropy, neuronSums);
  }

  private List<long[]> counts() {
    return List.of(headsOn, mlpsOn, lensTop, neuronsOn);
  }
}
