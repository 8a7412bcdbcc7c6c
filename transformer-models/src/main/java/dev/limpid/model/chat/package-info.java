/**
 * What an instruct model sees of a conversation: its chat template, read from its files and
 * rendered.
 *
 * <p>Start with {@link dev.limpid.model.chat.ChatTemplate}.
 */
@NullMarked
package dev.limpid.model.chat;

import org.jspecify.annotations.NullMarked;
