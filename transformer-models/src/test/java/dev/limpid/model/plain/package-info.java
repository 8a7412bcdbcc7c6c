/**
 * The formulas of docs/mathematics.md as a plain program in double precision, apart from the
 * engine; and models of random facts and weights to hold the engine against it. Start at {@link
 * dev.limpid.model.plain.PlainModel}.
 */
@NullMarked
package dev.limpid.model.plain;

import org.jspecify.annotations.NullMarked;
