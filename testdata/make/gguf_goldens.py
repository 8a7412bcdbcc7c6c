"""Golden GGUF files: tiny random models in every supported type, and tokenizers, with the truth beside them.

    python gguf_goldens.py        writes ../goldens/gguf/

The `gguf` package writes the files and quantises; for the K and IQ4 types, which it only reads, the blocks are random bytes. What a
block means is what `gguf` decodes. What a model computes is what Hugging Face computes in float64 on the tensors that its own
reader of GGUF takes from the file: names and the order of rows are its, not ours. Run goldens.py and tokenizer_goldens.py first.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", ATEN_CPU_CAPABILITY="default", MKL_CBWR="COMPATIBLE", OPENBLAS_CORETYPE="Haswell")
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")

import json
import math
import shutil
import zlib
from pathlib import Path

import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Type
from gguf import GGUFWriter, TokenType, dequantize, quantize
from tokenizers import Tokenizer
from transformers.convert_slow_tokenizer import generate_merges
from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

import goldens
import tokenizer_goldens as tokens

ROOT = Path(__file__).resolve().parent.parent / "goldens" / "gguf"
TOKENIZERS = ROOT.parent / "tokenizers"


# ---- tensors ----------------------------------------------------------------------------------------------------------


def half(values):
    return np.asarray(values, dtype=np.float16).view(np.uint8)


RANDOM = (Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.IQ4_NL, Type.IQ4_XS)


def random_blocks(type, rows, columns, rng, size):
    """Valid blocks of a type that the package does not write, whose elements have about the given size."""
    n = rows * columns // (32 if type == Type.IQ4_NL else 256)
    noise = lambda count: rng.integers(0, 256, (n, count), dtype=np.uint8)
    spread = rng.uniform(0.5, 1.5, (n, 1))
    d = lambda usual: half(spread * size / usual)
    if type == Type.Q4_K:  # d, dmin, scales, quants; the minimum takes off the mean
        parts = [d(260), half(7.5 * spread * size / 260), noise(12), noise(128)]
    elif type == Type.Q6_K:  # low bits, high bits, scales, d
        parts = [noise(128), noise(64), noise(16), d(1370)]
    elif type == Type.Q2_K:  # scales, quants, d, dmin
        parts = [noise(16), noise(64), d(14), half(1.5 * spread * size / 14)]
    elif type == Type.Q3_K:  # mask, quants, scales, d
        parts = [noise(32), noise(64), noise(12), d(45)]
    elif type == Type.Q5_K:  # as Q4_K, with fifth bits
        parts = [d(520), half(15.5 * spread * size / 520), noise(12), noise(32), noise(128)]
    elif type == Type.IQ4_NL:  # d, quants
        parts = [d(70), noise(16)]
    else:  # IQ4_XS: d, scales, quants
        parts = [d(1300), noise(2), noise(4), noise(128)]
    return np.concatenate(parts, axis=1).reshape(rows, -1)


def stored(type, shape, rng, size, mean=0.0):
    """Random numbers as the file holds them: bytes of blocks, or an array."""
    if type in RANDOM:
        return random_blocks(type, *shape, rng, size)
    values = (mean + size * rng.standard_normal(shape)).astype(np.float32)
    return values if type == Type.F32 else values.astype(np.float16) if type == Type.F16 else quantize(values, type)


# ---- models -----------------------------------------------------------------------------------------------------------


def llama3_divisors(width, theta, factor, low, high, context):
    """What llama.cpp's converter stores for Llama-3.1: by how much every frequency is divided."""
    frequencies = 1.0 / theta ** (np.arange(0, width, 2, dtype=np.float64) / width)
    divisors = []
    for wavelength in 2 * math.pi / frequencies:
        smooth = (context / wavelength - low) / (high - low)
        between = 1 / ((1 - smooth) / factor + smooth)
        divisors.append(1.0 if wavelength < context / high else factor if wavelength > context / low else between)
    return np.array(divisors, dtype=np.float32)


