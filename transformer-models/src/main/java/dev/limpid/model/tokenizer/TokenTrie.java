package dev.limpid.model.tokenizer;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the longest of many texts that begins at a place, by a tree with one node per char. */
final class TokenTrie {
  /** What was found: which token, and where it ends. */
  record Hit(int id, int end) {}

  private static final class Node {
    final Map<Character, Node> children = new HashMap<>();
    int id = Piece.NO_ID;
  }

  private final Node root = new Node();

  boolean isEmpty() {
    return root.children.isEmpty();
  }

  /**
   * Adds a text.
   *
   * @throws IllegalArgumentException if it is there already for another id
   */
  void add(String text, int id) {
    Node node = root;
    for (int i = 0; i < text.length(); i++) {
      node = node.children.computeIfAbsent(text.charAt(i), c -> new Node());
    }
    if (node.id != Piece.NO_ID && node.id != id) {
      throw new IllegalArgumentException(
          "added tokens %d and %d are both '%s'".formatted(node.id, id, text));
    }
    node.id = id;
  }

  /** Returns the longest text that begins at a place, or null. */
  @Nullable Hit longestAt(String text, int at) {
    Hit longest = null;
    Node node = root.children.get(text.charAt(at));
    for (int i = at + 1; node != null; i++) {
      if (node.id != Piece.NO_ID) {
        longest = new Hit(node.id, i);
      }
      node = i < text.length() ? node.children.get(text.charAt(i)) : null;
    }
    return longest;
  }
}
