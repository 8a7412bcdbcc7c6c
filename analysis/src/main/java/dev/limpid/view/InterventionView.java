package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change as an interventions file says it. An index is a number, a list of numbers, or "all";
 * what a site does not have is left out.
 *
 * @param site such as {@code head_out}
 * @param action zero, scale, add, set, patch or mean
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InterventionView(
    String site,
    Object layer,
    @Nullable Object head,
    @Nullable Object neuron,
    @Nullable Object expert,
    @Nullable Object position,
    @Nullable Object key,
    @JsonProperty("do") String action,
    @Nullable Float factor,
    @Nullable List<Float> vector,
    @Nullable Float value,
    @Nullable Boolean renormalise) {}
