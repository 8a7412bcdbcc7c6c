package dev.limpid.benchmarks.faithfulness;

import dev.limpid.LanguageModel;
import dev.limpid.Progress;
import dev.limpid.attribution.heads.HeadRole;
import dev.limpid.attribution.heads.HeadRoles;
import dev.limpid.attribution.heads.HeadScores;
import dev.limpid.routes.circuit.Components;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * The heads of a model that do a task by what is known of them: those that bring names for the
 * indirect object, those that look at what followed the same token before for induction.
 */
record KnownHeads(List<HeadScores> all) {

  /**
   * How many heads a circuit has that write to its target.
   *
   * @param known those that are known, in the model
   * @param found those of them that are in the circuit
   * @param heads all that are in the circuit
   * @param ofHeads all in the model
   */
  record Count(int known, int found, int heads, int ofHeads) {}

  static KnownHeads of(LanguageModel model) throws IOException {
    HeadRoles roles = model.headRoles(model.headProbes(List.of()), Progress.NONE);
    return new KnownHeads(roles.heads());
  }

  /** Counts the heads of a circuit; none are known for other tasks. */
  Count count(String set, Components components, BitSet circuit) {
    int known = 0;
    int found = 0;
    int heads = 0;
    for (HeadScores head : all) {
      int first = components.term(head.layer(), head.head(), components.target(), 0);
      int next = circuit.nextSetBit(first);
      boolean isThere = next >= 0 && next < first + components.nPositions();
      boolean isKnown =
          (set.endsWith("ioi") && HeadRole.NAME_MOVER.playedBy(head))
              || (set.endsWith("induction") && HeadRole.INDUCTION.playedBy(head));
      known += isKnown ? 1 : 0;
      found += isKnown && isThere ? 1 : 0;
      heads += isThere ? 1 : 0;
    }
    return new Count(known, found, heads, all.size());
  }
}
