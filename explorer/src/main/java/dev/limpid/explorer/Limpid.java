package dev.limpid.explorer;

import dev.limpid.explorer.cli.Commands;
import dev.limpid.explorer.help.CommandHelp;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.Failures;
import dev.limpid.explorer.process.ResultStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** The command {@code limpid}, from its arguments to its exit code. */
public final class Limpid {
  /** What says something about all commands. */
  private static final Set<String> ABOUT_ALL = Set.of("help", "completion", "man");

  private static final Set<String> VERSION = Set.of("--version", "-V");

  private Limpid() {}

  /**
   * Runs one command.
   *
   * @param arguments the words after {@code limpid}
   * @param given streams and environment; its streams are flushed, not closed
   * @return one of {@link ExitCode}
   */
  public static int run(List<String> arguments, Console given) {
    return run(arguments, given, () -> {});
  }

  /**
   * Runs one command.
   *
   * @param ready returns when what commands need is loaded; called once the arguments are read
   */
  static int run(List<String> arguments, Console given, Runnable ready) {
    boolean debug = arguments.contains("--debug");
    Console console = given.withDebug(debug);
    Failures failures = new Failures(console, debug);
    try {
      int code =
          commandLine(arguments, console, failures)
              .setExecutionStrategy(parsed -> {
                ready.run();
                return new CommandLine.RunLast().execute(parsed);
              })
              .execute(arguments.toArray(String[]::new));
      console.out().flush();
      return code;
    } catch (ResultStream.Closed e) {
      return failures.closed(e);
    } catch (VirtualMachineError e) {
      return failures.inMachine(e);
    } finally {
      console.debug().end();
      console.err().flush();
    }
  }

  /**
   * The command line with the command that is named first; with all of them if it is help, or none
   * of them; without any for the version. Describing a command to picocli takes it a few
   * milliseconds.
   */
  private static CommandLine commandLine(
      List<String> arguments, Console console, Failures failures) {
    CommandLine root = Commands.root();
    Map<String, Supplier<CommandLine>> commands = Commands.all(console);
    String first = arguments.isEmpty() ? "help" : arguments.getFirst();
    if (!ABOUT_ALL.contains(first) && commands.containsKey(first)) {
      commands.keySet().retainAll(Set.of(first));
    } else if (arguments.size() == 1 && VERSION.contains(first)) {
      commands.clear();
    }
    commands.forEach((name, command) -> root.addSubcommand(name, command.get()));
    CommandHelp.install(root, console.width());
    return root.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        // A prompt may begin with @; it is no file of arguments.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(Help.defaultColorScheme(console.colours() ? Help.Ansi.ON : Help.Ansi.OFF))
        .setParameterExceptionHandler(failures::inUsage)
        .setExecutionExceptionHandler(failures::inExecution);
  }
}
