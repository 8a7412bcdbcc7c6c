package dev.limpid.explorer.process;

import dev.limpid.QuestionException;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.tokenizer.TokenizationException;
import dev.limpid.tensor.spi.UnavailableBackendException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line that says where, what, and what to do; and an exit code. */
public final class Failures {
  private static final Pattern CHOICES =
      Pattern.compile("expected one of \\[([A-Z_, ]+)\\] \\(case-insensitive\\)");

  private final Console console;
  private final boolean debug;

  /**
   * Prepares for what may come.
   *
   * @param debug whether stack traces are shown
   */
  public Failures(Console console, boolean debug) {
    this.console = console;
    this.debug = debug;
  }

  /** Reports a command line that makes no sense, and returns the exit code. */
  public int inUsage(ParameterException e, String[] arguments) {
    return usage(e.getCommandLine(), suggestion(e, List.of(arguments)), e);
  }

  /** Reports what a command threw, and returns the exit code. */
  public int inExecution(Exception e, CommandLine command, ParseResult result) {
    return switch (e) {
      case ResultStream.Closed closed -> closed(closed);
      case ParameterException wrong -> usage(wrong.getCommandLine(), text(wrong), wrong);
      case UsageFailure wrong -> usage(command, text(wrong), wrong);
      case CommandFailure failure -> failed(text(failure), failure);
      case QuestionException question -> failed(text(question), question);
      case UnavailableBackendException unavailable ->
          failed(unavailable.getMessage() + "; 'limpid doctor' lists the backends", unavailable);
      case TokenizationException text -> failed(text(text), text);
      case NonFiniteStateException state -> failed(text(state), state);
      case IOException io -> failed(describe(io), io);
      case java.io.UncheckedIOException io ->
          failed(describe(Objects.requireNonNull(io.getCause())), io);
      default ->
          failed("internal error: " + e + "; please report it with the output of --debug", e);
    };
  }

  /** Reports that results cannot be written, and returns the exit code. */
  public int closed(ResultStream.Closed e) {
    return e.isBrokenPipe()
        ? ExitCode.DONE
        : failed("standard output: cannot be written: " + e.reason(), e);
  }

  /**
   * Reports what the virtual machine itself reports, and returns the exit code; a mapped file may
   * have been cut off under us.
   */
  public int inMachine(VirtualMachineError e) {
    return switch (e) {
      case OutOfMemoryError memory -> outOfMemory(memory);
      case InternalError internal ->
          failed(
              "a file of the model was cut off while it was in use, or its disk cannot be read: "
                  + internal.getMessage(),
              internal);
      default ->
          failed("internal error: " + e + "; please report it with the output of --debug", e);
    };
  }

  private int outOfMemory(OutOfMemoryError e) {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return failed(
        "out of memory: %d MiB of heap are not enough; give java more, for example".formatted(heap)
            + " LIMPID_JAVA_OPTS=-Xmx8g, or take a shorter prompt",
        e);
  }

  private int failed(String line, Throwable cause) {
    report(line, cause);
    return ExitCode.FAILED;
  }

  private int usage(CommandLine command, String line, Throwable cause) {
    report(line + "; see '" + command.getCommandSpec().qualifiedName() + " --help'", cause);
    return ExitCode.USAGE;
  }

  private void report(String line, Throwable cause) {
    ProgressLine.clear(console);
    console.err().println("limpid: " + line.strip().replaceAll("\\R\\s*", " "));
    if (debug) {
      cause.printStackTrace(console.err());
    }
  }

  private static String suggestion(ParameterException e, List<String> arguments) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched, arguments);
    }
    String text = text(e);
    Matcher choices = CHOICES.matcher(text);
    return choices.find()
        ? choices.replaceFirst("one of " + choices.group(1).toLowerCase(Locale.ROOT))
        : text;
  }

  private static String unmatched(UnmatchedArgumentException e, List<String> arguments) {
    List<String> options = e.getUnmatched().stream().filter(a -> a.startsWith("-")).toList();
    boolean isCommand = e.getCommandLine().getParent() == null;
    if (options.isEmpty() && !isCommand) {
      List<String> words = arguments.subList(1, arguments.size());
      String name = e.getCommandLine().getCommandSpec().qualifiedName();
      return words.stream().anyMatch(word -> word.startsWith("-"))
          ? "'%s' is one argument too many; a text of several words needs quotes round it"
              .formatted(e.getUnmatched().getFirst())
          : "a text of several words needs quotes: %s \"%s\""
              .formatted(name, String.join(" ", words));
    }
    String what = options.isEmpty() ? text(e) : "there is no option '" + options.getFirst() + "'";
    return e.getSuggestions().isEmpty()
        ? what
        : what + "; did you mean: " + String.join(", ", e.getSuggestions());
  }

  /** The messages of file system exceptions are mostly just the path. */
  private static String describe(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> text(e);
    };
  }

  private static String text(Exception e) {
    @Nullable String message = e.getMessage();
    return message == null || message.isEmpty() ? e.toString() : message;
  }
}
