package dev.limpid;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.sun.management.OperatingSystemMXBean;
import dev.limpid.models.Folders;
import dev.limpid.models.ModelLocation;
import dev.limpid.models.ModelLocator;
import dev.limpid.tensor.spi.BackendDevice;
import dev.limpid.tensor.spi.BackendProvider;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.view.Document;
import dev.limpid.view.ModelsView;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code limpid doctor} found.
 *
 * @param limpidVersion the version of Limpid
 * @param jdk the Java that runs it
 * @param machine what the machine offers
 * @param backends what can compute, by name
 * @param defaultModel the model taken where none is named
 * @param modelsFolder where the user's models are looked for
 * @param hubCache where downloads of Hugging Face's libraries are looked for
 * @param locations the models found
 */
@JsonTypeName("limpid/doctor/1")
public record Diagnosis(
    String limpidVersion,
    Jdk jdk,
    Machine machine,
    List<Backend> backends,
    String defaultModel,
    String modelsFolder,
    String hubCache,
    @JsonIgnore List<ModelLocation> locations)
    implements Document {

  /** The Java that runs Limpid. */
  public record Jdk(String version, String vendor, String home) {}

  /**
   * The machine.
   *
   * @param memoryBytes of the machine, or of the container it runs in
   * @param heapBytes the most Java takes of it for objects
   */
  public record Machine(String system, int cores, long memoryBytes, long heapBytes) {}

  /**
   * A backend.
   *
   * @param details what it would run on; null where it is not available
   * @param reason why it is not available; null where it is
   * @param devices those it can be told to compute on; none where it computes on the processor
   */
  public record Backend(
      String name,
      boolean available,
      @JsonProperty("default") boolean isDefault,
      @Nullable String details,
      @Nullable String reason,
      List<Device> devices) {}

  /**
   * A device.
   *
   * @param name by which it is chosen
   * @param title what its maker calls it
   * @param driver what it is reached through
   * @param memoryBytes what it has
   * @param processor whether it is the processor after all, which {@code auto} passes over
   * @param reason why it cannot be used; null where it can
   */
  public record Device(
      String name,
      String title,
      String driver,
      long memoryBytes,
      boolean processor,
      @Nullable String reason) {
    static Device of(BackendDevice device) {
      return new Device(
          device.name(),
          device.title(),
          device.driver(),
          device.memoryBytes(),
          device.isProcessor(),
          device.unusableBecause().orElse(null));
    }
  }

  /** Returns the models as the JSON document shows them. */
  @JsonProperty
  public List<ModelsView.Model> models() {
    return ModelsView.of(limpidVersion, locations).models();
  }

  /**
   * Looks round.
   *
   * @param variables the environment variables of the user
   */
  public static Diagnosis of(Map<String, String> variables) throws IOException {
    Folders folders = Folders.of(variables);
    return new Diagnosis(
        Version.limpid(),
        new Jdk(
            Runtime.version().toString(),
            System.getProperty("java.vendor"),
            System.getProperty("java.home")),
        thisMachine(),
        allBackends(),
        ModelLocator.DEFAULT_MODEL,
        folders.models().toString(),
        folders.hub().toString(),
        ModelLocator.ofUser(variables).all());
  }

  private static Machine thisMachine() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Runtime runtime = Runtime.getRuntime();
    return new Machine(
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        runtime.availableProcessors(),
        system.getTotalMemorySize(),
        runtime.maxMemory());
  }

  private static List<Backend> allBackends() {
    List<BackendProvider> all = Backends.all();
    boolean vector =
        all.stream().anyMatch(b -> b.name().equals("vector") && b.unavailableBecause().isEmpty());
    String preferred = vector ? "vector" : "reference";
    return all.stream()
        .map(provider -> {
          Optional<String> reason = provider.unavailableBecause();
          return new Backend(
              provider.name(),
              reason.isEmpty(),
              provider.name().equals(preferred),
              reason.isEmpty() ? provider.details() : null,
              reason.orElse(null),
              provider.devices().stream().map(Device::of).toList());
        })
        .toList();
  }
}
