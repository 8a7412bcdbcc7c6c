package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceBpeTest {
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int BYTE = 6;

  @TempDir Path folder;

  /** Writes messages of protobuf, as far as the test needs them; lengths below 128. */
  private static final class Message {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(int field, int value) {
      tag(field, 0);
      bytes.write(value);
      return this;
    }

    Message real(int field, float value) {
      tag(field, 5);
      bytes.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
      return this;
    }

    Message block(int field, byte[] content) {
      tag(field, 2);
      bytes.write(content.length);
      bytes.writeBytes(content);
      return this;
    }

    Message piece(String text, float score, int type) {
      Message piece = new Message().block(1, text.getBytes(StandardCharsets.UTF_8)).real(2, score);
      return block(1, piece.number(3, type).bytes.toByteArray());
    }

    private void tag(int field, int wireType) {
      int tag = (field << 3) | wireType;
      if (tag >= 0x80) {
        bytes.write((tag & 0x7f) | 0x80);
        tag >>>= 7;
      }
      bytes.write(tag);
    }
  }

  private static Message model(int type) {
    Message model =
        new Message()
            .piece("<unk>", 0, UNKNOWN)
            .piece("<s>", 0, CONTROL)
            .piece("</s>", 0, CONTROL)
            .piece("<0x0A>", 0, BYTE)
            .piece("▁a", -1, NORMAL)
            .piece("ab", 0, NORMAL)
            .piece("▁", -2, NORMAL)
            .piece("a", -3, NORMAL)
            .piece("b", -4, NORMAL);
    byte[] trainer = new Message().number(3, type).number(35, 1).bytes.toByteArray();
    byte[] normalizer = new Message().number(3, 1).number(4, 0).bytes.toByteArray();
    return model.block(2, trainer).block(3, normalizer);
  }

  private LoadedTokenizer load(byte[] bytes) throws IOException {
    Files.write(folder.resolve("tokenizer.model"), bytes);
    return TokenizerLoader.load(folder).orElseThrow();
  }

  @Test
  void bestPieceIsMergedFirst() throws IOException {
    LoadedTokenizer loaded = load(model(2).bytes.toByteArray());
    Tokenizer tokenizer = loaded.tokenizer();
    assertThat(tokenizer.encode("ab a\n?", true)).containsExactly(1, 6, 5, 4, 3, 0);
    assertThat(tokenizer.decode(List.of(1, 6, 5, 4, 3))).isEqualTo("<s> ab a\n");
    assertThat(tokenizer.text(4)).isEqualTo(" a");
    assertThat(loaded.specialTokens().bos()).hasValue(1);
    assertThat(loaded.specialTokens().addsBos()).isTrue();
  }

  @Test
  void unigramIsNamed() {
    assertThatThrownBy(() -> load(model(1).bytes.toByteArray()))
        .isInstanceOf(UnsupportedTokenizerException.class)
        .hasMessageContaining("tokenizer.model: not supported: model Unigram");
  }

  @Test
  void everyCutIsOneClearError() throws IOException {
    byte[] whole = model(2).bytes.toByteArray();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        load(cut); // a cut between two fields leaves a shorter model
      } catch (MalformedTokenizerException | UnsupportedTokenizerException e) {
        assertThat(e).hasMessageContaining("tokenizer.model");
      }
    }
  }
}
