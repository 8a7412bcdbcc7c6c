package dev.limpid.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns pieces back into text, one step of it. */
interface Decoder {
  /** Returns the pieces after this step; a step may join them. */
  List<String> decode(List<String> pieces);

  /** Returns one piece as people read it, standing alone. */
  default String readable(String piece) {
    return piece;
  }

  /** Applies steps one after the other. */
  record Sequence(List<Decoder> steps) implements Decoder {
    @Override
    public List<String> decode(List<String> pieces) {
      List<String> result = pieces;
      for (Decoder step : steps) {
        result = step.decode(result);
      }
      return result;
    }

    @Override
    public String readable(String piece) {
      String result = piece;
      for (Decoder step : steps) {
        result = step.readable(result);
      }
      return result;
    }
  }

  /** Puts spaces between pieces: what happens where a file names no decoder. */
  record Spaced() implements Decoder {
    @Override
    public List<String> decode(List<String> pieces) {
      return List.of(String.join(" ", pieces));
    }
  }

  /** Reads the characters of {@link ByteAlphabet} as bytes, across pieces. */
  record ByteLevel() implements Decoder {
    @Override
    public List<String> decode(List<String> pieces) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (String piece : pieces) {
        bytes.writeBytes(
            ByteAlphabet.read(piece).orElseGet(() -> piece.getBytes(StandardCharsets.UTF_8)));
      }
      return List.of(Utf8.lossy(bytes.toByteArray()));
    }

    @Override
    public String readable(String piece) {
      return ByteAlphabet.read(piece).map(ReadableBytes::show).orElse(piece);
    }
  }

  /** Replaces what a pattern matches, in every piece. */
  record Replace(TextPattern pattern, String content) implements Decoder {
    @Override
    public List<String> decode(List<String> pieces) {
      return pieces.stream().map(this::readable).toList();
    }

    @Override
    public String readable(String piece) {
      return Replacing.replace(piece, pattern, content);
    }
  }

  /** Joins all pieces into one. */
  record Fuse() implements Decoder {
    @Override
    public List<String> decode(List<String> pieces) {
      return List.of(String.join("", pieces));
    }
  }

  /** Removes a character at the ends of every piece, so many times at most. */
  record Strip(int content, int start, int stop) implements Decoder {
    @Override
    public List<String> decode(List<String> pieces) {
      return pieces.stream().map(this::strip).toList();
    }

    private String strip(String piece) {
      int[] chars = piece.codePoints().toArray();
      int from = 0;
      while (from < Math.min(start, chars.length) && chars[from] == content) {
        from++;
      }
      int to = chars.length;
      while (to > from && chars.length - to < stop && chars[to - 1] == content) {
        to--;
      }
      return new String(chars, from, to - from);
    }
  }

  /** Reads the metaspace as a space, and drops those of the first piece if one was put there. */
  record Metaspace(String replacement, boolean prepended) implements Decoder {
    @Override
    public List<String> decode(List<String> pieces) {
      List<String> result = new ArrayList<>(pieces.size());
      for (String piece : pieces) {
        boolean drop = prepended && result.isEmpty();
        result.add(piece.replace(replacement, drop ? "" : " "));
      }
      return result;
    }

    @Override
    public String readable(String piece) {
      return piece.replace(replacement, " ");
    }
  }
}
