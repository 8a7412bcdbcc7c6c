package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document of {@code limpid lens}. */
@JsonTypeName("limpid/lens/1")
public record LensView(ModelView model, List<TokenView> tokens, List<State> states)
    implements Document {

  /**
   * What one state would predict.
   *
   * @param state resid_pre, resid_mid or resid_post
   * @param entropy in nats
   * @param chosen the token asked for, wherever it ranks; left out if none was
   */
  public record State(
      int layer,
      String state,
      int position,
      double entropy,
      List<PredictionView> top,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PredictionView chosen) {}
}
