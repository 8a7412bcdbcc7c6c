package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid ablate}: a prediction before and after interventions.
 *
 * @param source the tokens of the run that values were patched from; null without one
 * @param position whose prediction it is
 * @param interventions what was changed, as it was asked for
 */
@JsonTypeName("limpid/ablate/1")
public record AblateView(
    ModelView model,
    List<TokenView> tokens,
    @Nullable List<TokenView> source,
    int position,
    List<InterventionView> interventions,
    OutcomeView before,
    OutcomeView after)
    implements Document {}
