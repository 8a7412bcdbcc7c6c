package dev.limpid.explorer.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** The command {@code limpid}, from its arguments to its exit code. */
public final class Limpid {
  /** Exit code of a command that did what it was asked to. */
  public static final int DONE = 0;

  /** Exit code of a command that failed; one line on stderr says why. */
  public static final int FAILED = 1;

  /** Exit code for a command line that makes no sense. */
  public static final int USAGE = 2;

  private Limpid() {}

  /**
   * Runs one command.
   *
   * @param arguments the words after {@code limpid}
   * @param console streams and environment; its streams are flushed, not closed
   * @return the exit code: {@link #DONE}, {@link #FAILED} or {@link #USAGE}
   */
  public static int run(List<String> arguments, Console console) {
    Failures failures = new Failures(console, arguments.contains("--debug"));
    try {
      int code =
          commandLine(arguments, console, failures).execute(arguments.toArray(String[]::new));
      console.out().flush();
      return code;
    } catch (ResultStream.Closed e) {
      return failures.closed(e);
    } catch (VirtualMachineError e) {
      return failures.inMachine(e);
    } finally {
      console.err().flush();
    }
  }

  /** All commands, in the order in which help lists them. */
  private static Map<String, Supplier<CommandLine>> commands(Console console) {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("explain", () -> new CommandLine(new ExplainCommand(console)));
    commands.put("routes", () -> new CommandLine(new RoutesCommand(console)));
    commands.put("lens", () -> new CommandLine(new LensCommand(console)));
    commands.put("logits", () -> new CommandLine(new LogitsCommand(console)));
    commands.put("heads", () -> new CommandLine(new HeadsCommand(console)));
    commands.put("neurons", () -> new CommandLine(new NeuronsCommand(console)));
    commands.put("generate", () -> new CommandLine(new GenerateCommand(console)));
    commands.put("trace", () -> new CommandLine(new TraceCommand(console)));
    commands.put("contributions", () -> new CommandLine(new ContributionsCommand(console)));
    commands.put("tokens", () -> new CommandLine(new TokensCommand(console)));
    commands.put(
        "models",
        () ->
            new CommandLine(new ModelsCommand())
                .addSubcommand(new ModelsListCommand(console))
                .addSubcommand(new ModelsInfoCommand(console))
                .addSubcommand(new ModelsPullCommand(console)));
    commands.put("doctor", () -> new CommandLine(new DoctorCommand(console)));
    commands.put("help", () -> new CommandLine(new CommandLine.HelpCommand()));
    return commands;
  }

  /**
   * The command line with the command that is named first; with all of them if it is help, or none
   * of them. Describing a command to picocli takes it a few milliseconds.
   */
  private static CommandLine commandLine(
      List<String> arguments, Console console, Failures failures) {
    CommandLine root = new CommandLine(new RootCommand());
    Map<String, Supplier<CommandLine>> commands = commands(console);
    String first = arguments.isEmpty() ? "help" : arguments.getFirst();
    if (!first.equals("help") && commands.containsKey(first)) {
      commands.keySet().retainAll(Set.of(first));
    }
    commands.forEach((name, command) -> root.addSubcommand(name, command.get()));
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
