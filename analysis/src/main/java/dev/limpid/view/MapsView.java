package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/**
 * What one head looks at, and what it brought from there: {@code GET /api/traces/{id}/maps}.
 *
 * @param firstRow the position of the first row; row q has q + 1 numbers
 * @param attention each row sums to 1
 * @param contribution before any threshold
 */
@JsonTypeName("limpid/maps/1")
public record MapsView(
    ModelView model,
    List<TokenView> tokens,
    int layer,
    int head,
    int firstRow,
    List<float[]> attention,
    List<float[]> contribution)
    implements Document {}
