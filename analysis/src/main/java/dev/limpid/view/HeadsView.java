package dev.limpid.view;

import dev.limpid.attribution.HeadContributions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid heads}.
 *
 * @param position the query
 * @param key null where contributions are summed over keys
 */
public record HeadsView(int layer, int position, @Nullable Integer key, List<Head> heads) {

  /** Returns the document of all heads of a layer. */
  public static HeadsView of(HeadContributions heads) {
    return new HeadsView(
        heads.layer(),
        heads.position(),
        heads.key(),
        heads.heads().stream()
            .map(h -> new Head(h.head(), h.contribution(), h.signed(), h.attention()))
            .toList());
  }

  /**
   * What one head brought.
   *
   * @param signed negative for a head that takes away
   * @param attention to the key, or the largest to any one key
   */
  public record Head(int head, double contribution, double signed, double attention) {}
}
