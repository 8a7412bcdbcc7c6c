package dev.limpid.backend.opencl;

import static dev.limpid.backend.opencl.StubDriver.BUILD_PROGRAM_FAILURE;
import static dev.limpid.backend.opencl.StubDriver.OUT_OF_RESOURCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.backend.opencl.driver.Loader;
import dev.limpid.backend.opencl.driver.OpenCl;
import dev.limpid.tensor.DeviceException;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.spi.BackendDevice;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.UnavailableBackendException;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong between a command and a device is said in one line. */
class OpenClErrorsTest {
  private static final ProgramCache NO_CACHE = new ProgramCache(Optional.empty());

  private static OpenClBackend backend(StubDriver driver) {
    return new OpenClBackend(driver::load, NO_CACHE, () -> TensorCores.Choice.AUTO);
  }

  private static TensorOps open(StubDriver driver) {
    return backend(driver).open(BackendSettings.DEFAULT);
  }

  @Test
  void aMissingLoaderIsTheReason() {
    Loader loader = new Loader(List.of("libNoSuchOpenCL.so"), "install one");
    OpenClBackend backend =
        new OpenClBackend(loader::load, NO_CACHE, () -> TensorCores.Choice.AUTO);
    assertThat(backend.unavailableBecause())
        .hasValue("there is no OpenCL loader (libNoSuchOpenCL.so): install one");
    assertThat(backend.devices()).isEmpty();
  }

  @Test
  void anOldLoaderIsTheReason() {
    StubDriver driver = new StubDriver();
    OpenClBackend backend =
        new OpenClBackend(
            () ->
                OpenCl.of(name ->
                    name.equals("clEnqueueFillBuffer")
                        ? Optional.empty()
                        : driver.symbols().find(name)),
            NO_CACHE,
            () -> TensorCores.Choice.AUTO);
    assertThat(backend.unavailableBecause().orElseThrow())
        .contains("clEnqueueFillBuffer", "update it");
  }

  @Test
  void nothingToComputeOnIsTheReason() {
    assertThat(backend(new StubDriver().with(0, 0)).unavailableBecause().orElseThrow())
        .startsWith("OpenCL finds no device: install the driver");
    assertThat(backend(new StubDriver().with(1, 0)).unavailableBecause().orElseThrow())
        .startsWith("OpenCL finds no device");
    assertThat(backend(new StubDriver().withoutDevice()).unavailableBecause().orElseThrow())
        .isEqualTo(
            "none of its devices can be used: A stub: its driver says that it is not available");
    assertThat(backend(new StubDriver().withoutCompiler()).unavailableBecause().orElseThrow())
        .contains("no compiler");
    assertThat(
            backend(new StubDriver().withVersion("OpenCL 1.1 old"))
                .unavailableBecause()
                .orElseThrow())
        .contains("OpenCL 1.1 old", "1.2 is needed");
    assertThat(
            backend(new StubDriver().failing("clGetPlatformIDs", -6))
                .unavailableBecause()
                .orElseThrow())
        .contains("clGetPlatformIDs failed with CL_OUT_OF_HOST_MEMORY (-6)");
  }

  @Test
  void devicesAreChosenByNumber() {
    OpenClBackend backend = backend(new StubDriver().with(1, 2));
    assertThat(backend.devices())
        .extracting(BackendDevice::name)
        .containsExactly("opencl:0", "opencl:1");
    TensorOps second = backend.open(BackendSettings.DEFAULT.withDevice("opencl:1"));
    assertThat(second.description()).startsWith("opencl:1, A stub, A platform, driver 1, kernels");
    assertThatThrownBy(() -> backend.open(BackendSettings.DEFAULT.withDevice("opencl:2")))
        .isInstanceOf(UnavailableBackendException.class)
        .hasMessage(
            "there is no device 'opencl:2'; there are: opencl:0 (A stub), opencl:1 (A stub)");
  }

  @Test
  void aDeviceThatCannotBeUsedIsRefusedByName() {
    OpenClBackend backend = backend(new StubDriver().withoutCompiler());
    assertThatThrownBy(() -> backend.open(BackendSettings.DEFAULT.withDevice("opencl:0")))
        .isInstanceOf(UnavailableBackendException.class)
        .hasMessage("opencl:0 (A stub) cannot be used: its driver has no compiler");
  }

