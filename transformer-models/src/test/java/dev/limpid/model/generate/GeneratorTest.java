package dev.limpid.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.KeyValueCache;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  private static final List<Integer> PROMPT = List.of(0, 275, 691, 310, 1160, 337);

  private final Transformer model;

  GeneratorTest() throws IOException {
    model =
        ModelLoader.open(TestData.folder().resolve("models/demo-gpt2"), Backends.open("vector"));
  }

  private static List<Step> steps(Generator generator) {
    List<Step> steps = new ArrayList<>();
    generator.forEachRemaining(steps::add);
    return steps;
  }

  private static List<Integer> tokens(Generator generator) {
    return steps(generator).stream().map(Step::token).toList();
  }

  private static GenerationOptions endless(Sampling sampling, int maxNew) {
    return new GenerationOptions(sampling, maxNew, Set.of());
  }

  @Test
  void aTextEndsForOneOfThreeReasons() {
    Generator byEos = new Generator(model, PROMPT, 40);
    assertThat(byEos.stopReason()).isEmpty();
    assertThat(tokens(byEos)).containsExactly(1155, 14, 0);
    assertThat(byEos.stopReason()).contains(StopReason.EOS);
    assertThatThrownBy(byEos::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("EOS");

    Generator byNumber = new Generator(model, PROMPT, 2);
    assertThat(tokens(byNumber)).containsExactly(1155, 14);
    assertThat(byNumber.stopReason()).contains(StopReason.MAX_NEW);
    assertThat(new Generator(model, PROMPT, 0).stopReason()).contains(StopReason.MAX_NEW);

    Generator byContext = new Generator(model, PROMPT, endless(Sampling.GREEDY, 1000));
    assertThat(tokens(byContext)).hasSize(128 - PROMPT.size()).startsWith(1155, 14, 0);
    assertThat(byContext.stopReason()).contains(StopReason.CONTEXT);
    assertThat(new Generator(model, Collections.nCopies(128, 1), 1).stopReason())
        .contains(StopReason.CONTEXT);
  }

  @Test
  void stepsCarryWhatTheyWereChosenFrom() {
    List<Integer> text = new ArrayList<>(PROMPT);
    for (Step step :
        steps(new Generator(model, PROMPT, endless(new Sampling(1.5, 0, 0.9, 5), 20)))) {
      Tensor logits = model.trace(text, TraceDetail.RESIDUALS).logits(text.size() - 1);
      assertThat(step.position()).isEqualTo(text.size());
      double sum = 0;
      for (int id = 0; id < logits.dim(0); id++) {
        assertThat(step.logits().get(id)).isCloseTo(logits.get(id), within(1e-3f));
        sum += Math.exp(logits.get(id));
      }
      assertThat(step.probability())
          .isCloseTo(Math.exp(logits.get(step.token())) / sum, within(1e-4));
      text.add(step.token());
    }
    assertThat(text).hasSize(PROMPT.size() + 20);
  }

  @Test
  void aSeedMakesTheSameText() {
    List<Integer> first =
        tokens(new Generator(model, PROMPT, endless(new Sampling(2, 0, 1, 9), 30)));
    assertThat(tokens(new Generator(model, PROMPT, endless(new Sampling(2, 0, 1, 9), 30))))
        .isEqualTo(first);
    assertThat(tokens(new Generator(model, PROMPT, endless(new Sampling(2, 0, 1, 8), 30))))
        .isNotEqualTo(first);
  }

  @Test
  void aCacheCarriesOnWhereItStopped() {
    List<Integer> whole = tokens(new Generator(model, PROMPT, endless(Sampling.GREEDY, 20)));
    KeyValueCache cache = new KeyValueCache();
    List<Integer> first = tokens(new Generator(model, cache, PROMPT, endless(Sampling.GREEDY, 8)));
    assertThat(cache.length()).isEqualTo(PROMPT.size() + 7);
    List<Integer> rest =
        tokens(new Generator(model, cache, List.of(first.getLast()), endless(Sampling.GREEDY, 12)));
    assertThat(first).isEqualTo(whole.subList(0, 8));
    assertThat(rest).isEqualTo(whole.subList(8, 20));
  }

  @Test
  void threadsShareAModel() {
    List<List<Integer>> texts =
        Collections.nCopies(4, PROMPT).parallelStream()
            .map(prompt -> tokens(new Generator(model, prompt, endless(Sampling.GREEDY, 60))))
            .toList();
    assertThat(Set.copyOf(texts)).hasSize(1);
  }

  @Test
  void promptsTheModelCannotTakeAreRefused() {
    for (List<Integer> prompt : List.<List<Integer>>of(List.of(), Collections.nCopies(129, 1))) {
      Generator generator = new Generator(model, prompt, 5);
      assertThatThrownBy(generator::next)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the prompt has");
    }
    assertThatThrownBy(() -> new Generator(model, PROMPT, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1 is not a number of new tokens");
  }
}
