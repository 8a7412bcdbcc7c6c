package dev.limpid.model.fuzz;

import dev.limpid.testdata.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The undamaged files: the small golden models and tokenizers. */
final class FuzzSeeds {
  /** The files of a folder by their names; not modified. */
  record Folder(Map<String, byte[]> files) {}

  /** Where the folders of a kind come from. */
  interface Source {
    List<Folder> folders();
  }

  static final Source MODELS =
      () ->
          goldens(
              List.of("config.json", "model.safetensors"),
              "gpt2-relu",
              "gpt2-f16",
              "opt-no-affine",
              "llama-bf16",
              "llama-linear-rope",
              "qwen3-biased-windows");

  static final Source SHARDED =
      () ->
          goldens(
              List.of(
                  "config.json",
                  "model.safetensors.index.json",
                  "model-00001-of-00002.safetensors",
                  "model-00002-of-00002.safetensors"),
              "llama-sharded");

  static final Source TOKENIZERS =
      () ->
          goldens(
              List.of("tokenizer.json", "tokenizer_config.json"),
              "tokenizers/llama2-byte-fallback",
              "tokenizers/metaspace-first",
              "tokenizers/nfc-added-tokens");

  static final Source TWO_FILES =
      () ->
          goldens(
              List.of("vocab.json", "merges.txt", "tokenizer_config.json"),
              "tokenizers/gpt2-byte-level");

  static final Source SENTENCEPIECE =
      () -> List.of(new Folder(Map.of("tokenizer.model", sentencePiece())));

  static final Source GGUF_MODELS =
      () ->
          goldens(
              List.of("model.gguf"), "gguf/gpt2-blocks", "gguf/llama-superblocks", "gguf/qwen3");

  /** One of every architecture, so that all of their keys are damaged. */
  static final Source GGUF_FAMILIES =
      () -> {
        try (Stream<Path> families =
            Files.list(TestData.folder().resolve("goldens/gguf/families"))) {
          return families.sorted().map(family -> read(family, List.of("model.gguf"))).toList();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      };

  static final Source GGUF_TYPES =
      () ->
          List.of(
              new Folder(
                  Map.of(
                      "types.gguf", bytes(TestData.folder().resolve("goldens/gguf/types.gguf")))));

  /** One model in four files. */
  static final Source GGUF_PARTS =
      () -> {
        List<String> names =
            IntStream.rangeClosed(1, 4).mapToObj("model-0000%d-of-00004.gguf"::formatted).toList();
        return goldens(names, "gguf/parts");
      };

  /** Models of quantised weights, opened where these stay as they are. */
  static final Source GGUF_BLOCKS =
      () ->
          Stream.of("gpt2-blocks", "llama-blocks", "llama-superblocks")
              .map(name -> TestData.folder().resolve("goldens/gguf").resolve(name))
              .map(folder -> new Folder(Map.of("blocks.gguf", bytes(folder.resolve("model.gguf")))))
              .toList();

  /** Every adapter in one folder with its base. */
  static final Source ADAPTERS =
      () -> {
        try (Stream<Path> adapters = Files.list(TestData.folder().resolve("goldens/lora"))) {
          return adapters.sorted().map(FuzzSeeds::adapter).toList();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      };

  /** Every golden template in a file of its own. */
  static final Source CHAT_TEMPLATES =
      () -> {
        byte[] config = bytes(TestData.folder().resolve("goldens/llama-bf16/config.json"));
        return new String(
                bytes(TestData.folder().resolve("goldens/chat.jsonl")), StandardCharsets.UTF_8)
            .lines()
            .map(line -> JsonMapper.shared().readTree(line))
            .map(line -> template(line, config))
            .toList();
      };

  static final Source MXFP4 =
      () -> goldens(List.of("config.json", "model.safetensors"), "gguf/gpt-oss-mxfp4");

  static final Source GGUF_TOKENIZERS =
      () ->
          Stream.of("digits", "llama3-ignore-merges", "qwen2")
              .map(name -> TestData.folder().resolve("goldens/gguf").resolve(name + ".gguf"))
              .map(file -> new Folder(Map.of("tokenizer.gguf", bytes(file))))
              .toList();

  private FuzzSeeds() {}

  private static List<Folder> goldens(List<String> names, String... folders) {
    return Stream.of(folders)
        .map(folder -> read(TestData.folder().resolve("goldens").resolve(folder), names))
        .toList();
  }

  private static Folder adapter(Path folder) {
    Map<String, byte[]> files =
        new TreeMap<>(
            read(folder, List.of("adapter_config.json", "adapter_model.safetensors")).files());
    JsonNode config = JsonMapper.shared().readTree(files.get("adapter_config.json"));
    Path base = folder.resolve(config.path("base_model_name_or_path").asString());
    try (Stream<Path> ofBase = Files.list(base)) {
      ofBase
          .filter(file -> file.getFileName().toString().matches("config.json|model[-.].*"))
          .forEach(file -> files.put(file.getFileName().toString(), bytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Folder(files);
  }

  private static Folder template(JsonNode golden, byte[] config) {
    String specials =
        JsonMapper.shared()
            .createObjectNode()
            .put("bos_token", golden.path("bos_token").asString())
            .put("eos_token", golden.path("eos_token").asString())
            .toString();
    return new Folder(
        Map.of(
            "config.json",
            config,
            "tokenizer_config.json",
            specials.getBytes(StandardCharsets.UTF_8),
            "chat_template.jinja",
            golden.path("template").asString().getBytes(StandardCharsets.UTF_8)));
  }

  private static Folder read(Path folder, List<String> names) {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : names) {
      files.put(name, bytes(folder.resolve(name)));
    }
    return new Folder(files);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the vocabulary of a golden in SentencePiece's own format. */
  private static byte[] sentencePiece() {
    Path golden = TestData.folder().resolve("goldens/tokenizers/llama2-byte-fallback");
    JsonNode vocabulary =
        JsonMapper.shared().readTree(bytes(golden.resolve("tokenizer.json"))).at("/model/vocab");
    Map<Integer, String> pieces = new TreeMap<>();
    vocabulary.properties().forEach(piece -> pieces.put(piece.getValue().asInt(), piece.getKey()));
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    pieces.forEach((id, piece) -> message(model, 1, entry(id, piece)));
    message(model, 2, new byte[] {3 << 3, 2, (byte) ((35 << 3) | 0x80), 35 >> 4, 1}); // BPE, bytes
    message(model, 3, new byte[] {3 << 3, 1, 4 << 3, 0}); // a space in front, none removed
    return model.toByteArray();
  }

  private static byte[] entry(int id, String piece) {
    int kind = piece.equals("<unk>") ? 2 : id < 3 ? 3 : piece.startsWith("<0x") ? 6 : 1;
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    message(entry, 1, piece.getBytes(StandardCharsets.UTF_8));
    entry.write((2 << 3) | 5);
    entry.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(-id).array());
    entry.write(3 << 3);
    entry.write(kind);
    return entry.toByteArray();
  }

  private static void message(ByteArrayOutputStream out, int field, byte[] content) {
    out.write((field << 3) | 2);
    out.write(content.length); // below 128
    out.writeBytes(content);
  }
}
