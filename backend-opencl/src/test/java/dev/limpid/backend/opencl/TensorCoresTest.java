package dev.limpid.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.UnavailableBackendException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tensor cores are used where a device has them and passes the check; else it is said why not. */
class TensorCoresTest {
  private static final ProgramCache NO_CACHE = new ProgramCache(Optional.empty());

  private static OpenClBackend backend(StubDriver driver, TensorCores.Choice choice) {
    return new OpenClBackend(driver::load, NO_CACHE, () -> choice);
  }

  private static String description(StubDriver driver, TensorCores.Choice choice) {
    TensorOps ops = backend(driver, choice).open(BackendSettings.DEFAULT);
    return ops.description();
  }

  @Test
  void otherDevicesAreNotAsked() {
    StubDriver driver = new StubDriver();
    assertThat(description(driver, TensorCores.Choice.AUTO)).doesNotContain("tensor");
    assertThat(description(driver, TensorCores.Choice.OFF)).doesNotContain("tensor");
    assertThat(driver.compiled()).isZero();
    assertThat(backend(driver, TensorCores.Choice.AUTO).details()).isEqualTo("1 device");
    StubDriver older = new StubDriver().withComputeCapability(7);
    assertThat(description(older, TensorCores.Choice.AUTO)).doesNotContain("tensor");
    assertThat(older.compiled()).isZero();
  }

  /** The stub says of all products that they are zeros. */
  @Test
  void aProductThatDiffersFromThePlainOneIsTheReason() {
    StubDriver driver = new StubDriver().withComputeCapability(9);
    String words =
        "tensor cores not used: a product differs from the plain one by NaN of the largest";
    assertThat(description(driver, TensorCores.Choice.AUTO)).endsWith(", " + words);
    assertThat(driver.compiled()).isEqualTo(4);
    assertThat(backend(driver, TensorCores.Choice.AUTO).details())
        .isEqualTo("1 device; opencl:0: " + words);
  }

  @Test
  void aKernelThatDoesNotCompileIsTheReason() {
    StubDriver driver =
        new StubDriver()
            .withComputeCapability(8)
            .withLog("matmul.cl:9: error: no such instruction")
            .refusing("-DSPLIT=1");
    assertThat(description(driver, TensorCores.Choice.AUTO))
        .endsWith(
            "tensor cores not used: opencl:0 (A stub): the kernel matmul does not compile; a newer"
                + " driver may help: matmul.cl:9: error: no such instruction");
  }

  @Test
  void theyCanBeSwitchedOff() {
    StubDriver driver = new StubDriver().withComputeCapability(9);
    assertThat(description(driver, TensorCores.Choice.OFF))
        .endsWith(", tensor cores not used: switched off by LIMPID_TENSOR_CORES");
    assertThat(driver.compiled()).isZero();
  }

  @Test
  void theVariableHasThreeValues() {
    assertThat(choice(Map.of())).isEqualTo(TensorCores.Choice.AUTO);
    assertThat(choice(Map.of(TensorCores.VARIABLE, "auto"))).isEqualTo(TensorCores.Choice.AUTO);
    assertThat(choice(Map.of(TensorCores.VARIABLE, "off"))).isEqualTo(TensorCores.Choice.OFF);
    assertThat(choice(Map.of(TensorCores.VARIABLE, "emulated")))
        .isEqualTo(TensorCores.Choice.EMULATED);
    assertThatThrownBy(() -> choice(Map.of(TensorCores.VARIABLE, "on")))
        .isInstanceOf(UnavailableBackendException.class)
        .hasMessage("LIMPID_TENSOR_CORES is 'on'; give auto, off or emulated");
  }

  private static TensorCores.Choice choice(Map<String, String> variables) {
    return TensorCores.Choice.of(variables);
  }
}
