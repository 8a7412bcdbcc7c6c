package dev.limpid.attribution.heads;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The prompts that {@link HeadRoles} are measured on; the same for a model each time.
 *
 * @param lists kinds of lists said twice: of random tokens, and of names in a text; small models
 *     know lists only of words and in surroundings that their training text had
 * @param names prompts in which one of two names comes again; empty if the vocabulary holds too few
 *     names as one token
 * @param given prompts to measure attention to the previous and the first token on, in place of the
 *     lists; may be empty
 */
public record HeadProbes(List<Lists> lists, List<Names> names, List<List<Integer>> given) {
  private static final int LISTS = 8;
  private static final int TOKENS_OF_A_LIST = 24;
  private static final int NAMES_OF_A_LIST = 6;
  private static final int NAME_PROMPTS = 24;
  private static final long SEED = 20220308; // the date of the paper on induction heads

  private static final String TEXT = "When%s and%s went to the store,%s gave a drink to";

  /** Copies the lists. */
  public HeadProbes {
    lists = List.copyOf(lists);
    names = List.copyOf(names);
    given = given.stream().map(List::copyOf).toList();
  }

  /**
   * Lists of one length, said twice.
   *
   * @param length r; the last 2 r tokens of every prompt are a list of r distinct tokens, twice
   */
  public record Lists(int length, List<List<Integer>> prompts) {

    /** Copies the list. */
    public Lists {
      prompts = prompts.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A prompt such as "When Mary and John went to the store, John gave a drink to" and where its
   * names stand.
   *
   * @param answer the position of the name mentioned once
   * @param subject the position where the other name is mentioned first
   * @param again the position where it is mentioned again
   */
  public record Names(List<Integer> tokens, int answer, int subject, int again) {

    /** Copies the list. */
    public Names {
      tokens = List.copyOf(tokens);
    }
  }

  /**
   * Makes the prompts for a model.
   *
   * @param tokenizer tells which tokens are ordinary and which are names; without one all ids but
   *     BOS and EOS are ordinary, and there are no prompts with names
   * @throws IllegalArgumentException if the context is too short for any list said twice
   */
  public static HeadProbes of(
      ModelConfig config, Optional<LoadedTokenizer> tokenizer, List<List<Integer>> given) {
    SortedMap<String, Integer> known =
        tokenizer.map(loaded -> nameIds(config, loaded)).orElseGet(TreeMap::new);
    List<Lists> lists = new ArrayList<>();
    lists.add(tokenLists(config, tokenizer));
    tokenizer.map(loaded -> nameLists(config, loaded, known.keySet())).ifPresent(lists::add);
    lists.removeIf(kind -> kind.prompts().isEmpty());
    List<Names> names = tokenizer.map(loaded -> names(config, loaded, known)).orElse(List.of());
    return new HeadProbes(lists, names, given);
  }

  /** Returns how many prompts there are. */
  public int nPrompts() {
    return lists.stream().mapToInt(kind -> kind.prompts().size()).sum()
        + names.size()
        + given.size();
  }

  private static Lists tokenLists(ModelConfig config, Optional<LoadedTokenizer> tokenizer) {
    List<Integer> bos = bos(config, tokenizer).stream().boxed().toList();
    List<Integer> ordinary = ordinary(config, tokenizer);
    int length =
        Math.min(Math.min(TOKENS_OF_A_LIST, ordinary.size()), (config.nContext() - bos.size()) / 2);
    if (length < 2) {
      throw new IllegalArgumentException(
          "a list of two tokens said twice does not fit: the context holds %d, %d ids are ordinary"
              .formatted(config.nContext(), ordinary.size()));
    }
    Collections.shuffle(ordinary, new Random(SEED));
    List<List<Integer>> prompts = new ArrayList<>();
    for (int i = 0; i < LISTS; i++) {
      List<Integer> list = cyclic(ordinary, i * length, length);
      List<Integer> prompt = new ArrayList<>(bos);
      prompt.addAll(list);
      prompt.addAll(list);
      prompts.add(prompt);
    }
    return new Lists(length, prompts);
  }

  private static Lists nameLists(ModelConfig config, LoadedTokenizer loaded, Set<String> names) {
    List<String> known = new ArrayList<>(names);
    Collections.shuffle(known, new Random(SEED));
    List<List<Integer>> prompts = new ArrayList<>();
    for (int i = 0; i < LISTS && known.size() >= NAMES_OF_A_LIST; i++) {
      String list = String.join("", cyclic(known, i * NAMES_OF_A_LIST, NAMES_OF_A_LIST));
      List<Integer> tokens = loaded.prompt("List:" + list + list, hasBos(loaded));
      int half = tokens.size() - NAMES_OF_A_LIST;
      boolean whole =
          half > NAMES_OF_A_LIST
              && tokens
                  .subList(half, tokens.size())
                  .equals(tokens.subList(half - NAMES_OF_A_LIST, half));
      if (whole && tokens.size() <= config.nContext()) {
        prompts.add(tokens);
      }
    }
    return new Lists(NAMES_OF_A_LIST, prompts);
  }

  private static <T> List<T> cyclic(List<T> items, int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> items.get(i % items.size())).toList();
  }

