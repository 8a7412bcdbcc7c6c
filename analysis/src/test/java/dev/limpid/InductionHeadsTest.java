package dev.limpid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.heads.ScorePart;
import dev.limpid.attribution.heads.ScoreParts;
import dev.limpid.attribution.heads.ScoreSplit;
import dev.limpid.files.PromptFile;
import dev.limpid.files.PromptLine;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.tensor.Tensor;
import dev.limpid.testdata.TestData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/demo-models.md says of why induction heads look where they look. */
class InductionHeadsTest {
  private static final int PROMPTS = 50;

  /** The document's figures have one decimal of a score, two of an attention. */
  private static final double SCORE = 0.06;

  private static final double ATTENTION = 0.006;

  /** A prompt whose last token was there before, and the position after that: where to look. */
  private record Case(Analysis analysis, int query, int key) {

    static Case of(Analysis analysis) {
      List<Integer> tokens = analysis.prompt().tokens();
      int last = analysis.last();
      return new Case(analysis, last, tokens.subList(0, last).lastIndexOf(tokens.get(last)) + 1);
    }

    /** Whether a prompt is as long and has another word at the key. */
    boolean isLike(Case other) {
      List<Integer> tokens = analysis.prompt().tokens();
      List<Integer> others = other.analysis.prompt().tokens();
      return tokens.size() == others.size() && !tokens.get(other.key).equals(others.get(other.key));
    }

    /** The attention of head 2.0 with what MLP 0 wrote elsewhere in place of the key's. */
    double withMlpFrom(Case other, int position) throws QuestionException {
      Tensor wrote = other.analysis.trace().layer(0).mlpOut().row(position).toHeap();
      Site site = new Site.State(Site.Stage.MLP_OUT, 0, key);
      return attention(2, 0, List.of(Intervention.put(site, wrote)));
    }

    double attention(int layer, int head, List<Intervention> changes) {
      ForwardTrace trace =
          analysis
              .model()
              .transformer()
              .run(analysis.prompt().tokens(), changes, TraceDetail.FULL, LayerVisitor.NONE);
      return trace.layer(layer).toHeap().pattern().get(head, query, key);
    }
  }

  private static List<Case> cases(String name) throws Exception {
    LanguageModel model =
        LanguageModel.open(TestData.folder().resolve("models").resolve(name).toString());
    List<Case> cases = new ArrayList<>();
    try (PromptFile prompts = PromptFile.open(TestData.prompts().resolve("induction.jsonl"))) {
      while (cases.size() < PROMPTS) {
        PromptLine line = (PromptLine) prompts.next().orElseThrow();
        Prompt prompt = line.prompt().cut(model.source(), Optional.empty());
        cases.add(Case.of(model.analyse(prompt, Progress.NONE)));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @CsvSource({
    "demo-gpt2,  2, 0, 7.1, head 1.6, 4.3, mlp 0, 1.7",
    "demo-gpt2,  2, 7, 6.1, head 1.6, 3.6, mlp 0, 1.4",
    "demo-opt,   3, 7, 6.8, mlp 0, 3.2, mlp 1, 2.3",
    "demo-opt,   3, 5, 6.7, mlp 0, 2.4, mlp 1, 2.4",
    "demo-llama, 1, 3, 10.5, head 0.6, 7.7, head 0.7, 8.5",
    "demo-llama, 1, 1, 11.9, head 0.6, 8.1, head 0.7, 9.1",
  })
  void theLargestPartsAreThoseOfTheDocument(
      String model,
      int layer,
      int head,
      double score,
      String queryPart,
      double ofQuery,
      String keyPart,
      double ofKey)
      throws Exception {
    double scores = 0;
    Map<String, Double> queryParts = new HashMap<>();
    Map<String, Double> keyParts = new HashMap<>();
    for (Case c : cases(model)) {
      ScoreSplit split =
          ScoreParts.of(c.analysis.model().transformer(), c.analysis.trace(), layer, c.query)
              .splitFromOthers(head, c.key);
      scores += split.score() / PROMPTS;
      for (int i = 0; i < split.parts().size(); i++) {
        queryParts.merge(name(split.parts().get(i)), split.ofQuery(i) / PROMPTS, Double::sum);
        keyParts.merge(name(split.parts().get(i)), split.ofKey(i) / PROMPTS, Double::sum);
      }
    }
    assertThat(scores).isCloseTo(score, within(SCORE));
    assertThat(largest(queryParts)).isEqualTo(queryPart);
    assertThat(largest(keyParts)).isEqualTo(keyPart);
    assertThat(queryParts.get(queryPart)).isCloseTo(ofQuery, within(SCORE));
    assertThat(keyParts.get(keyPart)).isCloseTo(ofKey, within(SCORE));
  }

  private static String name(ScorePart part) {
    return switch (part.kind()) {
      case HEAD -> "head " + part.layer() + "." + part.head();
      case MLP -> "mlp " + part.layer();
      default -> part.kind().toString();
    };
  }

  private static String largest(Map<String, Double> parts) {
    return parts.entrySet().stream()
        .max(Comparator.comparingDouble(part -> Math.abs(part.getValue())))
        .orElseThrow()
        .getKey();
  }

  @ParameterizedTest
  @CsvSource({
    "demo-llama, 1, 3, '0.7', 0.93, 0.18, 0.96",
    "demo-llama, 1, 1, '0.7', 0.95, 0.26, 0.96",
    "demo-gpt2,  2, 0, '1.6 1.0', 0.85, 0.62, 0.20",
    "demo-gpt2,  2, 0, '1.3 1.1', 0.85, 0.79, 0.78",
    "demo-opt,   3, 7, '0.1 0.4', 0.62, 0.56, 0.38",
  })
  void withoutThemAttentionIsWhatTheDocumentSays(
      String model,
      int layer,
      int head,
      String without,
      double before,
      double atTheKey,
      double atTheQuery)
      throws Exception {
    double[] attention = new double[3];
    for (Case c : cases(model)) {
      attention[0] += c.attention(layer, head, List.of()) / PROMPTS;
      attention[1] += c.attention(layer, head, zero(without, c.key)) / PROMPTS;
      attention[2] += c.attention(layer, head, zero(without, c.query)) / PROMPTS;
    }
    assertThat(attention)
        .containsExactly(new double[] {before, atTheKey, atTheQuery}, within(ATTENTION));
  }

  @Test
  void theKeyIsFoundByItsPlace() throws Exception {
    List<Case> cases = cases("demo-gpt2");
    double otherPlace = 0;
    double otherWord = 0;
    int n = 0;
    for (Case c : cases) {
      otherPlace += c.withMlpFrom(c, c.key > 2 ? c.key - 2 : c.key + 2) / PROMPTS;
      Optional<Case> other = cases.stream().filter(o -> o.isLike(c)).findFirst();
      if (other.isPresent()) {
        otherWord += c.withMlpFrom(other.get(), c.key);
        n++;
      }
    }
    assertThat(otherPlace).isCloseTo(0.17, within(ATTENTION));
    assertThat(otherWord / n).isCloseTo(0.75, within(ATTENTION));
  }

  private static List<Intervention> zero(String heads, int position) {
    List<Intervention> zero = new ArrayList<>();
    for (String head : heads.split(" ", -1)) {
      String[] parts = head.split("\\.", -1);
      zero.add(
          Intervention.zero(
              new Site.Head(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), position)));
    }
    return zero;
  }
}
