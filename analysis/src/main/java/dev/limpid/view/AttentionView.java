package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The document of {@code limpid attention}.
 *
 * @param tokens of the prompt
 * @param rows head by head, then position by position
 */
@JsonTypeName("limpid/attention/1")
public record AttentionView(ModelView model, List<TokenView> tokens, int layer, List<Row> rows)
    implements Document {

  /**
   * What one head looks at from one position.
   *
   * @param position the query q
   * @param attention to the keys 0 to q; it sums to 1
   */
  public record Row(int head, int position, List<Double> attention) {}

  /**
   * Returns rows of the pattern of one layer.
   *
   * @param pattern of the layer, on the heap, [H, T, T]
   */
  public static AttentionView of(
      ModelView model,
      List<TokenView> tokens,
      int layer,
      Tensor pattern,
      List<Integer> heads,
      List<Integer> positions) {
    List<Row> rows = new ArrayList<>();
    for (int head : heads) {
      for (int position : positions) {
        List<Double> attention = new ArrayList<>();
        for (int key = 0; key <= position; key++) {
          attention.add((double) pattern.get(head, position, key));
        }
        rows.add(new Row(head, position, List.copyOf(attention)));
      }
    }
    return new AttentionView(model, tokens, layer, List.copyOf(rows));
  }
}
