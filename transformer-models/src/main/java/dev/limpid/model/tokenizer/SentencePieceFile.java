package dev.limpid.model.tokenizer;

import dev.limpid.tensor.files.ModelFile;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a {@code tokenizer.model} of SentencePiece says, as far as BPE needs it. */
record SentencePieceFile(List<Entry> entries, boolean byteFallback, boolean addsPrefix) {
  private static final int BPE = 2;

  /** All ways to cut a piece in two are looked at; SentencePiece's own pieces are a few dozen. */
  private static final int LONGEST_PIECE = 1000;

  /** One piece; its id is its place. */
  record Entry(String piece, float score, Kind kind) {}

  /** What a piece is for; in the order of the file format, which counts from 1. */
  enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  static SentencePieceFile read(Path path) throws IOException {
    try {
      return read(path, new ProtobufFields(ByteBuffer.wrap(ModelFile.read(path))));
    } catch (BufferUnderflowException e) {
      throw new MalformedTokenizerException(path, "the file ends too early");
    } catch (IllegalArgumentException e) {
      throw new MalformedTokenizerException(path, "no SentencePiece model: " + e.getMessage());
    }
  }

  private static SentencePieceFile read(Path path, ProtobufFields file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    boolean byteFallback = false;
    boolean addsPrefix = true;
    for (int field = file.next(); field != 0; field = file.next()) {
      switch (field) {
        case 1 -> entries.add(entry(file.message()));
        case 2 -> byteFallback = trainer(path, file.message());
        case 3 -> addsPrefix = normalizer(path, file.message());
        default -> {} // self-tests and the denormalizer
      }
    }
    return new SentencePieceFile(entries, byteFallback, addsPrefix);
  }

  private static Entry entry(ProtobufFields message) {
    String piece = "";
    float score = 0;
    Kind kind = Kind.NORMAL;
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> piece = message.text();
        case 2 -> score = message.real();
        case 3 -> kind = kind(message.number());
        default -> {} // extensions
      }
    }
    if (piece.length() > LONGEST_PIECE) {
      throw new IllegalArgumentException("a piece of %d characters".formatted(piece.length()));
    }
    return new Entry(piece, Float.isNaN(score) ? 0 : score, kind);
  }

  static Kind kind(int number) {
    if (number < 1 || number > Kind.values().length) {
      throw new IllegalArgumentException("a piece of type " + number);
    }
    return Kind.values()[number - 1];
  }

  /** Returns whether bytes stand in for characters without a piece. */
  private static boolean trainer(Path path, ProtobufFields message) throws IOException {
    int type = 1;
    boolean byteFallback = false;
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 3 -> type = message.number();
        case 35 -> byteFallback = message.flag();
        default -> {} // how it was trained
      }
    }
    if (type != BPE) {
      String name = type == 1 ? "Unigram" : "of type " + type;
      throw new UnsupportedTokenizerException(path, "model " + name);
    }
    return byteFallback;
  }

  /** Returns whether a space goes in front of every text. */
  private static boolean normalizer(Path path, ProtobufFields message) throws IOException {
    boolean addsPrefix = true;
    boolean removesSpaces = true;
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 2 -> {
          if (message.length() > 0) {
            throw new UnsupportedTokenizerException(path, "normalizer with a character map");
          }
        }
        case 3 -> addsPrefix = message.flag();
        case 4 -> removesSpaces = message.flag();
        default -> {} // the name of the normalization
      }
    }
    if (removesSpaces) {
      throw new UnsupportedTokenizerException(path, "normalizer that removes extra white space");
    }
    return addsPrefix;
  }
}
