"""The three tokenizers, trained to exhaustion on the corpus, so that every word of it is one token.

    python tokenizer.py     writes tokenizer.json and tokenizer_config.json into testdata/models/demo-*
"""
import json
import re
import string
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import corpus

MODELS = Path(__file__).resolve().parents[2] / "models"
CONTEXT = 128
EOT = "<|endoftext|>"
OPT_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]  # the ids of the real OPT: 0, 1, 2, 3


def byte_level(lines, special):
    t = Tokenizer(models.BPE())
    # Years are cut in two tokens, century and year: greater-than then compares one token with one token.
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r" ?\p{N}{1,2}"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=10_000, special_tokens=special, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False))
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    return t


def sentence_piece(lines):
    """Llama-2 style: no pre-tokenizer at all, spaces become ▁, unknown characters become bytes."""
    special = ["<unk>", "<s>", "</s>"]
    learner = Tokenizer(models.BPE())
    words = (w for line in lines for w in re.findall("▁?[A-Za-z]+", "▁" + line.replace(" ", "▁")))
    learner.train_from_iterator(words, trainers.BpeTrainer(vocab_size=10_000, show_progress=False))
    learned = [tuple(m) for m in json.loads(learner.to_str())["model"]["merges"]]
    # Nothing but the order of the merges keeps 1732 at ▁17 32: the century first, then pairs of digits.
    digits = string.digits
    numbers = [("▁", "1")] + [("▁1", d) for d in digits] + [(c, d) for c in digits for d in digits]
    merges = numbers + learned
    pieces = special + [f"<0x{b:02X}>" for b in range(256)] + ["▁"] + [chr(c) for c in range(0x21, 0x7F)]
    pieces = list(dict.fromkeys(pieces + ["".join(m) for m in merges]))
    t = Tokenizer(models.BPE({p: i for i, p in enumerate(pieces)}, merges, unk_token="<unk>", fuse_unk=True,
                             byte_fallback=True))
    t.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in special])
    t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                                   decoders.Strip(" ", 1, 0)])
    t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B",
                                                     special_tokens=[("<s>", t.token_to_id("<s>"))])
    return t


def build(name, lines):
    if name == "demo-llama":
        return sentence_piece(lines), {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
                                       "add_bos_token": True, "add_eos_token": False}
    if name == "demo-gpt2":
        return byte_level(lines, [EOT]), {"bos_token": EOT, "eos_token": EOT, "unk_token": EOT}
    t = byte_level(lines, OPT_SPECIAL)
    t.post_processor = processors.TemplateProcessing(single="</s> $A", pair="</s> $A </s> $B",
                                                     special_tokens=[("</s>", 2)])
    return t, {"bos_token": "</s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
               "add_bos_token": True}


def piece(name, answer):
    """The vocabulary entry of an answer of the prompt files: its leading space is part of the token."""
    return answer.replace(" ", "▁" if name == "demo-llama" else "Ġ")


def main():
    lines = corpus.read_corpus()
    for name in ("demo-gpt2", "demo-opt", "demo-llama"):
        t, config = build(name, lines)
        for task in corpus.TASKS:
            for p in corpus.held_out(task):
                for answer in [p["answer"], p["distractor"], *p.get("answers", ())]:
                    assert t.token_to_id(piece(name, answer)) is not None, (name, answer)
        folder = MODELS / name
        folder.mkdir(parents=True, exist_ok=True)
        t.save(str(folder / "tokenizer.json"))
        # The generic class keeps tokenizer.json as it is; the family classes of transformers 5 rebuild parts of it.
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": CONTEXT,
                  "clean_up_tokenization_spaces": False, **config}
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n",
                                                      encoding="utf-8")
        print(name, t.get_vocab_size(), t.encode("The war lasted from 1732 to 1745.").tokens)


if __name__ == "__main__":
    main()
