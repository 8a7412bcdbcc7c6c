package dev.limpid.explorer;

import dev.limpid.explorer.process.ArgumentBytes;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.JsonClasses;
import dev.limpid.explorer.process.ResultStream;
import dev.limpid.explorer.process.VectorModule;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Connects {@link Limpid} to the process: streams, environment, exit code. */
public final class Main {
  private Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    JsonClasses.load();
    Thread vector = VectorModule.load();
    Console console = console();
    if (ArgumentBytes.areBroken(List.of(arguments))) {
      console
          .err()
          .println(
              "limpid: an argument is not valid UTF-8; convert it, or give the text by --file");
      System.exit(ExitCode.USAGE);
    }
    System.exit(Limpid.run(List.of(arguments), console, () -> VectorModule.await(vector)));
  }

  /** Results are UTF-8 whatever the locale says, since they are read by other programs. */
  private static Console console() {
    // The launcher knows which of its streams are terminals; Java cannot tell them apart.
    String terminal = System.getProperty("limpid.terminal", "");
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    PrintStream results =
        new PrintStream(
            new ResultStream(new BufferedOutputStream(out)), false, StandardCharsets.UTF_8);
    PrintStream messages =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    return new Console(
        System.in,
        results,
        messages,
        System.getenv(),
        terminal.contains("out"),
        terminal.contains("err"));
  }
}
