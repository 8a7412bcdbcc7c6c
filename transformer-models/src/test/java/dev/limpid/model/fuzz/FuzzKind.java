package dev.limpid.model.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** The kinds of file that are damaged: which file of which folders, and how it is made up. */
enum FuzzKind {
  SAFETENSORS_HEADER("model.safetensors", FuzzSeeds.MODELS) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inHeader(file, random);
    }
  },
  SAFETENSORS_BODY("model.safetensors", FuzzSeeds.MODELS) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      int body = file.length < 8 ? 0 : (int) Math.clamp(8 + bytes.getLong(0), 0L, file.length);
      byte[] changed = ByteMutation.any(Arrays.copyOfRange(file, body, file.length), random);
      return ByteMutation.splice(file, body, file.length, changed);
    }
  },
  INDEX("model.safetensors.index.json", FuzzSeeds.SHARDED),
  CONFIG("config.json", FuzzSeeds.MODELS),
  TOKENIZER_JSON("tokenizer.json", FuzzSeeds.TOKENIZERS),
  TOKENIZER_CONFIG("tokenizer_config.json", FuzzSeeds.TOKENIZERS),
  VOCAB_JSON("vocab.json", FuzzSeeds.TWO_FILES),
  MERGES_TXT("merges.txt", FuzzSeeds.TWO_FILES) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      if (random.nextBoolean()) {
        return ByteMutation.any(file, random);
      }
      String[] lines = new String(file, StandardCharsets.UTF_8).split("\n", -1);
      lines[random.nextInt(lines.length)] = lines[random.nextInt(lines.length)];
      return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    }
  },
  TOKENIZER_MODEL("tokenizer.model", FuzzSeeds.SENTENCEPIECE) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return ByteMutation.any(file, random);
    }
  },
  GGUF("model.gguf", FuzzSeeds.GGUF_MODELS) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inHead(file, random);
    }
  },
  GGUF_FAMILY("model.gguf", FuzzSeeds.GGUF_FAMILIES) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inHead(file, random);
    }
  },
  GGUF_TYPE("types.gguf", FuzzSeeds.GGUF_TYPES) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return ByteMutation.any(file, random);
    }
  },
  MXFP4("model.safetensors", FuzzSeeds.MXFP4) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inHeader(file, random);
    }
  },
  GGUF_PART("model-00002-of-00004.gguf", FuzzSeeds.GGUF_PARTS) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inHead(file, random);
    }
  },
  GGUF_BLOCKS("blocks.gguf", FuzzSeeds.GGUF_BLOCKS) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inTail(file, random);
    }
  },
  ADAPTER_CONFIG("adapter_config.json", FuzzSeeds.ADAPTERS),
  ADAPTER_WEIGHTS("adapter_model.safetensors", FuzzSeeds.ADAPTERS) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inHeader(file, random);
    }
  },
  CHAT_TEMPLATE("chat_template.jinja", FuzzSeeds.CHAT_TEMPLATES) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return TemplateMutation.any(file, random);
    }
  },
  GGUF_TOKENIZER("tokenizer.gguf", FuzzSeeds.GGUF_TOKENIZERS) {
    @Override
    byte[] mutate(byte[] file, SplittableRandom random) {
      return inHead(file, random);
    }
  };

  private final String file;
  private final FuzzSeeds.Source source;

  FuzzKind(String file, FuzzSeeds.Source source) {
    this.file = file;
    this.source = source;
  }

  /** Returns the name of the file that is damaged. */
  String file() {
    return file;
  }

  /** Returns the undamaged folders. */
  List<FuzzSeeds.Folder> folders() {
    return source.folders();
  }

  /** Returns the file with one more damage; it is not modified. */
  byte[] mutate(byte[] content, SplittableRandom random) {
    return jsonOrBytes(content, random);
  }

  /** Mostly damages the header of a safetensors file, whose length stays right. */
  private static byte[] inHeader(byte[] file, SplittableRandom random) {
    if (file.length < 8 || random.nextInt(4) == 0) {
      return ByteMutation.any(file, random);
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int end = (int) Math.clamp(8 + bytes.getLong(0), 8L, file.length);
    byte[] header = jsonOrBytes(Arrays.copyOfRange(file, 8, end), random);
    byte[] result = ByteMutation.splice(file, 8, end, header);
    ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
    return result;
  }

  /** Mostly damages the first bytes, where most of what a GGUF file claims is written. */
  private static byte[] inHead(byte[] file, SplittableRandom random) {
    int head = Math.min(file.length, random.nextInt(4) == 0 ? file.length : 4096);
    byte[] changed = ByteMutation.any(Arrays.copyOf(file, head), random);
    return ByteMutation.splice(file, 0, head, changed);
  }

  /** Damages what lies behind the first bytes: the blocks that weights are quantised in. */
  private static byte[] inTail(byte[] file, SplittableRandom random) {
    int head = Math.min(file.length, 4096);
    byte[] tail = Arrays.copyOfRange(file, head, file.length);
    return ByteMutation.splice(file, head, file.length, ByteMutation.inPlace(tail, random));
  }

  private static byte[] jsonOrBytes(byte[] content, SplittableRandom random) {
    return random.nextInt(5) == 0
        ? ByteMutation.any(content, random)
        : JsonMutation.any(content, random);
  }
}
