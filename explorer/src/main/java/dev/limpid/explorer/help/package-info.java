/**
 * What commands say of themselves: help with options under headings, a man page, completion for
 * fish.
 *
 * <p>All are made from picocli's descriptions of the commands. Start with {@link
 * dev.limpid.explorer.help.CommandHelp}.
 */
@NullMarked
package dev.limpid.explorer.help;

import org.jspecify.annotations.NullMarked;
