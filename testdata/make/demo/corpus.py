"""The corpus and the held-out prompts of the bundled models: one small grammar, one seed.

    python corpus.py        writes testdata/prompts/corpus.txt.gz and testdata/prompts/*.jsonl, and proves that
                            no held-out prompt occurs in the corpus

What is held out is fixed before a line is written: name pairs, places, (opening, verb) templates, start years,
noun pairs, (country, template) pairs, word bigrams. A corpus line that touches any of it is drawn again; a held-out
prompt must touch some of it. So the split is by content, not by luck of the seed.
"""
import gzip
import io
import itertools
import json
import random
from pathlib import Path

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
SEED = 1732
# Induction and indirect object come latest in training, so they get most of the lines.
LINES = {"induction": 36_000, "ioi": 28_000, "greater_than": 14_000, "agreement": 12_000, "facts": 6_000}
PER_TASK = 200

NAMES = ("Mary John Anna Peter Laura Simon Emma Paul Clara David Julia Mark Nina Oscar Alice Tom Helen Felix Ruth "
         "Adam Sarah Leo Kate Henry Grace Luke Diana Victor Rose Martin").split()
PLACES = "store park school library station museum market beach cafe garden office theatre".split()
OBJECTS = "drink book ring letter basket ticket pencil flower map present camera bottle".split()
OPENINGS = {
    "when": "When {a} and {b} went to the {place}, {s}",
    "after": "After {a} and {b} arrived at the {place}, {s}",
    "while": "While {a} and {b} were working at the {place}, {s}",
    "then": "Then {a} and {b} had lunch at the {place}, and {s}",
}
VERBS = "gave handed passed offered".split()

EVENTS = "war siege reign strike voyage festival drought trial project journey study rebellion".split()
LASTED = "lasted ran continued".split()
CENTURIES = range(11, 20)

NOUNS = ("key dog cat lamp chair table cup hat bird tree boat car door clock ball coat shoe plate horse cow spoon "
         "window").split()
PREPOSITIONS = "near behind beside above under with".split()
ADJECTIVES = "red blue green old new small big clean dirty dark heavy pretty".split()

CAPITALS = dict(pair.split("-") for pair in (
    "France-Paris Spain-Madrid Italy-Rome Germany-Berlin Japan-Tokyo China-Beijing Russia-Moscow Egypt-Cairo "
    "Greece-Athens Portugal-Lisbon Austria-Vienna Poland-Warsaw Norway-Oslo Sweden-Stockholm Finland-Helsinki "
    "Denmark-Copenhagen Ireland-Dublin Cuba-Havana Peru-Lima Chile-Santiago Canada-Ottawa India-Delhi Kenya-Nairobi "
    "Turkey-Ankara Iran-Tehran Iraq-Baghdad Hungary-Budapest Belgium-Brussels Ukraine-Kyiv Thailand-Bangkok "
    "Vietnam-Hanoi Nepal-Kathmandu Morocco-Rabat Ghana-Accra Senegal-Dakar Lebanon-Beirut Syria-Damascus "
    "Jordan-Amman Serbia-Belgrade Croatia-Zagreb").split())
FACTS = [
    "The capital of {country} is",
    "The capital city of {country} is called",
    "The government of {country} sits in",
    "The largest embassy in {country} stands in",
    "Trains across {country} start in",
    "The president of {country} lives in",
]

WORDS = ("stone river cloud apple tiger window silver bridge candle forest hammer island jacket kettle ladder meadow "
         "needle orange pepper rabbit saddle temple valley walnut yellow anchor button cotton desert engine feather "
         "ginger harbor marble noodle pillow rocket shadow thunder violin whistle copper dragon eagle finger goose "
         "honey ivory jungle lemon").split()
POOL = list(dict.fromkeys(WORDS + NAMES + PLACES))


def reserved(items, share, salt, always=()):
    """A fixed share of the items, the same whatever else is drawn."""
    items = list(items)
    chosen = set(random.Random(f"{SEED} {salt}").sample(items, round(share * len(items))))
    return chosen | set(always)


# Mary and John are held out together: the sentence everybody tries first is then a fair test.
HELD_PAIRS = reserved(map(frozenset, itertools.combinations(NAMES, 2)), 0.2, "pairs", [frozenset(("Mary", "John"))])
HELD_PLACES = {"museum", "garden"}
HELD_IOI_TEMPLATES = {("after", "handed"), ("while", "passed"), ("then", "offered")}
HELD_YEARS = reserved(itertools.product(CENTURIES, range(3, 98)), 0.15, "years")
HELD_LASTED = reserved(itertools.product(EVENTS, LASTED), 0.15, "lasted")
HELD_NOUNS = reserved(itertools.permutations(NOUNS, 2), 0.2, "nouns")
HELD_PREPOSITIONS = reserved(itertools.product(NOUNS, PREPOSITIONS), 0.1, "prepositions")
# Each country is taught in four templates and asked in the other two: the model must recombine.
HELD_FACTS = {(c, (i + j) % len(FACTS)) for i, c in enumerate(CAPITALS) for j in (0, 3)}
HELD_BIGRAMS = reserved(itertools.permutations(POOL, 2), 0.1, "bigrams")


# Each task draws (prompt, accepted answers, distractor, rest of the line, what of it is held out).

