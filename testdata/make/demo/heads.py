"""Which head does what, measured on held-out prompts, and what the information-flow routes say about the names.

    python heads.py [demo-gpt2 ...]     prints; writes nothing

previous   attention from a token of a random list to the one before it
induction  attention from the last token of a repeated list to the token that followed its first occurrence
duplicate  attention from the second mention of the subject to the first (indirect object)
mover      attention from the last token to the name that is the answer, and what the head adds to its logit
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import goldens  # sets environment variables, so before torch

import numpy as np
from tokenizers import Tokenizer

import attribution
import corpus
from tokenizer import MODELS, piece
from train import BOS
from truth import encode

SAMPLE = 40


def runs(name, model, tokenizer, task):
    for line in (corpus.PROMPTS / f"{task}.jsonl").read_text(encoding="utf-8").splitlines()[:SAMPLE]:
        p = json.loads(line)
        run = goldens.trace(model, encode(name, tokenizer, p["text"]))
        yield run, *(tokenizer.token_to_id(piece(name, p[k])) for k in ("answer", "distractor"))


def show(what, scores, least):
    best = sorted(np.ndindex(scores.shape), key=lambda i: -scores[i])[:4]
    print(f"  {what:10s}", " ".join(f"{l}.{h} {scores[l, h]:.2f}" for l, h in best if scores[l, h] > least))


def study(name):
    model = goldens.load(MODELS / name)
    tokenizer = Tokenizer.from_file(str(MODELS / name / "tokenizer.json"))
    previous, induction, duplicate, mover, adds = [], [], [], [], []
    for run, answer, _ in runs(name, model, tokenizer, "induction"):
        pattern = np.array([at["pattern"] for at in run["layers"]])
        previous.append(np.mean([pattern[:, :, q, q - 1] for q in range(4, pattern.shape[-1])], 0))
        induction.append(pattern[:, :, -1, list(run["tokens"]).index(answer)])
    ranks = []
    for run, answer, subject in runs(name, model, tokenizer, "ioi"):
        pattern = np.array([at["pattern"] for at in run["layers"]])
        tokens = list(run["tokens"])
        first = tokens.index(subject)
        again = tokens.index(subject, first + 1)
        duplicate.append(pattern[:, :, again, first])
        mover.append(pattern[:, :, -1, tokens.index(answer)])
        layers, _ = attribution.contributions(run, separate=False)
        adds.append(attribution.contrast(run, layers, answer, subject, len(tokens) - 1)["heads"])
        flow = attribution.route(layers, attribution.renormalised, attribution.TAU, len(tokens) - 1)["source_flow"]
        rank = list(np.argsort(-flow[1:]) + 1).index(tokens.index(answer)) + 1  # the BOS aside
        ranks.append(rank)
    print(name)
    show("previous", np.mean(previous, 0), 0.2)
    show("induction", np.mean(induction, 0), 0.2)
    show("duplicate", np.mean(duplicate, 0), 0.2)
    show("mover", np.mean(mover, 0), 0.2)
    show("adds", np.mean(adds, 0), 0.5)
    print(f"  rank of the answer among the source tokens of the route: {np.bincount(ranks)[1:].tolist()}"
          f" (first, second, ... of {SAMPLE})", flush=True)


if __name__ == "__main__":
    goldens.transformers.utils.logging.disable_progress_bar()
    for name in sys.argv[1:] or list(BOS):
        study(name)
