package dev.limpid.explorer.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.tensor.DeviceException;
import dev.limpid.tensor.spi.UnavailableBackendException;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What a device fails with is one line and exit code 1; backend-opencl tests what it says. */
class FailuresTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int code(Exception e) {
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    Console console =
        new Console(InputStream.nullInputStream(), stream, stream, Map.of(), false, false);
    CommandLine command = new CommandLine(CommandSpec.create());
    return new Failures(console, false).inExecution(e, command, command.parseArgs());
  }

  @Test
  void aDeviceThatFailsIsOneLine() {
    assertThat(code(new DeviceException("opencl:0: clFlush failed\nwith much more")))
        .isEqualTo(ExitCode.FAILED)
        .isEqualTo(1);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines("limpid: opencl:0: clFlush failed with much more\n");
  }

  @Test
  void aDeviceThatIsNotThereIsOneLine() {
    assertThat(code(new UnavailableBackendException("there is no OpenCL loader"))).isEqualTo(1);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines(
            "limpid: there is no OpenCL loader; 'limpid doctor' lists the backends\n");
  }
}
