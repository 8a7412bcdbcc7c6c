package dev.limpid.attribution.gradients;

import dev.limpid.model.LayerGradients;
import dev.limpid.model.LayerTrace;

/**
 * What the residual states of one layer are worth along the gradient, &lt;state, G&gt;, and what of
 * it was there before the layer added to them; each [T], to be read, not modified.
 *
 * @param mid of the states after attention, &lt;residMid, G(residMid)&gt;
 * @param midResidual of what attention left in them, &lt;residPre, G(residMid)&gt;
 * @param post of the states after the MLP, &lt;residPost, G(residPost)&gt;
 * @param postResidual of what the MLP left in them, &lt;residMid, G(residPost)&gt;
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StateScores(
    double[] mid, double[] midResidual, double[] post, double[] postResidual) {

  static StateScores along(LayerTrace states, LayerGradients gradients) {
    return new StateScores(
        TokenScores.products(states.residMid(), gradients.residMid()),
        TokenScores.products(states.residPre(), gradients.residMid()),
        TokenScores.products(states.residPost(), gradients.residPost()),
        TokenScores.products(states.residMid(), gradients.residPost()));
  }
}