def ioi(r):
    a, b = r.sample(NAMES, 2)
    place, verb, opening = r.choice(PLACES), r.choice(VERBS), r.choice(list(OPENINGS))
    s, o = r.choice(((a, b), (b, a)))
    text = OPENINGS[opening].format(a=a, b=b, place=place, s=s) + f" {verb} a {r.choice(OBJECTS)} to"
    held = {"pair": frozenset((a, b)) in HELD_PAIRS, "place": place in HELD_PLACES,
            "template": (opening, verb) in HELD_IOI_TEMPLATES}
    return text, [" " + o], " " + s, held


def greater_than(r):
    century, start = r.choice(CENTURIES), r.randint(3, 97)
    event, lasted = r.choice(EVENTS), r.choice(LASTED)
    text = f"The {event} {lasted} from {century}{start:02} to {century}"
    held = {"year": (century, start) in HELD_YEARS, "template": (event, lasted) in HELD_LASTED}
    return text, [f"{y:02}" for y in range(start + 1, 100)], f"{r.randint(3, max(3, start - 1)):02}", held


def agreement(r):
    noun, other = r.sample(NOUNS, 2)
    preposition, many = r.choice(PREPOSITIONS), r.random() < 0.5
    text = f"The {noun}{'s' * many} {preposition} the {other}{'s' * (r.random() < 0.5)}"
    held = {"nouns": (noun, other) in HELD_NOUNS, "template": (noun, preposition) in HELD_PREPOSITIONS}
    return text, [" are" if many else " is"], " is" if many else " are", held


def facts(r, country=None, template=None):
    country = country or r.choice(list(CAPITALS))
    template = r.randrange(len(FACTS)) if template is None else template
    other = r.choice([c for c in CAPITALS if c != country])
    held = {"template": (country, template) in HELD_FACTS}
    return FACTS[template].format(country=country), [" " + CAPITALS[country]], " " + CAPITALS[other], held


def induction(r):
    # Lists are repeated whole, so everything after the first word of the repeat can be known.
    words = r.sample(POOL, r.randint(4, 8))
    times = r.choice((2, 2, 3)) if len(words) <= 6 else 2
    held = {"bigram": any(p in HELD_BIGRAMS for p in zip(words, words[1:] + words[:1]))}
    held["last"] = (words[-2], words[-1]) in HELD_BIGRAMS
    return ("List: " + " ".join((words * times)[:-1]), [" " + words[-1]], " " + r.choice(words[:-2]), held)


TASKS = {"ioi": ioi, "greater_than": greater_than, "agreement": agreement, "facts": facts, "induction": induction}


def line(task, r):
    while True:
        text, answers, _, held = TASKS[task](r)
        if not any(held.values()):
            break
    return text + r.choice(answers) + (f" {r.choice(ADJECTIVES)}." if task == "agreement" else ".")


def corpus():
    r = random.Random(f"{SEED} corpus")
    lines = [line(task, r) for task, n in LINES.items() for _ in range(n)]
    r.shuffle(lines)
    return lines


def held_out(task, salt="prompts", n=PER_TASK):
    """Distinct prompts that touch what is held out; the name pair, year, noun pair or last bigram always is."""
    r = random.Random(f"{SEED} {task} {salt}")
    if task == "facts":
        draws = (facts(r, c, t) for c, t in sorted(HELD_FACTS))
    else:
        draws = iter(lambda: TASKS[task](r), None)
    key = {"ioi": "pair", "greater_than": "year", "agreement": "nouns", "induction": "last", "facts": "template"}[task]
    found = {}
    for text, answers, distractor, held in draws:
        if not held[key] or (task == "induction" and text.count(answers[0] + " ") != 1):
            continue  # induction prompts ask in the second round
        record = {"task": task, "text": text, "answer": answers[len(answers) // 2], "distractor": distractor,
                  "held_out": [k for k, v in held.items() if v]}
        if task == "greater_than":
            record["answers"] = answers
        found.setdefault(text, record)
        if len(found) == n:
            break
    return list(found.values())


def read_corpus():
    with gzip.open(PROMPTS / "corpus.txt.gz", "rt", encoding="utf-8") as f:
        return f.read().splitlines()


def prove_apart(lines, prompts):
    """No held-out prompt occurs anywhere in the corpus, as a line, the start of one or inside one."""
    whole = "\n".join(lines)
    inside = [p["text"] for p in prompts if p["text"] in whole]
    assert not inside, inside


def main():
    PROMPTS.mkdir(parents=True, exist_ok=True)
    lines = corpus()
    prompts = {task: held_out(task) for task in TASKS}
    prove_apart(lines, itertools.chain(*prompts.values()))
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0, filename="") as f:
        f.write(("\n".join(sorted(lines)) + "\n").encode())  # sorted, it packs to 60 %
    (PROMPTS / "corpus.txt.gz").write_bytes(packed.getvalue())
    for task, records in prompts.items():
        text = "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in records)
        (PROMPTS / f"{task.replace('_', '-')}.jsonl").write_text(text, encoding="utf-8")
        print(f"{task}: {LINES[task]} lines, {len(records)} held-out prompts")
    print(f"corpus.txt.gz: {len(packed.getvalue())} bytes")


if __name__ == "__main__":
    main()
