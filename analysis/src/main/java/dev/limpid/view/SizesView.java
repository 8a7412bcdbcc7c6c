package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/** How large the route is at each of some thresholds: {@code GET /api/traces/{id}/sizes}. */
@JsonTypeName("limpid/sizes/1")
public record SizesView(
    ModelView model, List<TokenView> tokens, int position, String mode, List<Size> sizes)
    implements Document {

  /** The size at one threshold. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Size(double threshold, int nodes, int edges) {}
}
