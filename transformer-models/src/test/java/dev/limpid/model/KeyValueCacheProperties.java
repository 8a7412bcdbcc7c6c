package dev.limpid.model;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A text run in pieces behind a cache gives what it gives in one pass. */
class KeyValueCacheProperties {
  /** Sums in another order, relative to the largest logit. */
  private static final double TOLERANCE = 1e-4;

  /** Longer than several vectors of keys, and short enough for many tries. */
  private static final int LONGEST = 70;

  private static final List<Transformer> MODELS = EveryModel.onBothBackends();

  /** Every model of every family, token by token behind a prompt. */
  @Example
  void everyModelGivesTheSameStepByStep() {
    for (Transformer model : MODELS) {
      int length = Math.min(LONGEST, model.config().nContext());
      List<Integer> tokens = tokens(new Random(3), model, length);
      List<Integer> sizes = new ArrayList<>(List.of(length / 2));
      while (sizes.stream().mapToInt(Integer::intValue).sum() < length) {
        sizes.add(1);
      }
      check(model, tokens, sizes, new KeyValueCache());
    }
  }

  @Property(tries = 150)
  void anyPiecesGiveTheSame(@ForAll @IntRange(min = 0, max = 9999) int which, @ForAll long seed) {
    Transformer model = MODELS.get(which % MODELS.size());
    Random random = new Random(seed);
    int length = 1 + random.nextInt(Math.min(LONGEST, model.config().nContext()));
    List<Integer> sizes = new ArrayList<>();
    for (int done = 0; done < length; done += sizes.getLast()) {
      sizes.add(1 + random.nextInt(length - done));
    }
    KeyValueCache cache = new KeyValueCache();
    check(model, tokens(random, model, length), sizes, cache);
    // And once more from a beginning that is kept.
    int kept = random.nextInt(length);
    cache.truncate(kept);
    List<Integer> other = tokens(random, model, length);
    List<Integer> rerun = new ArrayList<>(other.subList(0, kept));
    cache.truncate(0);
    if (kept > 0) {
      model.extend(rerun, cache);
    }
    Tensor last = model.extend(other.subList(kept, length), cache);
    assertAgree(model.unembed(last), logits(model, other).rows(kept, length));
  }

  private static void check(
      Transformer model, List<Integer> tokens, List<Integer> sizes, KeyValueCache cache) {
    int from = 0;
    for (int size : sizes) {
      int to = from + size;
      Tensor states = model.extend(tokens.subList(from, to), cache);
      // Of the text so far: where rotations depend on its length, a longer one has other states.
      Tensor expected = logits(model, tokens.subList(0, to));
      assertAgree(model.unembed(states), expected.rows(from, to));
      from = to;
      assertThat(cache.length()).isEqualTo(from);
    }
    assertThat(from).isEqualTo(tokens.size());
  }

  private static Tensor logits(Transformer model, List<Integer> tokens) {
    return model.trace(tokens, TraceDetail.RESIDUALS).logits();
  }

  private static List<Integer> tokens(Random random, Transformer model, int length) {
    return random.ints(length, 0, model.config().dVocab()).boxed().toList();
  }

  private static void assertAgree(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertCloseToLargest("logits", actual.toFloats(), expected.toFloats(), TOLERANCE);
  }
}
