package dev.limpid.model.tokenizer;

import dev.limpid.model.tokenizer.SentencePieceFile.Entry;
import dev.limpid.model.tokenizer.SentencePieceFile.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Llama-2's tokenizer in its own file, put together as Hugging Face converts it. */
final class SentencePieceBpe {
  private static final TextPattern METASPACE = TextPattern.literal("▁");

  private record Merge(String left, String right, float score) {}

  private SentencePieceBpe() {}

  static PipelineTokenizer read(Path path, TokenizerConfig config) throws IOException {
    SentencePieceFile file = SentencePieceFile.read(path);
    try {
      return build(path, file, template(config, file), config.addedTokens());
    } catch (IllegalArgumentException e) {
      throw new MalformedTokenizerException(path, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Puts a tokenizer together.
   *
   * @param path the file it was read from
   * @param named tokens that are named beside it; those it lacks get the next free ids
   * @throws IllegalArgumentException if the pieces contradict one another
   */
  static PipelineTokenizer build(
      Path path, SentencePieceFile file, Template template, List<AddedToken> named) {
    Vocabulary vocabulary = vocabulary(file.entries());
    Normalizer normalizer = normalizer(file.addsPrefix());
    List<AddedToken> tokens = new ArrayList<>(addedTokens(file.entries()));
    named.stream().filter(token -> vocabulary.id(token.content()) < 0).forEach(tokens::add);
    AddedTokens added = new AddedTokens(tokens, vocabulary, normalizer);
    String unknown =
        file.entries().stream()
            .filter(entry -> entry.kind() == Kind.UNKNOWN)
            .map(Entry::piece)
            .findFirst()
            .orElse(null);
    return new PipelineTokenizer(
        path,
        added,
        normalizer,
        PreTokenizer.NONE,
        new BpeModel(
            vocabulary,
            MergeTable.of(merges(file.entries(), vocabulary), vocabulary),
            new BpeOptions(unknown, true, file.byteFallback(), false)),
        template,
        decoder(file.addsPrefix()));
  }

  static Vocabulary vocabulary(List<Entry> entries) {
    Map<String, Integer> ids = new HashMap<>();
    for (Entry entry : entries) {
      if (ids.put(entry.piece(), ids.size()) != null) {
        throw new IllegalArgumentException("piece '%s' is there twice".formatted(entry.piece()));
      }
    }
    return new Vocabulary(ids);
  }

  static List<AddedToken> addedTokens(List<Entry> entries) {
    return entries.stream()
        .filter(SentencePieceBpe::isAdded)
        .map(entry -> AddedToken.plain(entry.piece()))
        .toList();
  }

  private static boolean isAdded(Entry entry) {
    return entry.kind() == Kind.UNKNOWN
        || entry.kind() == Kind.CONTROL
        || entry.kind() == Kind.USER_DEFINED;
  }

  /**
   * Returns the pairs that make a piece, those of the best piece first: SentencePiece merges
   * whatever makes the piece with the highest score.
   */
  private static List<String> merges(List<Entry> entries, Vocabulary vocabulary) {
    List<Merge> merges = new ArrayList<>();
    for (Entry entry : entries) {
      String piece = entry.piece();
      List<Merge> ways = new ArrayList<>();
      for (int at = 1; at < piece.length(); at++) {
        String left = piece.substring(0, at);
        String right = piece.substring(at);
        if (vocabulary.id(left) >= 0 && vocabulary.id(right) >= 0) {
          ways.add(new Merge(left, right, entry.score()));
        }
      }
      ways.sort(
          Comparator.comparingInt((Merge way) -> vocabulary.id(way.left()))
              .thenComparingInt(way -> vocabulary.id(way.right())));
      merges.addAll(ways);
    }
    merges.sort(
        Comparator.comparingDouble(Merge::score)
            .thenComparingInt(merge -> codePoints(merge.left()))
            .thenComparingInt(merge -> codePoints(merge.right()))
            .reversed());
    List<String> pairs = new ArrayList<>(2 * merges.size());
    for (Merge merge : merges) {
      pairs.add(merge.left());
      pairs.add(merge.right());
    }
    return pairs;
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  private static Normalizer normalizer(boolean addsPrefix) {
    Normalizer spaces = Normalizer.replace(TextPattern.literal(" "), "▁");
    return addsPrefix ? Normalizer.sequence(List.of(Normalizer.prepend("▁"), spaces)) : spaces;
  }

  private static Decoder decoder(boolean addsPrefix) {
    return new Decoder.Sequence(
        List.of(
            new Decoder.Replace(METASPACE, " "),
            new ByteFallback(),
            new Decoder.Fuse(),
            new Decoder.Strip(' ', addsPrefix ? 1 : 0, 0)));
  }

  /** Returns the template; Llama adds its BOS unless told not to. */
  private static Template template(TokenizerConfig config, SentencePieceFile file)
      throws IOException {
    String named = config.token("bos_token").orElse("<s>");
    List<Entry> entries = file.entries();
    int bos =
        IntStream.range(0, entries.size())
            .filter(id -> entries.get(id).piece().equals(named) && isAdded(entries.get(id)))
            .findFirst()
            .orElse(-1);
    return bos >= 0 && config.flag("add_bos_token", true)
        ? new Template(List.of(bos), List.of())
        : Template.NONE;
  }
}
