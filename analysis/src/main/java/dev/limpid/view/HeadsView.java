package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.attribution.HeadContributions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid heads}.
 *
 * @param position the query
 * @param key null where contributions are summed over keys
 */
@JsonTypeName("limpid/heads/1")
public record HeadsView(
    ModelView model,
    List<TokenView> tokens,
    int layer,
    int position,
    @Nullable Integer key,
    List<Head> heads)
    implements Document {

  /** Returns the document of all heads of a layer. */
  public static HeadsView of(ModelView model, List<TokenView> tokens, HeadContributions heads) {
    return new HeadsView(
        model,
        tokens,
        heads.layer(),
        heads.position(),
        heads.key(),
        heads.heads().stream()
            .map(h -> new Head(h.head(), h.contribution(), h.signed(), h.attention(), h.looksAt()))
            .toList());
  }

  /**
   * What one head brought.
   *
   * @param signed negative for a head that takes away
   * @param attention to the key, or the largest to any one key
   * @param looksAt the key with the largest attention of all
   */
  public record Head(int head, double contribution, double signed, double attention, int looksAt) {}
}
