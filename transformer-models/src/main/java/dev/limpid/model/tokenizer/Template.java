package dev.limpid.model.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** The tokens that go around the ids of a text. */
record Template(List<Integer> before, List<Integer> after) {
  /** Adds nothing. */
  static final Template NONE = new Template(List.of(), List.of());

  Template {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /**
   * Returns whether it adds nothing; a record's own equals costs a short process 20 milliseconds.
   */
  boolean isEmpty() {
    return before.isEmpty() && after.isEmpty();
  }

  List<Integer> apply(List<Integer> ids) {
    List<Integer> all = new ArrayList<>(before.size() + ids.size() + after.size());
    all.addAll(before);
    all.addAll(ids);
    all.addAll(after);
    return all;
  }
}