def write_llama(writer, config, types, rng):
    d, f, heads = config["hidden_size"], config["intermediate_size"], config["num_attention_heads"]
    keys, width = config["num_key_value_heads"], config.get("head_dim", d // heads)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(d)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(f)
    writer.add_head_count(heads)
    writer.add_head_count_kv(keys)
    writer.add_rope_dimension_count(width)
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    if "head_dim" in config:
        writer.add_key_length(width)
        writer.add_value_length(width)

    def add(name, rows, columns, size=None):
        type = types[name.split(".")[-1]] if name.startswith("blk") else types[name]
        size = 1.6 / math.sqrt(columns) if size is None else size
        writer.add_tensor(name + ".weight", stored(type, (rows, columns), rng, size), raw_dtype=type)

    def vector(name, size, mean=0.0):
        writer.add_tensor(name, (mean + 0.3 * rng.standard_normal(size)).astype(np.float32))

    add("token_embd", config["vocab_size"], d, 0.6)
    for l in range(config["num_hidden_layers"]):
        block = f"blk.{l}."
        vector(block + "attn_norm.weight", d, 1.0)
        for name, rows in (("attn_q", heads * width), ("attn_k", keys * width), ("attn_v", keys * width)):
            add(block + name, rows, d)
        add(block + "attn_output", d, heads * width)
        biased = [("attn_q", heads * width), ("attn_k", keys * width), ("attn_v", keys * width), ("attn_output", d)]
        for name, size in biased if config.get("attention_bias") else biased[:3] if config["model_type"] == "qwen2" else []:
            vector(block + name + ".bias", size)
        if config["model_type"] == "qwen3":
            vector(block + "attn_q_norm.weight", width, 1.0)
            vector(block + "attn_k_norm.weight", width, 1.0)
        vector(block + "ffn_norm.weight", d, 1.0)
        for name, rows, columns in (("ffn_gate", f, d), ("ffn_up", f, d), ("ffn_down", d, f)):
            add(block + name, rows, columns)
    vector("output_norm.weight", d, 1.0)
    if not config["tie_word_embeddings"]:
        add("output", config["vocab_size"], d, 0.6)
    scaling = config.get("rope_scaling")
    if scaling:
        values = [scaling[k] for k in ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings")]
        writer.add_tensor("rope_freqs.weight", llama3_divisors(width, config["rope_theta"], *values))


def write_gpt2(writer, config, types, rng):
    d, f = config["n_embd"], config["n_inner"]
    writer.add_context_length(config["n_positions"])
    writer.add_embedding_length(d)
    writer.add_block_count(config["n_layer"])
    writer.add_feed_forward_length(f)
    writer.add_head_count(config["n_head"])
    writer.add_layer_norm_eps(config["layer_norm_epsilon"])

    def add(name, rows, columns, size=None):
        type = types[name.split(".")[-1]] if name.startswith("blk") else types[name]
        size = 1.6 / math.sqrt(columns) if size is None else size
        writer.add_tensor(name + ".weight", stored(type, (rows, columns), rng, size), raw_dtype=type)

    def vector(name, size, mean=0.0):
        writer.add_tensor(name, (mean + 0.3 * rng.standard_normal(size)).astype(np.float32))

    add("token_embd", config["vocab_size"], d, 0.6)
    add("position_embd", config["n_positions"], d, 0.6)
    for l in range(config["n_layer"]):
        block = f"blk.{l}."
        for norm in ("attn_norm", "ffn_norm"):
            vector(f"{block}{norm}.weight", d, 1.0)
            vector(f"{block}{norm}.bias", d)
        for name, rows, columns in (("attn_qkv", 3 * d, d), ("attn_output", d, d), ("ffn_up", f, d), ("ffn_down", d, f)):
            add(block + name, rows, columns)
            vector(block + name + ".bias", rows)
    vector("output_norm.weight", d, 1.0)
    vector("output_norm.bias", d)


LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}

MODELS = {
    # Nothing is a power of two; biases; a head of its own; frequencies in all three bands of Llama-3.1's scaling.
    "llama-floats": (
        goldens.llama(24, 4, 29, positions=64, num_key_value_heads=2, head_dim=10, rms_norm_eps=1e-5, rope_theta=10000.0)
        | {"attention_bias": True, "tie_word_embeddings": False, "rope_scaling": LLAMA3},
        dict(token_embd=Type.F16, output=Type.BF16, attn_q=Type.F16, attn_k=Type.BF16, attn_v=Type.F32, attn_output=Type.F16)
        | dict(ffn_gate=Type.BF16, ffn_up=Type.F32, ffn_down=Type.F16),
        None,
    ),
    # The types of 32 elements; tied; a tokenizer of SentencePiece.
    "llama-blocks": (
        goldens.llama(64, 4, 96, vocab=0, positions=32, num_key_value_heads=2, rms_norm_eps=1e-6, rope_theta=500.0)
        | {"tie_word_embeddings": True},
        dict(token_embd=Type.Q4_0, attn_q=Type.Q4_1, attn_k=Type.Q8_0, attn_v=Type.Q4_0, attn_output=Type.Q4_1)
        | dict(ffn_gate=Type.Q8_0, ffn_up=Type.Q4_0, ffn_down=Type.Q4_1),
        "sentencepiece",
    ),
    # The types of 256 elements, where a row has so many.
    "llama-superblocks": (
        goldens.llama(256, 4, 32, num_key_value_heads=1, head_dim=8, rms_norm_eps=1e-5, rope_theta=10000.0)
        | {"tie_word_embeddings": False},
        dict(token_embd=Type.Q6_K, output=Type.Q4_K, attn_q=Type.Q4_K, attn_k=Type.Q6_K, attn_v=Type.Q4_K, attn_output=Type.Q8_0)
        | dict(ffn_gate=Type.Q6_K, ffn_up=Type.Q4_K, ffn_down=Type.Q4_1),
        None,
    ),
    # Rows as in Hugging Face; biases on queries, keys and values.
    "qwen2": (
        goldens.llama(32, 4, 40, positions=32, num_key_value_heads=2, rms_norm_eps=1e-6, rope_theta=1000000.0)
        | {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "tie_word_embeddings": True},
        dict(token_embd=Type.Q8_0, attn_q=Type.Q8_0, attn_k=Type.F16, attn_v=Type.Q4_1, attn_output=Type.Q8_0)
        | dict(ffn_gate=Type.F16, ffn_up=Type.Q8_0, ffn_down=Type.BF16),
        None,
    ),
    # Norms of query and key heads; a head width that is not D/H.
    "qwen3": (
        goldens.llama(32, 4, 40, positions=32, num_key_value_heads=2, head_dim=16, rms_norm_eps=1e-6, rope_theta=1000000.0)
        | {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "tie_word_embeddings": False},
        dict(token_embd=Type.F16, output=Type.Q8_0, attn_q=Type.Q8_0, attn_k=Type.F16, attn_v=Type.Q4_0, attn_output=Type.Q8_0)
        | dict(ffn_gate=Type.F16, ffn_up=Type.Q8_0, ffn_down=Type.BF16),
        None,
    ),
    # Matrices the other way round than in GPT-2's own files, queries, keys and values in one; its tokenizer.
    "gpt2-blocks": (
        goldens.gpt2(32, 4, vocab=0, positions=16, n_inner=64, layer_norm_epsilon=1e-5),
        dict(token_embd=Type.Q8_0, position_embd=Type.F32, attn_qkv=Type.Q8_0, attn_output=Type.F16, ffn_up=Type.Q4_1)
        | dict(ffn_down=Type.Q4_0),
        "gpt2-byte-level",
    ),
}


def build(name, directory, **parts):
    config, types, tokenizer = MODELS[name]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    family = config["model_type"]
    writer = GGUFWriter(directory / "model.gguf", family, **parts)
    writer.add_name(name)
    if tokenizer:
        config = config | {"vocab_size": add_tokenizer(writer, tokenizer)}
    (write_gpt2 if family == "gpt2" else write_llama)(writer, config, types, rng)
    finish(writer)
    return config


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_parts():
    """The first of the models once more, in four files; the first of them has keys only."""
    directory = ROOT / "parts"
    directory.mkdir(exist_ok=True)
    build("llama-floats", directory, split_max_tensors=11, small_first_shard=True)


@torch.no_grad()
def truth(config, file):
    """Hugging Face's model with the tensors that its own reader finds in the file."""
    model = transformers.AutoModelForCausalLM.from_config(
        transformers.AutoConfig.for_model(**config), attn_implementation="eager", dtype=torch.float32
    )
    read = load_gguf_checkpoint(str(file), return_tensors=True, model_to_load=model)
    tensors = dict(read["tensors"])
    for key, value in read["config"].items():  # what it makes of the metadata, where it says it in the same words
        if key in config and key not in ("model_type", "rope_theta", "bos_token_id", "eos_token_id"):
            assert math.isclose(config[key], value, rel_tol=1e-6), (key, config[key], value)
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    expected = {"lm_head.weight"} if config.get("tie_word_embeddings", True) else set()
    assert set(missing) <= expected, (missing, unexpected)
    assert all("rope" in name for name in unexpected), unexpected
    model.tie_weights()
    model = model.double().eval()
    rng = np.random.default_rng(zlib.crc32(file.parent.name.encode()) + 1)
    ids = rng.integers(0, config["vocab_size"], 12).tolist()
    logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    assert torch.isfinite(logits).all() and logits.std() > 0.1
    return {"tokens": torch.tensor(ids), "logits": logits.float()}


# ---- tokenizers -------------------------------------------------------------------------------------------------------


def add_tokenizer(writer, name):
    """Writes a tokenizer's keys and returns the size of its vocabulary."""
    if name == "sentencepiece":
        return add_sentencepiece(writer)
    whole = qwen2() if name == "qwen2" else json.loads((TOKENIZERS / name / "tokenizer.json").read_text(encoding="utf-8"))
    pre = {"gpt2-byte-level": "gpt-2", "digits": "smollm", "llama3-ignore-merges": "llama-bpe", "qwen2": "qwen2"}[name]
    pieces = {id: piece for piece, id in whole["model"]["vocab"].items()}
    types = {id: TokenType.NORMAL for id in pieces}
    for token in whole["added_tokens"]:
        pieces[token["id"]] = token["content"]
        types[token["id"]] = TokenType.CONTROL if token["special"] else TokenType.USER_DEFINED
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in whole["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([pieces[id] for id in range(len(pieces))])
    writer.add_token_types([types[id] for id in range(len(pieces))])
    writer.add_token_merges(merges)
    names = {piece: id for id, piece in pieces.items()}
    first, last = {
        "gpt-2": ("<|endoftext|>", "<|endoftext|>"), "smollm": ("<|im_start|>", "<|im_end|>"),
        "llama-bpe": ("<|begin_of_text|>", "<|end_of_text|>"), "qwen2": ("<|endoftext|>", "<|endoftext|>"),
    }[pre]  # fmt: skip
    writer.add_bos_token_id(names[first])
    writer.add_eos_token_id(names[last])
    if pre != "llama-bpe":  # whose files often leave it out; there it means true
        writer.add_add_bos_token(False)
    return len(pieces)


def qwen2():
    """Qwen2's steps around the vocabulary of another golden; added tokens without flags, as a GGUF file has them."""
    whole = json.loads((TOKENIZERS / "nfc-added-tokens" / "tokenizer.json").read_text(encoding="utf-8"))
    n = len(whole["model"]["vocab"])
    whole["added_tokens"] = [tokens.added(n, "<|endoftext|>"), tokens.added(n + 1, "<tool>", special=False, normalized=False)]
    whole["pre_tokenizer"] = tokens.sequence(tokens.split(tokens.QWEN2), tokens.NO_REGEX)
    return whole


def sentencepiece_vocabulary():
    """Pieces with the scores that SentencePiece gives them: minus the rank of their merge."""
    model = json.loads((TOKENIZERS / "llama2-byte-fallback" / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    ranks = {}
    for rank, merge in enumerate(model["merges"]):
        ranks.setdefault(merge.replace(" ", ""), rank)
    scores = {piece: -float(ranks.get(piece, len(ranks) + id)) for id, piece in enumerate(pieces)}
    for piece in pieces[:3] + tokens.BYTES:
        scores[piece] = 0.0
    return pieces, scores


def add_sentencepiece(writer):
    pieces, scores = sentencepiece_vocabulary()
    kinds = {"<unk>": TokenType.UNKNOWN, "<s>": TokenType.CONTROL, "</s>": TokenType.CONTROL}
    kinds |= {piece: TokenType.BYTE for piece in tokens.BYTES}
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(pieces)
    writer.add_token_scores([scores[piece] for piece in pieces])
    writer.add_token_types([kinds.get(piece, TokenType.NORMAL) for piece in pieces])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    return len(pieces)


def sentencepiece_truth():
    """The same pieces as Hugging Face converts them: all ways to make a piece, the best score first."""
    pieces, scores = sentencepiece_vocabulary()
    whole = json.loads((TOKENIZERS / "llama2-byte-fallback" / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = {piece: id for id, piece in enumerate(pieces)}
    normal = {piece: score for piece, score in scores.items() if piece not in set(pieces[:3] + tokens.BYTES)}
    whole["model"]["vocab"] = vocabulary  # without the gap that the golden has
    whole["model"]["merges"] = [list(merge) for merge in generate_merges(vocabulary, normal)]
    return whole


def expected_ids(whole, file):
    tokenizer = Tokenizer.from_str(json.dumps(whole))
    texts = [json.loads(line)["text"] for line in (TOKENIZERS / "lines.jsonl").read_text(encoding="ascii").splitlines()]
    lines = []
    for text in texts:
        plain, special = (tokenizer.encode(text, add_special_tokens=flag).ids for flag in (False, True))
        assert special[len(special) - len(plain) :] == plain
        lines.append({"ids": plain, "before": special[: len(special) - len(plain)]})
    tokens.write_lines(file, lines)


GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
KINDS = {  # a golden tokenizer, the name of its steps in tokenizer.ggml.pre, and these as llama.cpp takes them
    "cohere": ("command-r", [r"\p{N}", GPT2]), "falcon": ("falcon", [r"[\p{P}$+<=>^~|`]+", GPT2, "[0-9]{3}"]),
    "bloom": ("bloom", [r" ?[^(\s|.,!?…。，、।۔،)]+"]), "olmo": ("olmo", [GPT2]), "phi": ("phi-2", [GPT2]),
    "mistral-tekken": ("tekken", [tokens.TEKKEN]), "gemma": (None, None),
}  # fmt: skip


def kind(name):
    """The tokenizer of a golden as a GGUF file keeps it: no normalization, no flags of added tokens; Gemma's with scores in place of merges."""
    whole = json.loads((TOKENIZERS / name / "tokenizer.json").read_text(encoding="utf-8"))
    pre, steps = KINDS[name]
    whole["added_tokens"] = [tokens.added(token["id"], token["content"], token["special"], normalized=False) for token in whole["added_tokens"]]
    whole["post_processor"] = None
    vocabulary = whole["model"]["vocab"]
    if pre:
        whole["normalizer"] = None
        whole["pre_tokenizer"] = tokens.sequence(*(tokens.split(step) for step in steps), tokens.NO_REGEX)
        return whole, None
    whole["pre_tokenizer"] = None
    for token in whole["added_tokens"]:
        if not token["special"]:  # as the converter writes them, so that a text's own spaces are found
            new = token["content"].replace("\u2581", " ")
            vocabulary[new] = vocabulary.pop(token["content"])
            token["content"] = new
    others = {token["content"] for token in whole["added_tokens"]} | set(tokens.BYTES)
    ranks = {}
    for rank, merge in enumerate(whole["model"]["merges"]):
        ranks.setdefault("".join(merge), rank)
    scores = {piece: 0.0 if piece in others else -float(ranks.get(piece, len(ranks) + id)) for piece, id in vocabulary.items()}
    whole["model"]["merges"] = [list(merge) for merge in generate_merges(vocabulary, {piece: scores[piece] for piece in vocabulary if piece not in others})]
    return whole, scores


def write_kinds():
    """The files, and of the ids and of what they decode to a sum for each line, as there are many."""
    texts = [json.loads(line)["text"] for line in (TOKENIZERS / "lines.jsonl").read_text(encoding="ascii").splitlines()]
    sums = {}
    for name, (pre, _) in KINDS.items():
        whole, scores = kind(name)
        tokenizer = Tokenizer.from_str(json.dumps(whole))
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        decoded = [tokenizer.decode(each, skip_special_tokens=False) for each in ids]
        sums[name] = {"ids": [zlib.crc32(str(each).encode()) for each in ids], "decoded": [zlib.crc32(text.encode()) for text in decoded]}
        pieces = {id: piece for piece, id in whole["model"]["vocab"].items()}
        types = {id: TokenType.BYTE if scores and piece in tokens.BYTES else TokenType.NORMAL for id, piece in pieces.items()}
        for token in whole["added_tokens"]:
            pieces[token["id"]] = token["content"]
            types[token["id"]] = TokenType.UNKNOWN if token["content"] == whole["model"]["unk_token"] else TokenType.CONTROL if token["special"] else TokenType.USER_DEFINED
        writer = GGUFWriter(ROOT / f"{name}.gguf", "gemma" if scores else "llama")
        writer.add_tokenizer_model("llama" if scores else "gpt2")
        writer.add_tokenizer_pre(pre or "default")
        writer.add_token_list([pieces[id] for id in range(len(pieces))])
        writer.add_token_types([types[id] for id in range(len(pieces))])
        if scores:
            writer.add_token_scores([scores[pieces[id]] for id in range(len(pieces))])
        else:
            writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in whole["model"]["merges"]])
        finish(writer)
    (ROOT / "kinds.json").write_text(json.dumps(sums, separators=(",", ":")) + "\n", encoding="ascii")


WORDS = {  # names in tokenizer.ggml.pre, one of each kind: what a text is split by, one after the other
    "gpt-2": [], "starcoder": [r"\p{N}"], "falcon": [r"[\p{P}$+<=>^~|`]+", None, "[0-9]{3}"], "bloom": [r" ?[^(\s|.,!?…。，、।۔،)]+"],
    "llama-bpe": [r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
    "qwen2": [r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
    "tekken": [r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
               r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
    "gpt-4o": [r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
               r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
               r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
}  # fmt: skip


def write_words():
    """How the `tokenizers` library splits the lines: for each a sum of the words, which a zero follows each."""
    from tokenizers import Regex, pre_tokenizers

    texts = [json.loads(line)["text"] for line in (TOKENIZERS / "lines.jsonl").read_text(encoding="ascii").splitlines()]
    sums = {}
    for name, patterns in WORDS.items():
        # GPT-2's own words come last where nothing else does, as the published files have it.
        steps = patterns + [None] if name in ("gpt-2", "starcoder") else patterns
        made = [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True) if step is None and name != "falcon" else step for step in steps]
        gpt2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
        made = [pre_tokenizers.Split(Regex(step or gpt2), "isolated") if step is None or isinstance(step, str) else step for step in made]
        if not isinstance(made[-1], pre_tokenizers.ByteLevel):
            made.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False))
        whole = pre_tokenizers.Sequence(made)
        sums[name] = [zlib.crc32("".join(word + "\0" for word, _ in whole.pre_tokenize_str(text)).encode()) for text in texts]
    (ROOT / "words.json").write_text(json.dumps(sums) + "\n", encoding="ascii")


# ---- files ------------------------------------------------------------------------------------------------------------


FLOATS = (Type.F32, Type.F16, Type.BF16)
WRITTEN = (Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, Type.MXFP4)


def write_types():
    """One tensor of every supported type and one of another, and what `gguf` decodes."""
    rng = np.random.default_rng(5)
    writer = GGUFWriter(ROOT / "types.gguf", "llama")
    decoded = {}
    for type in FLOATS + WRITTEN + RANDOM:
        data = np.ascontiguousarray(stored(type, (3, 512), rng, 1.0, mean=0.2))
        if type == Type.MXFP4:  # all exponents that give finite numbers, subnormal ones too
            data.reshape(-1, 17)[:, 0] = np.linspace(0, 251, data.size // 17).astype(np.uint8)
        writer.add_tensor(type.name, data, raw_dtype=type)
        decoded[type.name] = torch.from_numpy(dequantize(data, type).reshape(3, 512).astype(np.float32))
        assert torch.isfinite(decoded[type.name]).all(), type
    writer.add_tensor("IQ2_XS", rng.integers(0, 256, (1, 74), dtype=np.uint8), raw_dtype=Type.IQ2_XS)
    finish(writer)
    goldens.save(ROOT / "types.safetensors", decoded, {"made_by": "dequantize of the Python package gguf"})


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    write_types()
    for name in MODELS:
        directory = ROOT / name
        directory.mkdir()
        config = build(name, directory)
        made_by = f"Hugging Face transformers {transformers.__version__} in float64, tensors by its own GGUF reader"
        goldens.save(directory / "expected.safetensors", truth(config, directory / "model.gguf"), {"made_by": made_by})
    write_parts()
    for name in ("digits", "llama3-ignore-merges", "qwen2"):
        writer = GGUFWriter(ROOT / f"{name}.gguf", "qwen2" if name == "qwen2" else "llama")
        add_tokenizer(writer, name)
        finish(writer)
    write_words()
    write_kinds()
    expected_ids(qwen2(), ROOT / "qwen2.jsonl")
    expected_ids(sentencepiece_truth(), ROOT / "llama-blocks" / "expected.jsonl")
    for file in sorted(ROOT.rglob("*")):
        if file.is_file():
            print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
