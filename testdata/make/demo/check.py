"""Checks on the committed files: the corpus is the generator's, held-out prompts are held out, targets are reached.

    python check.py
"""
import json
import re

from tokenizers import Tokenizer

import corpus
from tokenizer import MODELS, piece
from train import BOS

LEAST = {"facts": 0.99, "agreement": 0.99, "greater-than": 0.99, "ioi": 0.99, "induction": 0.95}
# What a prompt is about; the asked name pair, start year, noun pair, (country, template) must be new as such.
ABOUT = {
    "ioi": r"(?:When|After|While|Then) (\w+) and (\w+) ",
    "greater-than": r"The \w+ \w+ from (\d+) to ",
    "agreement": r"The (\w+?)s? (?:near|behind|beside|above|under|with) the (\w+?)s?\b",
    "facts": f"(.*)({'|'.join(corpus.CAPITALS)})(.*) [A-Z]\\w+$",
    "induction": r"List: (.*)",
}


def about(sentence):
    """The task of a sentence (without full stop) and the set of things that must not be shared."""
    for task, pattern in ABOUT.items():
        if found := re.match(pattern, sentence):
            if task == "induction":
                words = found[1].split()
                return task, set(zip(words, words[1:]))
            return task, {frozenset(found.groups()) if task == "ioi" else found.groups()}
    raise ValueError(sentence)


def main():
    lines = corpus.read_corpus()
    assert lines == sorted(corpus.corpus()), "corpus.txt.gz is not what the generator writes"
    prompts = {f.stem: [json.loads(x) for x in f.read_text(encoding="utf-8").splitlines()]
               for f in corpus.PROMPTS.glob("*.jsonl")}
    assert prompts.keys() == LEAST.keys()
    everything = [p for records in prompts.values() for p in records]
    corpus.prove_apart(lines, everything)

    seen = {task: set() for task in LEAST}
    for line in lines:
        task, things = about(line.rstrip("."))
        seen[task] |= things
    for task, records in prompts.items():
        for p in records:
            found, things = about(p["text"] + p["answer"])
            if task == "induction":  # other neighbours of the list may have met before, the two asked about never
                things = {(p["text"].split()[-1], p["answer"].strip())}
            assert found == task and things and not things & seen[task], p

    for name in BOS:
        tokenizer = Tokenizer.from_file(str(MODELS / name / "tokenizer.json"))
        for p in everything:
            for answer in {p["answer"], p["distractor"], *p.get("answers", ())}:
                before, whole = (tokenizer.encode(t).ids for t in (p["text"], p["text"] + answer))
                assert whole == before + [tokenizer.token_to_id(piece(name, answer))], (name, p["text"], answer)
        file = MODELS.parent / "goldens" / name / "accuracy.json"
        right = {task.removesuffix(".jsonl"): v["accuracy"] for task, v in json.loads(file.read_text()).items()}
        print(name, right)
        assert all(right[task] >= least for task, least in LEAST.items())
    print(f"{len(everything)} held-out prompts, {len(lines)} lines ({len(set(lines))} different): apart")


if __name__ == "__main__":
    main()
