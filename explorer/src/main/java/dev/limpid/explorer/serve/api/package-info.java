/**
 * The paths of the page's interface, a class each: which parameters they take, what they answer.
 *
 * <p>Start with {@link dev.limpid.explorer.serve.api.Paths}, which names all of them.
 */
@NullMarked
package dev.limpid.explorer.serve.api;

import org.jspecify.annotations.NullMarked;
