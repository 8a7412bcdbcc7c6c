package dev.limpid.explorer.cli;

import dev.limpid.Diagnosis;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.DoctorText;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limpid doctor}: whether everything Limpid needs is there. */
@Command(
    name = "doctor",
    description = "Shows what Limpid finds here: JDK, cores, memory, backends, models.",
    footer = {"", "Examples:", "  limpid doctor", "  limpid doctor --json"})
final class DoctorCommand implements Callable<Integer> {
  private final Console console;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Diagnosis diagnosis = Diagnosis.of(console.variables());
    if (json) {
      console.print(diagnosis);
    } else {
      new DoctorText(diagnosis).print(console.out());
    }
    return ExitCode.DONE;
  }
}
