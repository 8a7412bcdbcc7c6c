/**
 * The part of Jinja that chat templates are written in: a template is parsed once and gives the
 * same text as Jinja 2 does with the settings of Hugging Face; what is not known here is refused,
 * never passed over.
 *
 * <p>Start with {@link dev.limpid.model.chat.jinja.Template}. Values are those of Java: strings,
 * {@code Long}, {@code Double}, {@code Boolean}, lists, maps with their order, {@link
 * dev.limpid.model.chat.jinja.Nothing}, and what can be called.
 */
@NullMarked
package dev.limpid.model.chat.jinja;

import org.jspecify.annotations.NullMarked;
