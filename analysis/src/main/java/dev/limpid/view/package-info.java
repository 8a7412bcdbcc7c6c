/**
 * The JSON documents of the commands as records: their components are the keys, in snake_case.
 *
 * <p>Start with {@link dev.limpid.view.TokenView}, which is in most of them.
 */
@NullMarked
package dev.limpid.view;

import org.jspecify.annotations.NullMarked;
