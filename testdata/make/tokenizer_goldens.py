"""Golden tokenizer data: small tokenizers, one per pipeline found in the wild, and what the `tokenizers` library makes of
hard text with them.

    python tokenizer_goldens.py      writes ../goldens/tokenizers/

The vocabularies are trained on sentences.txt; every tokenizer.json is then put together here by hand, because the dialects
of that file (old and new merges, missing keys) are part of the test.
"""

import os

os.environ.update(TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1")

import json
import shutil
from collections import Counter
from pathlib import Path
from random import Random

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent / "goldens" / "tokenizers"
SENTENCES = (HERE / "sentences.txt").read_text(encoding="utf-8").splitlines()

BYTES = [f"<0x{i:02X}>" for i in range(256)]
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


# ---- tokenizer.json ----------------------------------------------------------------------------------------------------


def train(pre_tokenizer, size, alphabet=()):
    """Pieces in order of id, and merges in order of rank."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=list(alphabet), show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    pieces, merges = sorted(model["vocab"], key=model["vocab"].get), model["merges"]
    traps = boundary_pairs(pre_tokenizer, set(pieces))
    return pieces + ["".join(pair) for pair in traps], traps + merges


def boundary_pairs(pre_tokenizer, pieces, most=150):
    """What meets where words of the hard text touch, and around every odd character. As the first merges of all they catch
    whoever cuts elsewhere: trained merges never cross a word, so that without them a wrong cut would hardly show."""
    count = Counter()
    for text in lines() + 50 * (CONTRACTIONS + NUMBERS):  # those must be among the common ones
        words = [word for word, _ in pre_tokenizer.pre_tokenize_str(text)]
        count.update((left[-1], right[0]) for left, right in zip(words, words[1:]))
    common = sorted(count, key=lambda pair: (-count[pair], pair))[:most]
    around = set()
    for odd in ODD:
        encoded, _ = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(odd)[0]
        around |= {(left, encoded[0]) for left in "ab!1Ġ"} | {(encoded[-1], right) for right in "ab!1Ġ"}
    usable = [pair for pair in common + sorted(around - set(common)) if pieces.issuperset(pair)]
    return [list(pair) for pair in usable if "".join(pair) not in pieces]


def train_bytes(size, *steps, use_regex=True):
    """With some pre-tokenizers in front of the byte level."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)
    return train(pre_tokenizers.Sequence([*steps, byte_level]), size, sorted(pre_tokenizers.ByteLevel.alphabet()))


def train_metaspace(size):
    """Frequent characters and words with their space; the rest is left to byte fallback. Runs of spaces come last."""
    pieces, merges = train(pre_tokenizers.Metaspace(), size)
    seen = "".join(SENTENCES)
    rare = {piece for piece in pieces if len(piece) == 1 and piece != "▁" and seen.count(piece) < 4}
    merges = [[a, b] for a, b in merges if not rare & set(a + b)]
    runs = ["▁" * n for n in (2, 4, 8)]
    pieces = [piece for piece in pieces if not rare & set(piece)] + runs
    return pieces, merges + [[run[: len(run) // 2]] * 2 for run in runs]


def added(id, content, special=True, **flags):
    token = {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": not special}
    return token | {"special": special} | flags


def template(bos, id):
    """Puts bos in front of the text."""
    begin, text = {"SpecialToken": {"id": bos, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
    pair = [begin, text, {"SpecialToken": {"id": bos, "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}]
    tokens = {bos: {"id": bos, "ids": [id], "tokens": [bos]}}
    return {"type": "TemplateProcessing", "single": [begin, text], "pair": pair, "special_tokens": tokens}


def bpe(pieces, merges, **more):
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None}
    model |= {"fuse_unk": False, "byte_fallback": False, "ignore_merges": False} | more
    return model | {"vocab": {piece: i for i, piece in enumerate(pieces)}, "merges": merges}


def document(model, tokens, **parts):
    whole = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens}
    return whole | {"normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None} | parts | {"model": model}


BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
NO_REGEX = BYTE_LEVEL | {"use_regex": False}
DECODE_BYTES = BYTE_LEVEL | {"add_prefix_space": True}  # its flags mean nothing when decoding
DECODE_SPACES = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
STRIP_ONE = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
DECODE_FALLBACK = {"type": "Sequence", "decoders": [DECODE_SPACES, {"type": "ByteFallback"}, {"type": "Fuse"}, STRIP_ONE]}


def split(regex, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def old_merges(merges):
    return [f"{a} {b}" for a, b in merges]


def gpt2():
    """Old file: merges as strings, empty subword prefix, no byte_fallback and ignore_merges. The last piece has no merge."""
    pieces, merges = train_bytes(400)
    names = pieces + ["Ġunmergeable", "<|endoftext|>"]
    model = bpe(names, old_merges(merges), continuing_subword_prefix="", end_of_word_suffix="")
    del model["byte_fallback"], model["ignore_merges"]
    end = added(len(pieces) + 1, "<|endoftext|>", normalized=True)  # as in GPT-2's own file; nothing to normalize here
    config = {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False}
    config |= {name: "<|endoftext|>" for name in ("bos_token", "eos_token", "unk_token")}
    parts = dict(pre_tokenizer=BYTE_LEVEL, post_processor=BYTE_LEVEL | {"trim_offsets": False}, decoder=DECODE_BYTES)
    return document(model, [end], **parts), config


def gpt2_prefix_space():
    """OPT and RoBERTa ways: a space goes in front, </s> begins the text; use_regex is left out and means true."""
    pieces, merges = train_bytes(340)
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    tokens = [added(i, content) for i, content in enumerate(specials)]
    tokens.append(added(len(specials) + len(pieces), "<mask>", lstrip=True))
    prefix = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}
    model = bpe(specials + pieces + ["<mask>"], merges, unk_token="<unk>")
    parts = dict(pre_tokenizer=prefix, post_processor=template("</s>", 2), decoder=DECODE_BYTES)
    return document(model, tokens, **parts), {"tokenizer_class": "GPT2Tokenizer", "bos_token": "</s>", "add_prefix_space": True}


def digits():
    """SmolLM2: every digit alone (anything numeric, not only 0-9), then bytes. Special tokens that overlap: the longest wins."""
    pieces, merges = train_bytes(380, pre_tokenizers.Digits(True))
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_start|>user", "<file_sep>"]
    tokens = [added(i, content) for i, content in enumerate(specials)]
    steps = sequence({"type": "Digits", "individual_digits": True}, BYTE_LEVEL)
    config = {"tokenizer_class": "GPT2Tokenizer", "bos_token": "<|im_start|>", "eos_token": "<|im_end|>"}
    return document(bpe(specials + pieces, merges), tokens, pre_tokenizer=steps, decoder=DECODE_BYTES), config


def digit_groups():
    """Numbers in groups of at most two digits, with their space, then bytes."""
    pattern = r" ?\p{N}{1,2}"
    pieces, merges = train_bytes(380, pre_tokenizers.Split(Regex(pattern), "isolated"))
    end = "<|endoftext|>"
    parts = dict(pre_tokenizer=sequence(split(pattern), BYTE_LEVEL), post_processor=template(end, 0), decoder=DECODE_BYTES)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": end, "eos_token": end}
    return document(bpe([end] + pieces, merges), [added(0, end)], **parts), config


def llama2():
    """SentencePiece as converted for Llama-2: no pre-tokenizer, so merges cross words; old merges; byte fallback."""
    pieces, merges = train_metaspace(900)
    specials = ["<unk>", "<s>", "</s>"]
    model = bpe(specials + BYTES + pieces, old_merges(merges), unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    normalizer = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace]}
    parts = dict(normalizer=normalizer, post_processor=template("<s>", 1), decoder=DECODE_FALLBACK)
    config = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    config |= {"add_bos_token": True, "add_eos_token": False, "legacy": False}
    return document(model, [added(i, content) for i, content in enumerate(specials)], **parts), config


def metaspace_first():
    """The newer conversion: Metaspace splits at spaces and puts ▁ in front of the text only, not after a special token."""
    pieces, merges = train_metaspace(800)
    specials = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"]
    model = bpe(specials + BYTES + pieces, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}
    parts = dict(pre_tokenizer=metaspace, post_processor=template("<s>", 1), decoder=DECODE_FALLBACK)
    config = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    config |= {"add_bos_token": True, "add_eos_token": False}
    return document(model, [added(i, content) for i, content in enumerate(specials)], **parts), config


def llama3():
    """Split by a Unicode pattern, then bytes without regex; a word that is a piece is taken whole (ignore_merges)."""
    pieces, merges = train_bytes(420, pre_tokenizers.Split(Regex(LLAMA3), "isolated"), use_regex=False)
    pieces += ["Ġunmergeable", "unmergeable", "1234", "Ġ1234"]  # no merges lead here; the last two are no words of the pattern
    n = len(pieces)
    specials = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    tokens = [added(n + i, content) for i, content in enumerate(specials)]
    begin = {"type": "Sequence", "processors": [NO_REGEX, template("<|begin_of_text|>", n)]}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>"}
    parts = dict(pre_tokenizer=sequence(split(LLAMA3), NO_REGEX), post_processor=begin, decoder=DECODE_BYTES)
    return document(bpe(pieces, merges, ignore_merges=True), tokens, **parts), config


def nfc():
    """Qwen2 ways: NFC, matches kept and the rest removed (`invert`), and added tokens with every flag."""
    pieces, merges = train_bytes(380, pre_tokenizers.Split(Regex(QWEN2), "removed", invert=True), use_regex=False)
    n = len(pieces)
    tokens = [
        added(n, "<|endoftext|>"),
        added(n + 1, "<left>", lstrip=True),
        added(n + 2, "<right>", rstrip=True),
        added(n + 3, "<both>", lstrip=True, rstrip=True),
        added(n + 4, "<tool>", special=False, normalized=False),
        added(n + 5, "caf\u00e9", special=False, normalized=True),  # found in decomposed text too
        added(n + 6, "na\u00efve", special=False, normalized=False),  # found only as written
        added(n + 7, "    ", special=False, normalized=True),
    ]
    steps = sequence(split(QWEN2, "Removed", True), NO_REGEX)
    parts = dict(normalizer={"type": "NFC"}, pre_tokenizer=steps, post_processor=NO_REGEX, decoder=DECODE_BYTES)
    config = {"tokenizer_class": "Qwen2Tokenizer", "bos_token": None, "eos_token": "<|endoftext|>", "add_bos_token": False}
    return document(bpe(pieces, merges), tokens, **parts), config


def tekken():
    """Mistral ways since Nemo: words end where small letters turn to capitals, every digit alone, slashes with signs."""
    pieces, merges = train_bytes(380, pre_tokenizers.Split(Regex(TEKKEN), "isolated"), use_regex=False)
    specials = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[TOOL_CALLS]"]
    tokens = [added(i, content) for i, content in enumerate(specials)]
    parts = dict(pre_tokenizer=sequence(split(TEKKEN), NO_REGEX), post_processor=template("<s>", 1), decoder=DECODE_BYTES)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return document(bpe(specials + pieces, merges, ignore_merges=True), tokens, **parts), config


def gemma():
    """Gemma: no space in front, no pre-tokenizer that counts (nothing is left to split at); runs of newlines and spaces are tokens."""
    pieces, merges = train_metaspace(700)
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>", "<end_of_turn>"]
    runs = ["\n" * n for n in (2, 3, 4)] + ["\u2581" * n for n in (2, 3, 5)] + ["<table>", "<h1>"]
    first = [piece for piece in pieces if piece not in runs]
    model = bpe(specials + BYTES + first + runs, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokens = [added(i, content) for i, content in enumerate(specials)]
    n = len(specials) + len(BYTES) + len(first)
    tokens += [added(n + i, content, special=False, normalized=False) for i, content in enumerate(runs)]
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
    at_spaces = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
    decoder = {"type": "Sequence", "decoders": [DECODE_SPACES, {"type": "ByteFallback"}, {"type": "Fuse"}]}
    parts = dict(normalizer=replace, pre_tokenizer=at_spaces, post_processor=template("<bos>", 2), decoder=decoder)
    config = {"tokenizer_class": "GemmaTokenizer", "bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>"}
    return document(model, tokens, **parts), config | {"add_bos_token": True, "add_eos_token": False}


def cohere():
    """Command R: NFC, every digit alone, then bytes; a BOS, and turns as special tokens."""
    pieces, merges = train_bytes(380, pre_tokenizers.Digits(True))
    specials = ["<PAD>", "<UNK>", "<CLS>", "<SEP>", "<MASK_TOKEN>", "<BOS_TOKEN>", "<EOS_TOKEN>", "<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"]
    tokens = [added(i, content) for i, content in enumerate(specials)]
    steps = sequence({"type": "Digits", "individual_digits": True}, BYTE_LEVEL)
    config = {"tokenizer_class": "CohereTokenizer", "bos_token": "<BOS_TOKEN>", "eos_token": "<|END_OF_TURN_TOKEN|>", "add_bos_token": True}
    parts = dict(normalizer={"type": "NFC"}, pre_tokenizer=steps, post_processor=template("<BOS_TOKEN>", 5), decoder=DECODE_BYTES)
    return document(bpe(specials + pieces, merges), tokens, **parts), config | {"add_eos_token": False}


def falcon():
    """Falcon: runs of punctuation, then bytes, then digits together, then in threes from the left."""
    threes = "[0-9][0-9][0-9]"
    together = pre_tokenizers.Digits(False)
    pieces, merges = train(
        pre_tokenizers.Sequence([
            pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False), together,
            pre_tokenizers.Split(Regex(threes), "isolated"),
        ]), 380, sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    specials = [">>TITLE<<", ">>ABSTRACT<<", ">>QUESTION<<", "<|endoftext|>"]
    tokens = [added(i, content) for i, content in enumerate(specials)]
    steps = sequence({"type": "Punctuation", "behavior": "Contiguous"}, BYTE_LEVEL, {"type": "Digits", "individual_digits": False}, split(threes))
    nothing = template("<|endoftext|>", 3)
    nothing |= {"single": [nothing["single"][1]], "pair": [nothing["pair"][1], nothing["pair"][3]], "special_tokens": {}}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "add_prefix_space": False}
    return document(bpe(specials + pieces, merges), tokens, pre_tokenizer=steps, post_processor=nothing, decoder=DECODE_BYTES), config


BLOOM = r" ?[^(\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+".encode().decode("raw_unicode_escape")


def bloom():
    """BLOOM: words end at white space and at the punctuation of many scripts; a set within a set; bytes without a pattern."""
    pieces, merges = train_bytes(380, pre_tokenizers.Split(Regex(BLOOM), "isolated"), use_regex=False)
    specials = ["<unk>", "<s>", "</s>", "<pad>"]
    tokens = [added(i, content) for i, content in enumerate(specials)]
    parts = dict(pre_tokenizer=sequence(split(BLOOM), NO_REGEX), post_processor=NO_REGEX, decoder=DECODE_BYTES)
    config = {"tokenizer_class": "BloomTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "add_prefix_space": False}
    return document(bpe(specials + pieces, merges), tokens, **parts), config


def neox():
    """GPT-NeoX and Pythia: NFC, GPT-2's bytes; runs of spaces as added tokens that are found in normalized text."""
    pieces, merges = train_bytes(380)
    tokens = [added(0, "<|endoftext|>"), added(1, "<|padding|>")]
    n = 2 + len(pieces)
    tokens += [added(n + i, " " * count, special=False, normalized=True) for i, count in enumerate((24, 12, 7, 4, 3, 2))]
    parts = dict(normalizer={"type": "NFC"}, pre_tokenizer=BYTE_LEVEL, post_processor=BYTE_LEVEL, decoder=DECODE_BYTES)
    config = {"tokenizer_class": "GPTNeoXTokenizer", "add_prefix_space": False}
    config |= {name: "<|endoftext|>" for name in ("bos_token", "eos_token", "unk_token")}
    return document(bpe(["<|endoftext|>", "<|padding|>"] + pieces, merges), tokens, **parts), config


def olmo():
    """OLMo: GPT-NeoX's, with what hides addresses as special tokens, and an EOS behind the text."""
    whole, config = neox()
    n = len(whole["model"]["vocab"])
    hidden = ["|||IP_ADDRESS|||", "|||EMAIL_ADDRESS|||", "|||PHONE_NUMBER|||"]
    whole["added_tokens"] = [added(n + i, content, special=False, normalized=False) for i, content in enumerate(hidden)] + [
        token | {"id": token["id"] + len(hidden)} if token["id"] >= n else token for token in whole["added_tokens"]
    ]
    end, text = {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
    whole["post_processor"] = template("<|endoftext|>", 0) | {"single": [text, end]}
    return whole, config


def phi():
    """Phi 1 to 2 and CodeGen: GPT-2's, with runs of spaces and of tabs."""
    pieces, merges = train_bytes(380)
    n = len(pieces)
    tokens = [added(n, "<|endoftext|>")]
    runs = [" " * count for count in (31, 16, 9, 4, 2)] + ["\t" * count for count in (9, 4, 2)]
    tokens += [added(n + 1 + i, run, special=False, normalized=True) for i, run in enumerate(runs)]
    parts = dict(pre_tokenizer=BYTE_LEVEL, post_processor=BYTE_LEVEL, decoder=DECODE_BYTES)
    config = {"tokenizer_class": "CodeGenTokenizer", "add_prefix_space": False}
    config |= {name: "<|endoftext|>" for name in ("bos_token", "eos_token", "unk_token")}
    return document(bpe(pieces + ["<|endoftext|>"], old_merges(merges)), tokens, **parts), config


def phi3():
    """Phi 3: Llama 2's, with turns that swallow the white space behind them, and no BOS."""
    pieces, merges = train_metaspace(700)
    pieces = list(dict.fromkeys(pieces))
    specials = ["<unk>", "<s>", "</s>"]
    model = bpe(specials + BYTES + pieces, old_merges(merges), unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    n = len(model["vocab"])
    tokens = [added(0, "<unk>"), added(1, "<s>"), added(2, "</s>", special=False, normalized=False, rstrip=True)]
    turns = ["<|endoftext|>", "<|assistant|>", "<|system|>", "<|end|>", "<|user|>"]
    tokens += [added(n + i, content, rstrip=content != "<|endoftext|>") for i, content in enumerate(turns)]
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
    normalizer = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, replace]}
    nothing = template("<s>", 1)
    nothing |= {"single": [nothing["single"][1]], "pair": [nothing["pair"][1], nothing["pair"][3]], "special_tokens": {}}
    config = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "<|endoftext|>", "unk_token": "<unk>"}
    config |= {"add_bos_token": False, "add_eos_token": False, "legacy": False}
    return document(model, tokens, normalizer=normalizer, post_processor=nothing, decoder=DECODE_FALLBACK), config


TOKENIZERS = {
    "gpt2-byte-level": gpt2,
    "gpt2-prefix-space": gpt2_prefix_space,
    "digits": digits,
    "digit-groups": digit_groups,
    "llama2-byte-fallback": llama2,
    "metaspace-first": metaspace_first,
    "llama3-ignore-merges": llama3,
    "nfc-added-tokens": nfc,
    "mistral-tekken": tekken,
}
FAMILIES = {"gemma": gemma, "cohere": cohere, "falcon": falcon, "bloom": bloom, "gpt-neox": neox, "olmo": olmo, "phi": phi, "phi3": phi3}


# ---- hard text ---------------------------------------------------------------------------------------------------------

# One line each, among letters, digits, signs and spaces: is it a letter, a number, a space, or none of them?
ODD = "\t\n\x0b\x0c\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2000\u2003\u2007\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060"
ODD += "\u3000\ufeff"
ODD += "\xb2\xbd\u2460\u2167\u0663\u0967\u0e51\uff19\U0001d7d8\u3022\u1369\U00010d40"  # numbers; the last is new in Unicode 16
ODD += "\u02b0\u01c5\xaa\u0640\u214e\u0e33\u4e2d\ufb01\U00010348\u05d0\u017f\u212a\u1c89"  # letters; the last likewise
ODD += "\u0301\u0903\u20dd\u0e31\u093f\u05b8\ufe0f"  # marks
ODD += "_'\u2019\u2026\xb7\u203f\u20ac+^`\xad\u200d\ufffd\ue000\x00\x7f\u0378\uffff\U0001f642\U0010ffff"
NUMBERS = [
    "0123456789", "3.14", "1,000,000", "1234567", "12 345", "٠١٢٣", "۴۵۶", "१२३", "๑๒", "１２３", "Ⅷ ⅷ", "①②", "½ ¾", "x²³",
    "二千", "𝟘𝟙", "௧௨", "፩፪", "〡〢",
]
CONTRACTIONS = [
    "it's", "IT'S", "it’s", "'tis", "they'LL", "I'Ve", "we'Re", "x'\u017f", "d'\ufb06", "'s", "''s", " 's", "'sx", "'lll",
    "o'clock'd", "x'\u017fab", "'Sam's", "x'STab", "they'REd", "L'", "'", "' s",
]
MARKS = [
    "e\u0301", "\u00e9", "n\u0303", "\u1e69 s\u0323\u0307 s\u0307\u0323", "\u212b \u00c5 A\u030a", "\u0301alone",
    "a\u0301\u0302\u0303\u0304", "\uac00 \u1100\u1161", "\u0958 \u0915\u093c", "\u2126 \u03a9", "caf\u00e9 cafe\u0301",
    "na\u00efve nai\u0308ve", "\ufb01 fi", "i\u0307 \u0130 \u0131", "\u1e9e \u00df",
]
EMOJI = [
    "🙂", "👍🏽", "👩\u200d💻", "👨\u200d👩\u200d👧\u200d👦", "🏳\ufe0f\u200d🌈", "🇩🇪🇫🇷", "1\ufe0f\u20e3", "☺\ufe0f ☺\ufe0e", "🙂🙂🙂",
    "a🙂b", "𝔘𝔫𝔦", "𐍈𐌰", "\U0010ffff", "\U000e0001",
]
CONTROL = [
    "\x00", "a\x00b", "\x01\x02\x03", "\x07bell", "\x1b[31mred\x1b[0m", "\x7f", "\x80\x9f", "\ufffd", "\ufffe\uffff",
    "\u202eabc\u202c", "\u200eab\u200f", "\ue000",
]
SPECIALS = [
    "<|endoftext|>", "<s>", "</s>", "<unk>", "<pad>", "<mask>", "<|begin_of_text|>", "<|eot_id|>", "<|im_start|>",
    "<|im_start|>user", "<|im_end|>", "[INST]", "[/INST]", "<left>", "<right>", "<both>", "<tool>", "café", "cafe\u0301",
    "naïve", "    ", "<0x41>", "<0xE2>", "▁", "Ġ",
]
CODE = [
    "if (a<b){return a[0]->x;}", "a  =  b\t+\tc;", "\tindented\n\t\ttwice\n", "    four\n        eight\n   three",
    "# -*- coding: utf-8 -*-", "C:\\path\\to\\file.txt", "snake_case camelCase PascalCase SCREAMING_CASE", "x!=y&&z||!w",
    "\"quoted \\\"inner\\\"\"", "a.b.c(d)[e]{f}", "//////", "======", "...", "?!?!",
    "@user #tag $5 50% a&b a*b (c) [d] {e}", "--flag=value", "\\u0041 \\n \\t",
]
BLANKS = [
    "\r\n", "a\r\nb\r\n\r\nc", "\n\n\n", " \n \n", "a \n\n  b", "a\n", "\n a", "x\t\t\ty", " " * 4, " " * 7, " " * 16,
    "a" + " " * 9 + "b", "\u3000\u3000全角\u3000空白",
]
NEARLY = [
    "<|endoftext", "|endoftext|>", "<|ENDOFTEXT|>", "<<s>>", "<s", "<s><s>", "<left>\n<right>\n<both>\n", "x\t<both>\ty",
    "unmergeable", " unmergeable", "unmergeable1234 1234", "▁▁▁", "a▁b", "Ġthe", "Ċ", "<0x0A>", "\xc3\xa9", "ï»¿bom",
]
# Without a pre-tokenizer, or without a space, these are one word: a slow merge shows.
LONG = ["a" * 700, " " * 300, "the " * 60, "ab" * 200, "字" * 40, "🙂" * 25, "1" * 50, "\n" * 30]


def lines():
    """About 500 texts: sentences, one oddity each, then oddities in company, and mixtures by lot."""
    random = Random(20240229)
    result = ["", " ", "  ", "   ", "a", " a", "a ", " a ", "  a  b   c    d  "]
    result += SENTENCES
    result += [f"a{odd}b {odd} !{odd}! 1{odd}1{odd}{odd}a{odd}" for odd in ODD]
    result += BLANKS
    for group in (NUMBERS, CONTRACTIONS, MARKS, EMOJI, CONTROL, CODE):
        result += group
    for special in SPECIALS:
        result += [special, f"one {special} two", f"one{special}two", f" {special}  {special} "]
    result += ["".join(SPECIALS[:12]), " ".join(SPECIALS)] + NEARLY + LONG
    odd = NUMBERS + CONTRACTIONS + MARKS + EMOJI + CODE + SPECIALS + CONTROL + list(ODD)
    words = " ".join(SENTENCES).split()
    while len(result) < 520:
        pool = [odd, words, words][random.randrange(3)]
        count = random.randrange(2, 7)
        result.append(random.choice(["", " ", " "]).join(random.choice(random.choice((pool, words))) for _ in range(count)))
    return list(dict.fromkeys(result))


def id_sequences(tokenizer):
    """Ids that no text gives: broken UTF-8, specials anywhere, pieces at random."""
    random = Random(7)
    size = tokenizer.get_vocab_size()
    low = min(size, 300)  # where the bytes are
    sequences = []
    for i in range(60):
        sequences.append([random.randrange(low if i % 2 else size) for _ in range(random.randrange(1, 9))])
    for text in ("é", "字", "🙂", "a🙂b", " 🙂"):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        sequences += [ids[:-1], ids[1:], ids[::-1], ids + ids[:-1]]
    return [ids for ids in sequences if ids]


# ---- files -------------------------------------------------------------------------------------------------------------


def write_lines(path, items):
    """ASCII, so that no editor and no tool can touch a line separator or a bidi mark."""
    path.write_text("".join(json.dumps(item, separators=(",", ":")) + "\n" for item in items), encoding="ascii")


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    texts = lines()
    write_lines(ROOT / "lines.jsonl", [{"text": text} for text in texts])
    for name, build in (TOKENIZERS | FAMILIES).items():
        directory = ROOT / name
        directory.mkdir()
        whole, config = build()
        write_json(directory / "tokenizer.json", whole)
        write_json(directory / "tokenizer_config.json", config)
        if build is gpt2:  # the older pair of files says the same
            write_json(directory / "vocab.json", whole["model"]["vocab"])
            merges = "\n".join(["#version: 0.2"] + whole["model"]["merges"])
            (directory / "merges.txt").write_text(merges + "\n", encoding="utf-8")
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        expected, lossless = [], 0
        for text in texts:
            plain, special = (tokenizer.encode(text, add_special_tokens=flag).ids for flag in (False, True))
            decoded = [tokenizer.decode(ids, skip_special_tokens=False) for ids in (plain, special)]
            lossless += decoded[0] == text
            line = {"ids": plain, "special_ids": special, "decoded": decoded[0], "special_decoded": decoded[1]}
            if name in FAMILIES:  # what says nothing new is left out
                for key, same in (("special_ids", plain), ("decoded", text), ("special_decoded", decoded[0])):
                    if line[key] == same:
                        del line[key]
            expected.append(line)
        write_lines(directory / "expected.jsonl", expected)
        decoded = []
        for ids in id_sequences(tokenizer):
            both = [tokenizer.decode(ids, skip_special_tokens=skip) for skip in (False, True)]
            decoded.append({"ids": ids, "decoded": both[0], "without_specials": both[1]})
        write_lines(directory / "decode.jsonl", decoded)
        size = sum(file.stat().st_size for file in directory.iterdir()) // 1024
        pieces = tokenizer.get_vocab_size()
        print(f"{name:22s} {size:4d} KiB, {pieces} pieces, {lossless} of {len(texts)} texts come back unchanged")


if __name__ == "__main__":
    main()
