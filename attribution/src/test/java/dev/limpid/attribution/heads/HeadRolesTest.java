package dev.limpid.attribution.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.Transformer;
import dev.limpid.model.config.Sizes;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Roles of heads in the bundled models, which were trained on what needs them. */
class HeadRolesTest {

  static List<Path> demoModels() {
    return TestData.demoModels();
  }

  @ParameterizedTest
  @MethodSource("demoModels")
  void bundledModelsHaveTheHeadsTheirTasksNeed(Path folder) throws IOException {
    Transformer model = open(folder);
    Optional<LoadedTokenizer> tokenizer = TokenizerLoader.load(folder);

    HeadRoles roles = HeadRoles.of(model, HeadProbes.of(model.config(), tokenizer, List.of()));

    System.out.println(
        folder.getFileName()
            + roles.played().stream()
                .map(p ->
                    " %s %d.%d %.2f"
                        .formatted(p.role(), p.head().layer(), p.head().head(), p.score()))
                .collect(Collectors.joining(",")));
    assertThat(roles.played().stream().map(HeadRoles.Played::role))
        .contains(HeadRole.PREVIOUS_TOKEN, HeadRole.INDUCTION, HeadRole.NAME_MOVER);
    assertThat(roles.heads()).hasSize(model.config().nLayers() * model.config().nHeads());
    for (HeadScores head : roles.heads()) {
      assertThat(
              List.of(
                  head.previousToken(),
                  head.induction(),
                  head.duplicateToken(),
                  head.firstToken(),
                  share(head.copying()),
                  share(head.answerAttention()),
                  share(head.otherAttention())))
          .allSatisfy(score -> assertThat(score).isBetween(0.0, 1.000001));
    }
    assertThat(HeadRoles.of(model, HeadProbes.of(model.config(), tokenizer, List.of())))
        .isEqualTo(roles);
  }

  @ParameterizedTest
  @MethodSource("demoModels")
  void listsAreOfDistinctOrdinaryTokensAndNamesStandWhereTheyShould(Path folder)
      throws IOException {
    LoadedTokenizer loaded = TokenizerLoader.load(folder).orElseThrow();
    int bos = loaded.specialTokens().bos().orElseThrow();

    HeadProbes probes =
        HeadProbes.of(ModelFiles.open(folder).config(), Optional.of(loaded), List.of());

    assertThat(probes.lists()).hasSize(2);
    for (HeadProbes.Lists kind : probes.lists()) {
      assertThat(kind.prompts()).hasSize(8);
      for (List<Integer> prompt : kind.prompts()) {
        int half = prompt.size() - kind.length();
        List<Integer> list = prompt.subList(half, prompt.size());
        assertThat(prompt.getFirst()).isEqualTo(bos);
        assertThat(prompt.subList(half - kind.length(), half)).isEqualTo(list);
        assertThat(list).doesNotHaveDuplicates().doesNotContain(bos);
      }
    }
    assertThat(probes.names()).hasSizeGreaterThan(10);
    for (HeadProbes.Names names : probes.names()) {
      String answer = loaded.tokenizer().text(names.tokens().get(names.answer()));
      String subject = loaded.tokenizer().text(names.tokens().get(names.subject()));
      assertThat(answer).startsWith(" ").isNotEqualTo(subject);
      assertThat(names.tokens().get(names.again())).isEqualTo(names.tokens().get(names.subject()));
    }
  }

  @ParameterizedTest
  @EnumSource(HeadRole.class)
  void aRoleBeginsAtItsThreshold(HeadRole role) {
    double at = role.threshold();

    assertThat(scores(at).roles()).contains(role);
    assertThat(scores(at - 0.01).roles()).doesNotContain(role);
  }

  @Test
  void whoDoesNotCopyMovesNoNames() {
    HeadScores head = new HeadScores(0, 0, 0, 0, 0, 0, HeadRole.COPYING - 0.01, 1.0, 0.0);

    assertThat(head.roles()).isEmpty();
  }

  @Test
  void withoutTokenizerThereAreNoNames() throws IOException {
    Transformer model = open(TestData.folder().resolve("goldens/llama-mqa"));

    HeadRoles roles =
        HeadRoles.of(model, HeadProbes.of(model.config(), Optional.empty(), List.of()));

    assertThat(roles.heads()).allSatisfy(head -> assertThat(head.copying()).isNull());
  }

  @Test
  void givenPromptsReplaceTheListsForPreviousAndFirst() throws IOException {
    Transformer model = open(TestData.folder().resolve("goldens/gpt2-defaults"));
    HeadProbes generated = HeadProbes.of(model.config(), Optional.empty(), List.of());
    HeadProbes given =
        HeadProbes.of(model.config(), Optional.empty(), List.of(List.of(1, 2), List.of(3, 4, 5)));
    List<Integer> done = new ArrayList<>();

    HeadScores before = HeadRoles.of(model, generated).heads().getFirst();
    HeadScores after = HeadRoles.of(model, given, done::add).heads().getFirst();

    assertThat(after.induction()).isEqualTo(before.induction());
    assertThat(after.previousToken()).isNotEqualTo(before.previousToken());
    assertThat(done).last().isEqualTo(given.nPrompts());
  }

  @Test
  void aContextTooShortForAListIsRefused() throws IOException {
    var config = ModelFiles.open(TestData.folder().resolve("goldens/gpt2-defaults")).config();
    var tiny = config.withSizes(new Sizes(config.nLayers(), config.dModel(), config.dVocab(), 3));

    assertThatThrownBy(() -> HeadProbes.of(tiny, Optional.empty(), List.of()))
        .hasMessageContaining("context holds 3");
  }

  private static HeadScores scores(double all) {
    return new HeadScores(0, 0, all, all, all, all, 1.0, all, 0.0);
  }

  private static double share(@Nullable Double score) {
    return Objects.requireNonNull(score);
  }

  private static Transformer open(Path folder) throws IOException {
    return ModelLoader.open(folder, Backends.open("vector"));
  }
}
