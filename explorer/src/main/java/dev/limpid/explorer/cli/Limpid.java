package dev.limpid.explorer.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
      int code = commandLine(console, failures).execute(arguments.toArray(String[]::new));
      console.out().flush();
      return code;
    } catch (ResultStream.Closed e) {
      return failures.closed(e);
    } catch (OutOfMemoryError e) {
      return failures.outOfMemory(e);
    } finally {
      console.err().flush();
    }
  }

  private static CommandLine commandLine(Console console, Failures failures) {
    CommandLine root = new CommandLine(new RootCommand());
    root.addSubcommand(new ExplainCommand(console));
    root.addSubcommand(new RoutesCommand(console));
    root.addSubcommand(new LensCommand(console));
    root.addSubcommand(new LogitsCommand(console));
    root.addSubcommand(new HeadsCommand(console));
    root.addSubcommand(new NeuronsCommand(console));
    root.addSubcommand(new TraceCommand(console));
    root.addSubcommand(new ContributionsCommand(console));
    root.addSubcommand(new TokensCommand(console));
    root.addSubcommand(
        new CommandLine(new ModelsCommand())
            .addSubcommand(new ModelsListCommand(console))
            .addSubcommand(new ModelsInfoCommand(console))
            .addSubcommand(new ModelsPullCommand(console)));
    root.addSubcommand(new DoctorCommand(console));
    root.addSubcommand(new CommandLine.HelpCommand());
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
