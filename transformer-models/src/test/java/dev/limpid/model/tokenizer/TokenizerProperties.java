package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TokenizerProperties {
  private final Tokenizer bytes = golden("gpt2-byte-level");
  private final Tokenizer fallback = golden("llama2-byte-fallback");

  private static Tokenizer golden(String name) {
    try {
      return TokenizerLoader.load(TestData.folder().resolve("goldens/tokenizers").resolve(name))
          .orElseThrow()
          .tokenizer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property
  void anyTextComesBackFromBytes(@ForAll String text) {
    assertThat(bytes.decode(bytes.encode(text, true))).isEqualTo(readable(text));
  }

  @Property
  void anyTextWithoutSpecialTokensComesBackFromByteFallback(@ForAll String text) {
    assertThat(fallback.decode(fallback.encode(text, false)))
        .isEqualTo(readable(text).replace('▁', ' '));
  }

  @Property
  void loneSurrogatesAreReplaced(@ForAll List<Character> chars) {
    StringBuilder text = new StringBuilder("\uD800a\uDC00");
    chars.forEach(text::append);
    assertThat(bytes.decode(bytes.encode(text.toString(), false)))
        .isEqualTo(readable(text.toString()));
  }

  /** What UTF-8 can hold of a text: Java writes lone surrogates as question marks. */
  private static String readable(String text) {
    StringBuilder result = new StringBuilder();
    text.codePoints()
        .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
        .forEach(result::appendCodePoint);
    return result.toString();
  }

  @Property
  void everyByteSequenceIsReadAsTheStandardSays(@ForAll byte[] input) {
    String whole = new String(input, StandardCharsets.UTF_8);
    boolean valid = !whole.contains("\uFFFD");
    String lossy = Utf8.lossy(input);
    assertThat(lossy.replace("\uFFFD", "")).isEqualTo(whole.replace("\uFFFD", ""));
    assertThat(lossy.equals(whole)).isEqualTo(valid || lossy.length() == whole.length());
  }
}
