/**
 * Parts of a model run alone: is a route enough for the prediction, and is it needed?
 *
 * <p>{@link dev.limpid.routes.circuit.Components} numbers the parts that a prediction can have,
 * {@link dev.limpid.routes.circuit.CircuitRuns} keeps some of them and replaces the rest, {@link
 * dev.limpid.routes.circuit.CircuitScores} says in which order they matter, and {@link
 * dev.limpid.routes.circuit.Curve} how much of the answer the first of them recover.
 */
@NullMarked
package dev.limpid.routes.circuit;

import org.jspecify.annotations.NullMarked;
