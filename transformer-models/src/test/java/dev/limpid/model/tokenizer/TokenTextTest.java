package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Single tokens as people read them. */
class TokenTextTest {
  private static Tokenizer golden(String name) throws IOException {
    return TokenizerLoader.load(TestData.folder().resolve("goldens/tokenizers").resolve(name))
        .orElseThrow()
        .tokenizer();
  }

  private static String text(Tokenizer tokenizer, String piece) {
    int id = tokenizer.id(piece);
    assertThat(id).as(piece).isNotNegative();
    assertThat(tokenizer.piece(id)).isEqualTo(piece);
    return tokenizer.text(id);
  }

  @Test
  void byteLevel() throws IOException {
    Tokenizer tokenizer = golden("gpt2-byte-level");
    assertThat(text(tokenizer, "Ġ")).isEqualTo(" ");
    assertThat(text(tokenizer, "Ċ")).isEqualTo("\n");
    assertThat(text(tokenizer, "ä")).isEqualTo("<0xE4>");
    assertThat(text(tokenizer, "<|endoftext|>")).isEqualTo("<|endoftext|>");
  }

  @Test
  void bytesOfBrokenAndWholeCharacters() {
    Decoder decoder = new Decoder.ByteLevel();
    assertThat(decoder.readable(ByteAlphabet.write("é€😀"))).isEqualTo("é€😀");
    assertThat(decoder.readable("âĤ")).isEqualTo("<0xE2><0x82>");
    assertThat(decoder.readable("¬Ġa")).isEqualTo("<0xAC> a");
  }

  @Test
  void byteFallback() throws IOException {
    Tokenizer tokenizer = golden("llama2-byte-fallback");
    assertThat(text(tokenizer, "▁")).isEqualTo(" ");
    assertThat(text(tokenizer, "<0x0A>")).isEqualTo("\n");
    assertThat(text(tokenizer, "<0x41>")).isEqualTo("A");
    assertThat(text(tokenizer, "<0xE4>")).isEqualTo("<0xE4>");
    assertThat(text(tokenizer, "<0x09>")).isEqualTo("<0x09>");
    assertThat(text(tokenizer, "<s>")).isEqualTo("<s>");
  }
}
