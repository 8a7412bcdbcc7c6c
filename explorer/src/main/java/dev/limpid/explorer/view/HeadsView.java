package dev.limpid.explorer.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid heads}.
 *
 * @param position the query
 * @param key null where contributions are summed over keys
 */
public record HeadsView(int layer, int position, @Nullable Integer key, List<Head> heads) {
  /**
   * What one head brought.
   *
   * @param signed negative for a head that takes away
   * @param attention to the key, or the largest to any one key
   */
  public record Head(int head, double contribution, double signed, double attention) {}
}
