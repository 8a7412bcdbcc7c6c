package dev.limpid.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.DemoModel;
import dev.limpid.LanguageModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tokens as documents spell them. */
class TokenNamesTest {

  @Test
  void withoutATokenizerTokensAreNumbers() {
    TokenNames names = new TokenNames(Optional.empty());
    assertThat(names.text(3)).isNull();
    assertThat(names.id(" Mary", 100)).isEmpty();
    assertThat(names.views(List.of(7))).containsExactly(new TokenView(0, 7, null, null));
  }

  @Test
  void aTextLeadsToItsToken() throws Exception {
    LanguageModel model = DemoModel.open();
    TokenNames names = model.source().names();
    int dVocab = model.transformer().config().dVocab();
    int mary = names.id(" Mary", dVocab).orElseThrow();
    assertThat(names.text(mary)).isEqualTo(" Mary");
    assertThat(names.id(" Mary", mary)).isEmpty();
    assertThat(names.text(dVocab + 5)).isNull();
  }
}
