/**
 * Which head of a model does what: scores of all heads on prompts made for that.
 *
 * <p>Start with {@link dev.limpid.attribution.heads.HeadRoles}.
 */
@NullMarked
package dev.limpid.attribution.heads;

import org.jspecify.annotations.NullMarked;
