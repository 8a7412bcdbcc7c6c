/**
 * The {@code limpid} command: parsing, exit codes, messages; one class per subcommand.
 *
 * <p>Start with {@link dev.limpid.explorer.Limpid#run}, the only entry, which tests call too. A
 * command gets all it sees of the world through a {@link dev.limpid.explorer.process.Console}.
 */
@NullMarked
package dev.limpid.explorer.cli;

import org.jspecify.annotations.NullMarked;
