"""Golden data of generation, made by Hugging Face in float64.

    python generation.py      writes ../goldens/generation/

sampling.json: logits, settings, and the probabilities that are left after transformers' own temperature, top-k and top-p
processors, in the order in which `generate` applies them. greedy.json: what `generate` makes of prompts for the bundled models.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", ATEN_CPU_CAPABILITY="default", MKL_CBWR="COMPATIBLE", OPENBLAS_CORETYPE="Haswell")
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")

import functools
import json
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM
from transformers.generation.logits_process import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "goldens" / "generation"
MARGIN = 1e-3  # of the largest logit: no greedy choice is closer, so float32 chooses the same
# The top-p processor sorts; torch leaves the order of equal elements open unless told. Stable, the lower ids are taken out first.
torch.sort = functools.partial(torch.sort, stable=True)
PROMPTS = [
    "When Mary and John went to the store, John gave a drink to",
    "The capital of France is",
    "The war lasted from the year 17",
    "Once",
    "The cats near the tree",
]


# ---- sampling ----------------------------------------------------------------------------------------------------------


def filtered(logits, temperature, top_k, top_p):
    """Probabilities after the filters; a setting that is off is left out, as `generate` does."""
    processors = [TemperatureLogitsWarper(float(temperature))] if temperature != 1 else []
    processors += [TopKLogitsWarper(top_k)] if top_k else []
    processors += [TopPLogitsWarper(top_p)] if top_p < 1 else []
    scores = torch.tensor([logits], dtype=torch.float64)
    before = scores
    for processor in processors:
        before, scores = scores, processor(None, scores)
    if top_p < 1 and len(set(logits)) > 4:
        mass = before.sort().values.softmax(-1).cumsum(-1)
        assert (mass - (1 - top_p)).abs().min() > 1e-9, "too close to the threshold to tell"
    return scores.softmax(-1)[0].tolist()


def cases():
    random = Random(5)
    draw = lambda n, digits: [round(random.gauss(0, 3), digits) for _ in range(n)]
    settings = [(1, 0, 1), (0.7, 0, 1), (1, 5, 1), (1, 0, 0.9), (0.8, 7, 0.6), (2.5, 3, 0.95), (1, 1, 1), (1, 99, 1), (1, 0, 1e-6)]
    for n in (1, 2, 13, 37):
        for setting in settings:
            yield (draw(n, 5), *setting)
    for setting in settings + [(1, 4, 0.5), (0.5, 2, 0.99), (1, 0, 0.3), (3, 9, 0.7)]:
        yield ([round(x) / 2 for x in draw(29, 5)], *setting)  # many are equal
    for top_k, top_p in ((0, 0.5), (0, 0.75), (0, 0.76), (2, 1), (2, 0.5), (3, 0.5)):
        yield ([1.5] * 4, 1, top_k, top_p)  # exact in binary, at the threshold itself
    yield ([0.0, -0.0, 0.0, -0.0, 1.0, 1.0], 1, 0, 0.5)
    yield ([1e4, -1e4, 9999.0, 0.0], 1, 0, 0.9)
    yield ([1e4, -1e4, 9999.0, 0.0], 0.001, 0, 1)
    yield ([1.0, 2.0, 3.0, 4.0], 1e6, 0, 0.4)


def sampling():
    names = ("logits", "temperature", "top_k", "top_p")
    return [dict(zip(names, case)) | {"probabilities": filtered(*case)} for case in cases()]


# ---- greedy ------------------------------------------------------------------------------------------------------------


def greedy(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for text in PROMPTS:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        prompt = torch.tensor([[model.config.bos_token_id, *ids]])
        made = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=40, do_sample=False)[0]
        with torch.no_grad():
            top = model(made[None, :-1]).logits[0, prompt.shape[1] - 1 :].topk(2).values
        margins = (top[:, 0] - top[:, 1]) / top.abs().max()
        if margins.min() < MARGIN:
            print(f"{folder.name}: '{text}' left out: a choice is as close as {margins.min():.1e}")
            continue
        yield {"model": folder.name, "prompt": prompt[0].tolist(), "continuation": made[prompt.shape[1] :].tolist()}


def write(name, items):
    lines = ",\n".join(json.dumps(item) for item in items)
    (OUT / name).write_text("[\n" + lines + "\n]\n", encoding="utf-8")
    print(f"{name}: {len(items)}")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write("sampling.json", sampling())
    models = sorted(path.parent for path in (ROOT / "models").glob("*/config.json"))
    write("greedy.json", [item for folder in models for item in greedy(folder)])
