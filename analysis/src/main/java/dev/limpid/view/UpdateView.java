package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a part of the model makes more and less likely: {@code GET
 * /api/traces/{id}/update}.
 *
 * @param component head, attention, mlp or neuron
 * @param key where only what came from one position is read
 * @param norm raw or own
 */
@JsonTypeName("limpid/update/1")
public record UpdateView(
    ModelView model,
    List<TokenView> tokens,
    String component,
    int layer,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer head,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer neuron,
    int position,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer key,
    String norm,
    List<NeuronsView.Token> promoted,
    List<NeuronsView.Token> suppressed)
    implements Document {}
