package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.routes.NodeParts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one state is made of: {@code GET /api/traces/{id}/parts}. What is kept, the bias and what is
 * below the threshold sum to 1.
 *
 * @param keys largest contribution first
 * @param mlp null of a state after attention
 */
@JsonTypeName("limpid/parts/1")
public record PartsView(
    ModelView model,
    List<TokenView> tokens,
    String node,
    Part residual,
    List<Key> keys,
    @Nullable Part mlp,
    double bias,
    double below)
    implements Document {

  /**
   * A part.
   *
   * @param contribution before the threshold
   * @param kept what is above it
   * @param weight after sharing out
   */
  public record Part(double contribution, double kept, double weight) {}

  /** What came from one position. */
  public record Key(int key, double contribution, double kept, double weight) {}

  /** Returns the document of a state. */
  public static PartsView of(ModelView model, List<TokenView> tokens, NodeParts parts) {
    return new PartsView(
        model,
        tokens,
        parts.node().id(),
        part(parts.residual()),
        parts.keys().stream()
            .map(k -> new Key(k.key(), k.part().contribution(), k.part().kept(), k.part().weight()))
            .toList(),
        parts.mlp().map(PartsView::part).orElse(null),
        parts.bias(),
        parts.below());
  }

  private static Part part(NodeParts.Part part) {
    return new Part(part.contribution(), part.kept(), part.weight());
  }
}