  @Test
  void needAndHaveAreSaidWhereMemoryIsTooSmall() {
    TensorOps ops = open(new StubDriver().withMemory(100 << 20));
    Tensor kept = ops.zeros(10 << 20);
    assertThatThrownBy(() -> ops.zeros(20 << 20))
        .isInstanceOf(DeviceException.class)
        .hasMessage(
            "opencl:0 (A stub): out of memory: 80 MiB more are needed, of 95 MiB there are 55 MiB"
                + " left; take a shorter prompt or a smaller model, or compute on the processor");
    assertThatThrownBy(() -> ops.requireRoom(80 << 20, "a run of 9 positions"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("a run of 9 positions needs 80 MiB, of 95 MiB there are 55 MiB left");
    ops.requireRoom(40 << 20, "a shorter run");
    assertThat(kept.size()).isEqualTo(10 << 20);
  }

  @Test
  void whatIsNoLongerReferencedMakesRoom() {
    TensorOps ops = open(new StubDriver().withMemory(10 << 20));
    for (int i = 0; i < 20; i++) {
      assertThat(ops.resident(Tensor.zeros(1 << 20)).size()).isEqualTo(1 << 20);
    }
  }

  @Test
  void aDriverThatHasLessMemoryThanItSaysIsBelieved() {
    StubDriver driver = new StubDriver();
    TensorOps ops = open(driver);
    driver.failing("clCreateBuffer", -4);
    assertThatThrownBy(() -> ops.zeros(7))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("out of memory");
  }

  @Test
  void aKernelThatDoesNotCompileIsNamedWithTheFirstError() {
    StubDriver driver =
        new StubDriver()
            .withLog("a warning\nadd.cl:3: error: no such thing\nmore\n")
            .failing("clBuildProgram", BUILD_PROGRAM_FAILURE);
    TensorOps ops = open(driver);
    Tensor x = ops.zeros(3);
    int before = driver.alive();
    ops.add(x, x, x); // waits for what may go with it
    assertThatThrownBy(() -> ops.subtract(x, x, x))
        .isInstanceOf(DeviceException.class)
        .hasMessage(
            "opencl:0 (A stub): the kernel add does not compile; a newer driver may help: add.cl:3:"
                + " error: no such thing");
    assertThat(driver.alive()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clSetKernelArg",
        "clEnqueueNDRangeKernel",
        "clEnqueueReadBuffer",
        "clEnqueueWriteBuffer",
        "clEnqueueFillBuffer",
        "clCreateKernel"
      })
  void anErrorInTheMiddleNamesTheFunctionAndLeavesNothing(String function) throws Exception {
    StubDriver driver = new StubDriver();
    leavesNothing(driver, function);
    // What was opened goes with the last reference to it.
    assertThat(driver.aliveAtLast()).isZero();
  }

  private static void leavesNothing(StubDriver driver, String function) {
    TensorOps ops = open(driver);
    try (Scope _ = ops.scope()) {
      ThrowingCallable run =
          () -> {
            Tensor x = ops.resident(Tensor.zeros(3, 5));
            PackedMatrix weight = ops.pack(Tensor.zeros(7, 5), WeightLayout.OUT_IN);
            Tensor out = ops.zeros(3, 7);
            ops.matmul(x, weight, null, out.rows(0, 3));
            ops.zeros(5, 2).rows(1, 2).toFloats();
          };
      driver.failing(function, OUT_OF_RESOURCES);
      assertThatThrownBy(run)
          .isInstanceOf(DeviceException.class)
          .hasMessage(
              "opencl:0: "
                  + function
                  + " failed with CL_OUT_OF_RESOURCES (-5); try again, or compute on the processor");
      driver.failing(function, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clCreateContext", "clCreateCommandQueue"})
  void whatCannotBeOpenedLeavesNothing(String function) throws Exception {
    StubDriver driver = new StubDriver().failing(function, OUT_OF_RESOURCES);
    assertThatThrownBy(() -> open(driver))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining(function);
    assertThat(driver.aliveAtLast()).isZero();
  }

  @Test
  @Tag("long")
  void aThousandOpensLeaveNothing() throws Exception {
    StubDriver driver = new StubDriver();
    for (int i = 0; i < 1000; i++) {
      openAndUse(driver);
    }
    assertThat(driver.aliveAtLast()).isZero();
  }

  private static void openAndUse(StubDriver driver) {
    TensorOps ops = open(driver);
    try (Scope _ = ops.scope()) {
      Tensor x = ops.zeros(3, 5);
      ops.add(x, x, x);
      assertThat(x.toFloats()).containsOnly(0);
    }
  }
}
