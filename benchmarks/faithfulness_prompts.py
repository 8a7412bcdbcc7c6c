"""Writes the prompts that faithfulness is measured on, as JSON lines that `limpid faithfulness --prompts` reads.

    python faithfulness_prompts.py FOLDER [--seed 0] [--bundled 40] [--model 10] [--long 2]

Each has a source, the same prompt changed so that the distractor would be right, with as many tokens. bundled-*.jsonl: held-out
prompts of the bundled models (testdata/prompts). model-*.jsonl: plain English, of words that are one token of SmolLM2;
model-long-*.jsonl: the same behind other sentences, or longer lists, 45 to 120 tokens.
"""

import argparse
import json
import pathlib
import random
import re

import machine

HELD_OUT = machine.ROOT / "testdata/prompts"
NAMES = ("Mary John Tom James Dan Michael Martin Paul Simon David Mark Peter Kate Anna Sarah Laura Emma Alice Robert "
         "Kevin").split()
PLACES = "store park school library station museum market beach office hospital".split()
OBJECTS = "drink book ring letter basket ticket gift map present camera bottle".split()
IOI = ["When {a} and {b} went to the {place}, {s} gave a {object} to",
       "After {a} and {b} had lunch at the {place}, {s} gave a {object} to",
       "While {a} and {b} were working at the {place}, {s} decided to give a {object} to",
       "Then {a} and {b} had a long argument in the {place}, and afterwards {s} said to"]
CAPITALS = dict(pair.split("-") for pair in (
    "France-Paris Spain-Madrid Italy-Rome Germany-Berlin Japan-Tokyo China-Beijing Russia-Moscow Egypt-Cairo "
    "Greece-Athens England-London Austria-Vienna Ireland-Dublin India-Delhi Iraq-Baghdad").split())
FACTS = ["The capital of {country} is", "Everyone knows that the capital of {country} is",
         "Q: What is the capital of {country}? A: The capital is"]
NOUNS = "key book picture house letter door boy teacher doctor student manager author".split()
NEAR = "table window garden tree car wall river building school church".split()
AGREEMENT = ["The {noun} near the {other}", "I think that the {noun} behind the {other}",
             "After some time, the {noun} next to the {other}"]
WORDS = ("stone river cloud apple window silver bridge forest hammer island jacket garden needle orange pepper rabbit "
         "temple valley yellow anchor button cotton desert engine marble rocket shadow thunder copper dragon eagle finger "
         "honey jungle castle mountain ocean paper pencil planet").split()
LISTS = [5, 7, 10]
LONG_LIST = 36
SENTENCES = {"ioi": 4, "capitals": 3, "agreement": 2}  # before a long one
BEFORE = ["It was a quiet morning in the small town by the sea, and most people were still asleep.",
          "The weather had been cold for many days, but now the sun came out and the snow began to melt.",
          "Nobody in the village could remember when the old mill had last been used for its purpose.",
          "The train to the city was late again, so the passengers waited on the platform and talked.",
          "In the evening the lamps were lit, and the smell of fresh bread came from the houses.",
          "A new road had been built along the river, and there was much more traffic than before."]


def prompt(text, source, answer, distractor):
    return {"text": text, "source": source, "answer": f" {answer}", "distractor": f" {distractor}"}


def exchanged(text, a, b):
    """The text with two words exchanged."""
    return re.sub(rf"\b({a}|{b})\b", lambda found: b if found[0] == a else a, text)


def other_number(noun):
    return noun[:-1] if noun.endswith("s") else noun + "s"


# --- of the bundled models


def country(text):
    """The last word with a capital letter."""
    return [word for word in text.split() if word[0].isupper()][-1]


def bundled(task, count, draw):
    lines = [json.loads(line) for line in (HELD_OUT / f"{task}.jsonl").read_text(encoding="utf-8").splitlines()]
    countries = {line["answer"]: country(line["text"]) for line in lines if task == "facts"}
    for line in draw.sample(lines, min(count, len(lines))):
        text, answer, distractor = line["text"], line["answer"], line["distractor"]
        if task == "facts":
            source = exchanged(text, countries[answer], countries[distractor])
        elif task == "agreement":
            noun = text.split()[1]
            source = text.replace(noun, other_number(noun), 1)
        else:
            source = exchanged(text, answer.strip(), distractor.strip())
        yield prompt(text, source, answer.strip(), distractor.strip())


# --- of a model of English: each makes one prompt by a template, behind other sentences


def ioi(draw, template, before=""):
    a, b = draw.sample(NAMES, 2)
    s, answer = draw.choice(((a, b), (b, a)))
    text = before + template.format(a=a, b=b, s=s, place=draw.choice(PLACES), object=draw.choice(OBJECTS))
    return prompt(text, exchanged(text, a, b), answer, s)


def capitals(draw, template, before=""):
    here, there = draw.sample(list(CAPITALS), 2)
    text = before + template.format(country=here)
    return prompt(text, exchanged(text, here, there), CAPITALS[here], CAPITALS[there])


def agreement(draw, template, before=""):
    noun, near = draw.choice(NOUNS), draw.choice(NEAR)
    one, two = (before + template.format(noun=n, other=near) for n in (noun, other_number(noun)))
    return draw.choice((prompt(one, two, "is", "are"), prompt(two, one, "are", "is")))


def induction(draw, length, before=""):
    words = draw.sample(WORDS, length)
    text = before + "List: " + " ".join((words * 2)[:-1])
    distractor = draw.choice(words[:-2])
    return prompt(text, exchanged(text, words[-1], distractor), words[-1], distractor)


TASKS = {"ioi": (ioi, IOI), "capitals": (capitals, FACTS), "agreement": (agreement, AGREEMENT), "induction": (induction, LISTS)}


def short(task, count, draw):
    make, templates = TASKS[task]
    return [make(draw, templates[i % len(templates)]) for i in range(count)]


def long(task, count, draw):
    make, templates = TASKS[task]
    if task == "induction":
        return [make(draw, LONG_LIST) for _ in range(count)]
    before = " ".join(draw.sample(BEFORE, SENTENCES[task])) + " "
    return [make(draw, templates[1], before) for _ in range(count)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bundled", type=int, default=40, help="prompts of each task of the bundled models")
    parser.add_argument("--model", type=int, default=10, help="prompts of each task of another model")
    parser.add_argument("--long", type=int, default=2, help="long ones of each task")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)

    def write(name, make, task, count):
        lines = make(task, count, random.Random(f"{asked.seed} {name}"))
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (asked.folder / f"{name}.jsonl").write_text(text, encoding="utf-8")

    for task in ("ioi", "induction", "agreement", "facts"):
        write(f"bundled-{task}", bundled, task, asked.bundled)
    for task in TASKS:
        write(f"model-{task}", short, task, asked.model)
        write(f"model-long-{task}", long, task, asked.long)


if __name__ == "__main__":
    main()
