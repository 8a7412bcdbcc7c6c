package dev.limpid.attribution.gradients;

import dev.limpid.model.LayerGradients;
import dev.limpid.model.LayerTrace;

/**
 * What the residual states of one layer are worth along the gradient, &lt;state, G&gt;, and what of
 * it was there before the layer added to them; each [T], to be read, not modified.
 *
 * @param oneNode whether attention and MLP are parts of one state: then none of mid counts, and
 *     midResidual is of that one state
 * @param mid of the states after attention, &lt;residMid, G(residMid)&gt;
 * @param midResidual of what attention left in them, &lt;residPre, G&gt; of the sum that it is in
 * @param post of the states after the MLP, &lt;residPost, G(residPost)&gt;
 * @param postResidual of what the MLP left in them, &lt;residMid, G&gt; of the sum that it is in;
 *     where both stand side by side, of residPre and what attention added
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StateScores(
    boolean oneNode, double[] mid, double[] midResidual, double[] post, double[] postResidual) {

  static StateScores along(boolean oneNode, LayerTrace states, LayerGradients gradients) {
    return new StateScores(
        oneNode,
        TokenScores.products(states.residMid(), gradients.residMid()),
        TokenScores.products(states.residPre(), gradients.attnOut()),
        TokenScores.products(states.residPost(), gradients.residPost()),
        TokenScores.products(states.residMid(), gradients.mlpOut()));
  }
}
