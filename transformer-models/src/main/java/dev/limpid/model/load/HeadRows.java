package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import java.util.stream.IntStream;

/**
 * Where the rows of queries, keys and values are stored. In a model they lie by heads, and a
 * rotation turns rows i and i + n/2 of a head together.
 */
record HeadRows(ModelConfig config, int layer, WeightNames.Rows stored) {

  /** Queries, keys or values. */
  enum Kind {
    QUERY,
    KEY,
    VALUE
  }

  /** Returns where the rows of a kind lie in a matrix of its own. */
  int[] own(Kind kind) {
    int heads = kind == Kind.QUERY ? config.nHeads() : config.nKvHeads();
    return rows(kind, heads, head -> head * config.dHead());
  }

  /** Returns where the rows of a kind lie in the matrix of all three. */
  int[] fused(Kind kind) {
    int dHead = config.dHead();
    int group = config.nHeads() / config.nKvHeads();
    int heads = kind == Kind.QUERY ? config.nHeads() : config.nKvHeads();
    return switch (stored.fused()) {
      case BY_KIND -> {
        int before =
            switch (kind) {
              case QUERY -> 0;
              case KEY -> config.nHeads();
              case VALUE -> config.nHeads() + config.nKvHeads();
            };
        yield rows(kind, heads, head -> (before + head) * dHead);
      }
      case BY_KEY_HEAD ->
          rows(
              kind,
              heads,
              head ->
                  dHead
                      * switch (kind) {
                        case QUERY -> head / group * (group + 2) + head % group;
                        case KEY -> head * (group + 2) + group;
                        case VALUE -> head * (group + 2) + group + 1;
                      });
    };
  }

  /** Where the rows of a head begin. */
  private interface First {
    int of(int head);
  }

  private int[] rows(Kind kind, int heads, First first) {
    int dHead = config.dHead();
    return IntStream.range(0, heads * dHead)
        .map(row -> first.of(row / dHead) + within(kind, row % dHead))
        .toArray();
  }

  /** Returns which stored row of a head is its row i. */
  int within(Kind kind, int i) {
    if (kind == Kind.VALUE
        || stored.pairs() == WeightNames.Pairs.HALVES
        || !(config.positions(layer) instanceof Positions.Rotary rotary)) {
      return i;
    }
    int n = rotary.part().orElse(config.dHead());
    if (i >= n) {
      return i;
    }
    return i < n / 2 ? 2 * i : 2 * (i - n / 2) + 1;
  }

  /** Returns whether rows follow each other, so that they are a part of a matrix as it is. */
  static boolean isRange(int[] rows) {
    return IntStream.range(1, rows.length).allMatch(i -> rows[i] == rows[0] + i);
  }
}
