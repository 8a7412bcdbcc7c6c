package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.attribution.HeadContributions;
import java.util.List;
import java.util.stream.IntStream;
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
            .map(h ->
                new Head(h.head(), h.contribution(), h.signed(), h.attention(), h.looksAt(), null))
            .toList());
  }

  /**
   * What one head brought.
   *
   * @param signed negative for a head that takes away
   * @param attention to the key, or the largest to any one key
   * @param looksAt the key with the largest attention of all
   * @param links the pairs of parts of query and key that say most about why it looks there, or at
   *     the key that was asked about; missing where they were not asked for
   */
  public record Head(
      int head,
      double contribution,
      double signed,
      double attention,
      int looksAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<QkView.Pair> links) {}

  /** Returns the same with the links of every head, in the order of the heads. */
  public HeadsView withLinks(List<List<QkView.Pair>> links) {
    return new HeadsView(
        model,
        tokens,
        layer,
        position,
        key,
        IntStream.range(0, heads.size())
            .mapToObj(i -> {
              Head h = heads.get(i);
              return new Head(
                  h.head, h.contribution, h.signed, h.attention, h.looksAt, links.get(i));
            })
            .toList());
  }
}
