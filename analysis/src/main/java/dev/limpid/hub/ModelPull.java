package dev.limpid.hub;

import dev.limpid.tensor.files.JsonProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Downloads what Limpid needs of a model, or of an adapter of one: configuration, tokenizer,
 * safetensors, model card.
 */
public final class ModelPull {
  private static final Pattern MODEL = Pattern.compile("[\\w-][\\w.-]*(/[\\w-][\\w.-]*)?");
  private static final Pattern FILE = Pattern.compile("[\\w-][\\w.-]*");

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private static final String ADAPTER_CONFIG = "adapter_config.json";
  private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";

  /** Small files, taken where they exist. */
  private static final List<String> COMPANIONS =
      List.of(
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "chat_template.jinja",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "README.md",
          "LICENSE",
          "LICENSE.md",
          "LICENSE.txt");

  private final HubSettings settings;
  private final PullListener listener;

  /** Creates a download that tells a listener how it goes on. */
  public ModelPull(HubSettings settings, PullListener listener) {
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * What a download brought.
   *
   * @param folder where the model lies
   * @param files how many files it has
   * @param fetched how many of them were not there yet
   * @param bytes the size of all
   */
  public record Result(Path folder, int files, int fetched, long bytes) {}

  /** Returns whether this could be the name of a model on the hub: ORG/NAME, or an old NAME. */
  public static boolean isName(String model) {
    return MODEL.matcher(model).matches();
  }

  /**
   * Downloads a model into its folder below a folder of models.
   *
   * @param model its name on the hub
   * @param models where models lie, one folder each
   * @throws IOException with one line that says what to do
   */
  public Result pull(String model, Path models) throws IOException {
    try (HubClient client = new HubClient(settings)) {
      return pull(client, model, models.resolve(model));
    }
  }

  private Result pull(HubClient client, String model, Path folder) throws IOException {
    FileDownload download = new FileDownload(client, settings, listener);
    Optional<List<String>> names = client.list(model);
    boolean adapter = isAdapter(client, model, names);
    RemoteFile config =
        client
            .describe(model, adapter ? ADAPTER_CONFIG : CONFIG)
            .orElseThrow(() -> missing(model, names.isPresent()));
    List<RemoteFile> files = new ArrayList<>();
    for (String name : COMPANIONS) {
      if (names.isEmpty() || names.get().contains(name)) {
        client.describe(model, name).ifPresent(files::add);
      }
    }
    int fetched = 0;
    Optional<RemoteFile> index = adapter ? Optional.empty() : index(client, model, names);
    Files.createDirectories(folder); // not before the hub is known to have it
    if (index.isPresent()) {
      fetched += download.fetch(model, index.get(), folder.resolve(INDEX)) ? 1 : 0;
    }
    Set<String> weights =
        adapter
            ? Set.of(ADAPTER_WEIGHTS)
            : weights(client, model, names, index.map(i -> folder.resolve(INDEX)));
    for (String name : weights) {
      files.add(
          client
              .describe(model, name)
              .orElseThrow(() -> new IOException(model + ": " + name + " is missing on the hub")));
    }
    requireSpace(folder, files);
    // Last, since a folder with a configuration counts as a model.
    files.add(config);
    for (RemoteFile file : files) {
      fetched += download.fetch(model, file, folder.resolve(file.name())) ? 1 : 0;
    }
    index.ifPresent(files::add);
    return new Result(folder, files.size(), fetched, size(folder, files));
  }

  /** The folder of an adapter may hold the configuration of its base as well, but no weights. */
  private static boolean isAdapter(HubClient client, String model, Optional<List<String>> names)
      throws IOException {
    if (names.isEmpty()) {
      return client.describe(model, CONFIG).isEmpty()
          && client.describe(model, ADAPTER_CONFIG).isPresent();
    }
    List<String> there = names.get();
    return there.contains(ADAPTER_CONFIG)
        && !there.contains(WEIGHTS)
        && !there.contains(INDEX)
        && (there.contains(ADAPTER_WEIGHTS) || !there.contains(CONFIG));
  }

  private IOException missing(String model, boolean isListed) {
    return new IOException(
        isListed
            ? model + ": has no config.json, so it is not a model in Hugging Face layout"
            : "%s: not found at %s; check the name".formatted(model, settings.endpoint()));
  }

  private static Optional<RemoteFile> index(
      HubClient client, String model, Optional<List<String>> names) throws IOException {
    boolean single =
        names.isPresent()
            ? names.get().contains(WEIGHTS)
            : client.describe(model, WEIGHTS).isPresent();
    boolean possible = !single && (names.isEmpty() || names.get().contains(INDEX));
    return possible ? client.describe(model, INDEX) : Optional.empty();
  }

  private static Set<String> weights(
      HubClient client, String model, Optional<List<String>> names, Optional<Path> index)
      throws IOException {
    if (index.isPresent()) {
      return shards(model, index.get());
    }
    List<String> there =
        names.isPresent()
            ? names.get()
            : client.describe(model, WEIGHTS).map(RemoteFile::name).stream().toList();
    if (there.contains(WEIGHTS)) {
      return Set.of(WEIGHTS);
    }
    List<String> other =
        there.stream()
            .filter(name -> name.endsWith(".safetensors") && FILE.matcher(name).matches())
            .toList();
    if (other.size() == 1) {
      return Set.of(other.getFirst());
    }
    boolean pickles =
        there.stream().anyMatch(name -> name.endsWith(".bin") || name.endsWith(".pt"))
            || (names.isEmpty() && client.describe(model, "pytorch_model.bin").isPresent());
    throw new IOException(
        pickles
            ? model
                + ": has weights only as Python pickles, which Limpid does not open; convert them"
                + " (in Python: AutoModelForCausalLM.from_pretrained('"
                + model
                + "').save_pretrained(folder)), and give that folder to --model"
            : model + ": has no " + WEIGHTS + " and no " + INDEX);
  }

  private static Set<String> shards(String model, Path index) throws IOException {
    Set<String> shards = new LinkedHashSet<>();
    try {
      JsonNode map = JsonMapper.shared().readTree(Files.readAllBytes(index)).path("weight_map");
      for (JsonNode shard : map) {
        shards.add(shard.asString(""));
      }
    } catch (JacksonException e) {
      throw new IOException(index + ": not valid JSON: " + JsonProblem.of(e), e);
    }
    for (String shard : shards) {
      // It becomes part of a path here.
      if (!FILE.matcher(shard).matches() || !shard.endsWith(".safetensors")) {
        throw new IOException(model + ": its index names the file '" + shard + "'");
      }
    }
    if (shards.isEmpty()) {
      throw new IOException(index + ": names no files of weights");
    }
    return shards;
  }

  private static void requireSpace(Path folder, List<RemoteFile> files) throws IOException {
    long needed = 0;
    for (RemoteFile file : files) {
      Path part = folder.resolve(file.name() + ".part");
      boolean isThere = Files.exists(folder.resolve(file.name()));
      long here = Files.exists(part) ? Files.size(part) : 0;
      needed += isThere ? 0 : Math.max(0, file.size().orElse(0) - here);
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (needed > free) {
      throw new IOException(
          "%s: %d MiB are needed, %d MiB are free; set LIMPID_MODELS to a folder with more"
              .formatted(folder, needed >> 20, free >> 20));
    }
  }

  private static long size(Path folder, List<RemoteFile> files) throws IOException {
    long bytes = 0;
    for (RemoteFile file : files) {
      OptionalLong size = file.size();
      bytes += size.isPresent() ? size.getAsLong() : Files.size(folder.resolve(file.name()));
    }
    return bytes;
  }
}
