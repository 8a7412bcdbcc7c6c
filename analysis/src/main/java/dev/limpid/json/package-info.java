/**
 * Records as JSON documents: keys in snake_case, plain decimals, the same bytes each time.
 *
 * <p>Start with {@link dev.limpid.json.JsonOut}.
 */
@NullMarked
package dev.limpid.json;

import org.jspecify.annotations.NullMarked;
