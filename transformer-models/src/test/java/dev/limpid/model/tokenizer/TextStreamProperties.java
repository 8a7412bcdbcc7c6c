package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is shown piece by piece is the text of everything, less that of the prompt. */
class TextStreamProperties {
  private static final List<LoadedTokenizer> TOKENIZERS = tokenizers();

  private static List<LoadedTokenizer> tokenizers() {
    try (Stream<Path> folders = Files.list(TestData.folder().resolve("goldens/tokenizers"))) {
      List<LoadedTokenizer> tokenizers = new ArrayList<>();
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        tokenizers.add(TokenizerLoader.load(folder).orElseThrow());
      }
      return tokenizers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property(tries = 2000)
  void piecesAreTheWholeLessThePrompt(
      @ForAll @IntRange(min = 0, max = 99) int which, @ForAll long seed) {
    LoadedTokenizer loaded = TOKENIZERS.get(which % TOKENIZERS.size());
    Tokenizer tokenizer = loaded.tokenizer();
    OptionalInt bos = loaded.specialTokens().bos();
    Random random = new Random(seed);
    // Bytes lie at the beginning of a vocabulary: half of the tokens are from there.
    List<Integer> ids =
        Stream.generate(() -> random.nextInt(random.nextBoolean() ? 300 : tokenizer.size()))
            .filter(tokenizer::knows)
            .limit(1 + random.nextInt(30))
            .collect(Collectors.toCollection(ArrayList::new));
    if (bos.isPresent() && random.nextBoolean()) {
      ids.addFirst(bos.getAsInt());
    }
    // A prompt that ends within no character, as one that was a text does.
    int length = random.nextInt(ids.size());
    while (length > 0 && !isWhole(tokenizer, ids, length)) {
      length--;
    }
    List<Integer> prompt = ids.subList(0, length);
    TextStream stream = new TextStream(loaded, prompt);
    StringBuilder shown = new StringBuilder();
    int begin = length > 0 && OptionalInt.of(ids.getFirst()).equals(bos) ? 1 : 0;
    String all = tokenizer.decode(ids.subList(begin, ids.size()));
    String before = tokenizer.decode(prompt.subList(begin, length));
    for (int id : ids.subList(length, ids.size())) {
      shown.append(stream.add(id));
      // Nothing that was shown is ever taken back.
      assertThat(all).startsWith(before + shown);
    }
    shown.append(stream.end());
    assertThat(before + shown).isEqualTo(all);
  }

  private static boolean isWhole(Tokenizer tokenizer, List<Integer> ids, int length) {
    return !tokenizer.decode(ids.subList(0, length)).endsWith("\uFFFD")
        && !ByteFallback.isByte(tokenizer.piece(ids.get(length - 1)));
  }

  @Example
  void aCharacterIsShownWhenItIsWhole() {
    for (LoadedTokenizer loaded : TOKENIZERS) {
      Tokenizer tokenizer = loaded.tokenizer();
      List<Integer> ids = tokenizer.encode("a\uD83E\uDD84z", false);
      assertThat(ids).as("in bytes").hasSizeGreaterThan(4);
      TextStream stream = new TextStream(loaded, List.of());
      List<String> shown = ids.stream().map(stream::add).filter(text -> !text.isEmpty()).toList();
      assertThat(String.join("", shown))
          .isEqualTo(tokenizer.decode(ids))
          .endsWith("a\uD83E\uDD84z");
      assertThat(stream.end()).isEmpty();
    }
  }

  @Example
  void aPromptMayEndWithinACharacter() {
    for (LoadedTokenizer loaded : TOKENIZERS) {
      Tokenizer tokenizer = loaded.tokenizer();
      List<Integer> ids = tokenizer.encode("ab\uD83E\uDD84z", false);
      int cut = ids.size() - 2;
      TextStream stream = new TextStream(loaded, ids.subList(0, cut));
      String shown = stream.add(ids.get(cut)) + stream.add(ids.get(cut + 1)) + stream.end();
      assertThat(shown).isEqualTo("\uD83E\uDD84z");
    }
  }

  @Example
  void idsBeyondTheVocabularySpellNothing() {
    for (LoadedTokenizer loaded : TOKENIZERS) {
      Tokenizer tokenizer = loaded.tokenizer();
      TextStream stream = new TextStream(loaded, tokenizer.encode("a", false));
      for (int id = 0; id < tokenizer.size() + 5; id++) {
        if (!tokenizer.knows(id)) {
          assertThat(stream.add(id)).isEmpty();
        }
      }
      assertThat(stream.end()).isEmpty();
    }
  }
}
