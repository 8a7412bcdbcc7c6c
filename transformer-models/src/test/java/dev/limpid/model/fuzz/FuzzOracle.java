package dev.limpid.model.fuzz;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.chat.ChatMessage;
import dev.limpid.model.chat.ChatText;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.load.PromptException;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizationException;
import dev.limpid.model.tokenizer.Tokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What may come of a damaged folder: it works, or one declared exception says why not. */
final class FuzzOracle {
  /** What came of it. */
  enum Outcome {
    WORKS,
    REFUSED,
    FAILS_IN_USE
  }

  private static final List<String> LINES =
      List.of(
          "",
          "When Mary and John went to the store, John gave a drink to",
          "  two  spaces\t\n\n 1234567 x=3.14;\r\n",
          "naïve Ünïcödé 漢字 😀👍🏽 e\u0301\u0316 \u0000\uFFFD",
          "<s></s><unk><|endoftext|><0x41> Ġ▁",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");

  private static final List<List<ChatMessage>> CONVERSATIONS =
      List.of(
          List.of(new ChatMessage("user", "What is the capital of France?")),
          List.of(
              new ChatMessage("user", " {{ no template }} 'it''s' \"so\"\r\n Ünïcödé 漢字 😀 "),
              new ChatMessage("assistant", "<think>\nhm\n</think>\n\nYes."),
              new ChatMessage("user", "Why?")));

  private FuzzOracle() {}

  /** Opens a folder and uses what opened; anything but a declared exception passes through. */
  static Outcome judge(Path folder) throws IOException {
    try {
      use(folder);
      return Outcome.WORKS;
    } catch (IOException e) {
      requireOneLine(e, folder);
      return Outcome.REFUSED;
    } catch (TokenizationException | NonFiniteStateException | PromptException e) {
      requireOneLine(e, folder);
      return Outcome.FAILS_IN_USE;
    }
  }

  static void use(Path folder) throws IOException, PromptException {
    Path gguf = folder.resolve(FuzzKind.GGUF.file());
    Path ggufTokenizer = folder.resolve(FuzzKind.GGUF_TOKENIZER.file());
    Path types = folder.resolve(FuzzKind.GGUF_TYPE.file());
    Path blocks = folder.resolve(FuzzKind.GGUF_BLOCKS.file());
    if (Files.exists(types)) {
      decode(types);
    } else if (Files.exists(folder.resolve(FuzzKind.GGUF_PART.file()))) {
      run(ModelLoader.open(folder, new ReferenceOps()));
    } else if (Files.exists(blocks)) {
      // On one thread, the one whose memory is counted.
      run(
          ModelLoader.open(
              blocks, Backends.open("vector", BackendSettings.DEFAULT.withThreads(1))));
    } else if (Files.exists(folder.resolve(FuzzKind.ADAPTER_CONFIG.file()))) {
      run(adapted(folder));
    } else if (Files.exists(folder.resolve(FuzzKind.CHAT_TEMPLATE.file()))) {
      converse(ModelFiles.open(folder));
    } else if (Files.exists(gguf)) {
      run(ModelLoader.open(gguf, new ReferenceOps()));
    } else if (Files.exists(ggufTokenizer)) {
      TokenizerLoader.load(ggufTokenizer).ifPresent(FuzzOracle::tokenize);
    } else if (Files.exists(folder.resolve("config.json"))) {
      run(ModelLoader.open(folder, new ReferenceOps()));
    } else {
      Optional<LoadedTokenizer> tokenizer = TokenizerLoader.load(folder);
      tokenizer.ifPresent(FuzzOracle::tokenize);
    }
  }

  /** Decodes every tensor of a file whose type is known. */
  private static void decode(Path file) throws IOException {
    GgufFile opened = GgufFile.open(file, Arena.ofAuto());
    for (String name : opened.names()) {
      if (opened.type(name).orElseThrow().isSupported()) {
        Tensor tensor = opened.tensor(name);
        boolean finite = tensor.toHeap().allFinite();
        if (finite != tensor.allFinite()) {
          throw new AssertionError(name + " of " + file);
        }
      }
    }
  }

  private static void requireOneLine(Exception e, Path folder) {
    String message = String.valueOf(e.getMessage());
    boolean plain = message.codePoints().noneMatch(Character::isISOControl);
    // A model calls itself by the name its metadata give it.
    boolean named =
        e instanceof NonFiniteStateException || message.contains(folder.getFileName().toString());
    if (!e.getClass().getName().startsWith("dev.limpid") && e.getClass() != IOException.class) {
      throw new AssertionError("not a declared exception", e);
    }
    if (!plain || !named || message.isBlank() || message.length() > 2000) {
      throw new AssertionError("not one line that names the file: " + message, e);
    }
  }

  private static void run(Transformer model) {
    int count = Math.min(3, model.config().nContext());
    List<Integer> tokens =
        IntStream.range(0, count).mapToObj(t -> (7 * t + 1) % model.config().dVocab()).toList();
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    requireFinite(trace.logits());
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      Stream.of(layer.pattern(), layer.value(), layer.attnOut(), layer.mlpOut(), layer.neuronPost())
          .forEach(FuzzOracle::requireFinite);
    }
  }

  private static void requireFinite(Tensor tensor) {
    for (float value : tensor.toFloats()) {
      if (!Float.isFinite(value)) {
        throw new AssertionError("a result is " + value);
      }
    }
  }

  private static Transformer adapted(Path folder) throws IOException {
    return ModelFiles.open(folder, folder)
        .open(new ReferenceOps(), LayerStorage.AUTOMATIC, LoadProgress.NONE);
  }

  private static void converse(ModelFiles model) throws IOException, PromptException {
    for (List<ChatMessage> conversation : CONVERSATIONS) {
      ChatText text = model.chat(conversation);
      for (ChatText.Part part : text.parts()) {
        if (!text.text().substring(part.from(), part.to()).isEmpty()) {
          continue;
        }
        throw new AssertionError("a part without text: " + part);
      }
    }
  }

  private static void tokenize(LoadedTokenizer loaded) {
    Tokenizer tokenizer = loaded.tokenizer();
    for (String line : LINES) {
      List<Integer> ids = loaded.prompt(line, loaded.specialTokens().bos().isPresent());
      tokenizer.decode(ids);
      for (int id : ids) {
        tokenizer.text(id);
        tokenizer.piece(id);
      }
    }
  }
}