  private static boolean hasBos(LoadedTokenizer loaded) {
    return loaded.specialTokens().bos().isPresent();
  }

  private static OptionalInt bos(ModelConfig config, Optional<LoadedTokenizer> tokenizer) {
    OptionalInt own = tokenizer.map(t -> t.specialTokens().bos()).orElse(OptionalInt.empty());
    OptionalInt bos = own.isPresent() ? own : config.bosId();
    return bos.isPresent() && bos.getAsInt() < config.dVocab() ? bos : OptionalInt.empty();
  }

  /** Ids that stand for text: neither BOS nor EOS, nor what is spelled {@code <so>}. */
  private static List<Integer> ordinary(ModelConfig config, Optional<LoadedTokenizer> tokenizer) {
    Set<Integer> special = new HashSet<>(config.eosIds());
    config.bosId().ifPresent(special::add);
    List<Integer> ordinary = new ArrayList<>();
    for (int id = 0; id < config.dVocab(); id++) {
      if (!special.contains(id) && (tokenizer.isEmpty() || isText(tokenizer.get(), id))) {
        ordinary.add(id);
      }
    }
    return ordinary;
  }

  private static boolean isText(LoadedTokenizer loaded, int id) {
    Optional<String> text = text(loaded.tokenizer(), id);
    return text.isPresent()
        && !text.get().isBlank()
        && !text.get().matches("(?s)\\s*<.*>.*|\\[.*\\]")
        && !loaded.specialTokens().eos().contains(id)
        && loaded.specialTokens().bos().stream().noneMatch(bos -> bos == id);
  }

  /** Empty for an id without a token: a vocabulary may have gaps, or be padded. */
  private static Optional<String> text(Tokenizer tokenizer, int id) {
    try {
      return Optional.of(tokenizer.text(id));
    } catch (IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** The names that are one token each, in a fixed order. */
  private static SortedMap<String, Integer> nameIds(ModelConfig config, LoadedTokenizer loaded) {
    Set<String> names = FirstNames.read();
    SortedMap<String, Integer> ids = new TreeMap<>();
    for (int id = 0; id < Math.min(config.dVocab(), loaded.tokenizer().size()); id++) {
      int found = id;
      text(loaded.tokenizer(), id)
          .filter(names::contains)
          .ifPresent(text -> ids.putIfAbsent(text, found));
    }
    return ids;
  }

  private static List<Names> names(
      ModelConfig config, LoadedTokenizer loaded, SortedMap<String, Integer> ids) {
    List<String> known = new ArrayList<>(ids.keySet());
    Collections.shuffle(known, new Random(SEED));
    List<Names> prompts = new ArrayList<>();
    for (int i = 0; i < NAME_PROMPTS && known.size() > 1; i++) {
      String answer = known.get(i % known.size());
      String subject = known.get((i + 1 + i / known.size()) % known.size());
      String text =
          i % 2 == 0
              ? TEXT.formatted(answer, subject, subject)
              : TEXT.formatted(subject, answer, subject);
      List<Integer> tokens = loaded.prompt(text, hasBos(loaded));
      int a = tokens.indexOf(ids.get(answer));
      int s = tokens.indexOf(ids.get(subject));
      int again = tokens.lastIndexOf(ids.get(subject));
      boolean found = a >= 0 && a == tokens.lastIndexOf(ids.get(answer)) && s >= 0 && again > s;
      if (found && tokens.size() <= config.nContext()) {
        prompts.add(new Names(tokens, a, s, again));
      }
    }
    return prompts;
  }
}
