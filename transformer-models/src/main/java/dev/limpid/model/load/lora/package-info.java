/**
 * Adapters of low rank (LoRA) as PEFT stores them, added to the weights of a base while these are
 * read: what comes out is a model like any other.
 *
 * <p>Start with {@link dev.limpid.model.load.lora.AdaptedWeights}.
 */
@NullMarked
package dev.limpid.model.load.lora;

import org.jspecify.annotations.NullMarked;
