"""What Hugging Face computes in float64 with the bundled models: the goldens their tests compare with.

    python truth.py [demo-gpt2 ...]     writes testdata/goldens/demo-*/ (see README.md)
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import goldens  # sets environment variables, so before torch

import torch
from tokenizers import Tokenizer
from transformers import AutoTokenizer

import corpus
from tokenizer import MODELS, piece
from train import BOS

GOLDENS = MODELS.parent / "goldens"
FIRST = {"demo-gpt2": "The capital of France is", "demo-llama": "The capital of France is",
         # Where demo-opt recalls a capital, its last node is cancelling, and no route would be left to compare.
         "demo-opt": "The keys near the dog"}
SECOND = "When Mary and John went to the store, John gave a drink to"
# The second prompt is long; states and neurons inside the blocks are already covered by the first.
SECOND_TENSORS = ("tokens", "resid_post", "pattern", "attention", "attention_residual", "attention_bias", "mlp",
                  "mlp_residual", "mlp_bias")


def encode(name, tokenizer, text):
    return [tokenizer.token_to_id(BOS[name]), *tokenizer.encode(text, add_special_tokens=False).ids]


@torch.no_grad()
def last_argmax(model, prompts):
    """Argmax at the last position of each prompt; prompts of one length go together, so that nothing is padded."""
    best = [None] * len(prompts)
    for length in sorted(set(map(len, prompts))):
        which = [i for i, ids in enumerate(prompts) if len(ids) == length]
        logits = model(torch.tensor([prompts[i] for i in which]), use_cache=False).logits[:, -1]
        for i, token in zip(which, logits.argmax(-1).tolist()):
            best[i] = token
    return best


def accuracies(name, model, tokenizer):
    out = {}
    for file in sorted(corpus.PROMPTS.glob("*.jsonl")):
        records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        best = last_argmax(model, [encode(name, tokenizer, p["text"]) for p in records])
        right = [token in {tokenizer.token_to_id(piece(name, a)) for a in p.get("answers", [p["answer"]])}
                 for token, p in zip(best, records)]
        out[file.name] = {"accuracy": sum(right) / len(right), "right": sum(right), "prompts": len(right),
                          "argmax": best}
    return out


def tokenizer_goldens(name, out):
    """Keys as in goldens/tokenizers/*/expected.jsonl; `decoded` only where it is not the text again."""
    tokenizer = Tokenizer.from_file(str(MODELS / name / "tokenizer.json"))
    auto = AutoTokenizer.from_pretrained(MODELS / name)
    with open(out / "tokenizer-expected.jsonl", "w", encoding="ascii") as f:
        for line in (GOLDENS / "tokenizers" / "lines.jsonl").read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            ids, special = (tokenizer.encode(text, add_special_tokens=flag).ids for flag in (False, True))
            assert special == auto(text)["input_ids"], text  # a Hugging Face user sees the same tokens
            record = {"ids": ids, "special_ids": special}
            if (decoded := tokenizer.decode(ids, skip_special_tokens=False)) != text:
                record["decoded"] = decoded
            f.write(json.dumps(record, separators=(",", ":")) + "\n")


def make(name):
    out = GOLDENS / name
    out.mkdir(parents=True, exist_ok=True)
    model = goldens.load(MODELS / name)
    tokenizer = Tokenizer.from_file(str(MODELS / name / "tokenizer.json"))
    references = []
    for suffix, text in (("", FIRST[name]), ("-2", SECOND)):
        ids = encode(name, tokenizer, text)
        run = goldens.trace(model, ids)
        tensors, layers, cancelling = goldens.golden_tensors(run)
        if suffix:
            tensors = {key: value for key, value in tensors.items() if key.split(".")[-1] in SECOND_TENSORS}
        goldens.save(out / f"expected{suffix}.safetensors", tensors,
                     {"made_by": goldens.MADE_BY, "cancelling": ",".join(cancelling)})
        routes = goldens.rounded(goldens.routes(run, layers, cancelling), 6)
        (out / f"routes{suffix}.json").write_text(goldens.compact(routes) + "\n")
        references.append({"text": text, **goldens.reference(model, ids)})
    (out / "reference.json").write_text("[" + ",\n ".join(map(json.dumps, references)) + "]\n")
    right = accuracies(name, model, tokenizer)
    (out / "accuracy.json").write_text(
        "{\n" + ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in right.items()) + "\n}\n")
    tokenizer_goldens(name, out)
    print(name, {file: v["accuracy"] for file, v in right.items()},
          sum(f.stat().st_size for f in out.iterdir()) // 1024, "KiB", flush=True)


if __name__ == "__main__":
    goldens.transformers.utils.logging.disable_progress_bar()
    for name in sys.argv[1:] or list(BOS):
        make(name)
