package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Marks in canonical order are the same text to every normal form. */
class CanonicalOrderProperties {
  private static final Integer[] MARKS =
      IntStream.range(0x300, 0x20000)
          .filter(c -> Character.getType(c) == Character.NON_SPACING_MARK)
          .boxed()
          .toArray(Integer[]::new);

  @Provide
  Arbitrary<String> longRuns() {
    Arbitrary<Integer> mark = Arbitraries.of(MARKS);
    Arbitrary<Integer> any =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(60, mark),
            net.jqwik.api.Tuple.of(1, Arbitraries.of((int) 'a', 0xE9, 0x1EBF, 0xAC00)));
    return any.list()
        .ofMinSize(1)
        .ofMaxSize(300)
        .map(list ->
            new String(list.stream().mapToInt(Integer::intValue).toArray(), 0, list.size()));
  }

  @Property(tries = 300)
  void normalFormsStayTheSame(@ForAll("longRuns") String text) {
    String ordered = CanonicalOrder.of(text);
    for (Form form : Form.values()) {
      assertThat(Normalizer.normalize(ordered, form)).isEqualTo(Normalizer.normalize(text, form));
    }
  }
}
