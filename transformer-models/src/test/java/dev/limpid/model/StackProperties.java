package dev.limpid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Prompts that run together give, bit for bit, what each gives alone. */
class StackProperties {
  /** Longer than several tiles of rows and several vectors of keys. */
  private static final int LONGEST = 40;

  private static final List<Transformer> MODELS = EveryModel.onBothBackends();

  @Example
  void everyModelGivesEachPromptItsBits() {
    for (Transformer model : MODELS) {
      Random random = new Random(5);
      check(model, prompts(random, model, List.of(3, 1, 9, 2, 13)), TraceDetail.FULL);
    }
  }

  @Property(tries = 60)
  void anyPromptsInAnyOrder(@ForAll @IntRange(min = 0, max = 9999) int which, @ForAll long seed) {
    Transformer model = MODELS.get(which % MODELS.size());
    Random random = new Random(seed);
    List<Integer> lengths = random.ints(random.nextInt(6), 1, LONGEST + 1).boxed().toList();
    TraceDetail detail = random.nextBoolean() ? TraceDetail.FULL : TraceDetail.RESIDUALS;
    check(model, prompts(random, model, lengths), detail);
  }

  /** More rows than one stack takes. */
  @Example
  void severalStacks() {
    Transformer model = MODELS.getLast();
    List<Integer> lengths = IntStream.range(0, 60).map(i -> 2 + i % 19).boxed().toList();
    check(model, prompts(new Random(7), model, lengths), TraceDetail.RESIDUALS);
  }

  @Example
  void aPromptThatCannotBeRunIsRefusedBeforeAnyRuns() {
    Transformer model = MODELS.getLast();
    List<List<Integer>> prompts = List.of(List.of(1, 2), List.of());
    LayerVisitor never =
        (layer, trace) -> {
          throw new AssertionError("a layer was computed");
        };
    assertThatThrownBy(
            () -> model.runTogether(prompts, TraceDetail.FULL, Collections.nCopies(2, never)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no tokens");
  }

  private static List<List<Integer>> prompts(
      Random random, Transformer model, List<Integer> lengths) {
    int context = model.config().nContext();
    int vocabulary = model.config().dVocab();
    return lengths.stream()
        .map(n -> random.ints(Math.min(n, context), 0, vocabulary).boxed().toList())
        .toList();
  }

  private static void check(Transformer model, List<List<Integer>> prompts, TraceDetail detail) {
    List<List<LayerTrace>> seen = new ArrayList<>();
    List<LayerVisitor> each = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      List<LayerTrace> own = new ArrayList<>();
      seen.add(own);
      each.add((layer, trace) -> own.add(trace));
    }
    List<ForwardTrace> together = model.runTogether(prompts, detail, each);
    assertThat(together).hasSameSizeAs(prompts);
    for (int i = 0; i < prompts.size(); i++) {
      ForwardTrace one = together.get(i);
      ForwardTrace alone = model.trace(prompts.get(i), TraceDetail.FULL);
      assertThat(one.tokens()).isEqualTo(alone.tokens());
      assertThat(one.detail()).isEqualTo(detail);
      for (int l = 0; l < alone.nLayers(); l++) {
        String where = "%s, prompt %d of %d, layer %d".formatted(model, i, prompts.size(), l);
        List<Integer> expected = bits(alone.layer(l));
        assertThat(bits(seen.get(i).get(l))).as(where).isEqualTo(expected);
        assertThat(bits(one.layer(l))).as(where + ", kept").isEqualTo(expected);
        assertThat(bits(one.before(l))).as(where).isEqualTo(bits(alone.before(l)));
      }
      assertThat(bits(one.logits())).isEqualTo(bits(alone.logits()));
    }
  }

  private static List<Integer> bits(LayerTrace layer) {
    List<Integer> all = new ArrayList<>();
    layer.each(x -> {
      all.addAll(bits(x));
      return x;
    });
    if (layer.attentionScale() != null) {
      all.addAll(bits(layer.attentionScale()));
    }
    if (layer.mlpScale() != null) {
      all.addAll(bits(layer.mlpScale()));
    }
    if (layer.experts() != null) {
      all.addAll(bits(layer.experts().weight()));
    }
    return all;
  }

  private static List<Integer> bits(Tensor x) {
    float[] values = x.toFloats();
    return IntStream.range(0, values.length)
        .mapToObj(i -> Float.floatToRawIntBits(values[i]))
        .toList();
  }
}
