/**
 * The local page's server: who may ask, what is computed when, and how answers go out.
 *
 * <p>Start with {@link dev.limpid.explorer.serve.ExplorerServer}. A request passes {@code
 * Doorkeeper}, is read strictly ({@code Query}, {@code JsonBody}), and becomes a {@link
 * dev.limpid.explorer.serve.Reply}: ready, or work for one of the two {@code Lane}s. The paths are
 * in {@link dev.limpid.explorer.serve.api}.
 */
@NullMarked
package dev.limpid.explorer.serve;

import org.jspecify.annotations.NullMarked;
