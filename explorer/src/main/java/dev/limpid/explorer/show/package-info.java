/**
 * Answers for people: on a terminal, as a page. Nothing here computes an answer; what is shown
 * comes from the records of {@code dev.limpid.view} and the routes beside them.
 *
 * <p>Start with {@link dev.limpid.explorer.show.ExplainText}.
 */
@NullMarked
package dev.limpid.explorer.show;

import org.jspecify.annotations.NullMarked;
