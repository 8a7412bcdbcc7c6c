"""Makes tables, and lines for benchmarks/results, of what FaithfulnessRun measured; benchmarks/faithfulness calls it.

    python faithfulness.py RESULTS MEASURED...

Means over the prompts of a set come first, then ratios. Where sets are taken together, each counts the same.
"""

import collections
import json
import pathlib
import statistics
import sys

import machine

SIZES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
MISSED = range(1, 7)  # sizes 0.2 to 10 %
ABLATIONS = ["patch", "mean", "zero"]
FEW = 1000  # components


def area(heights):
    """Over the sizes, by trapezoids."""
    return sum((SIZES[i] - SIZES[i - 1]) * (heights[i] + heights[i - 1]) / 2 for i in range(1, len(SIZES)))


def mean(values):
    return statistics.fmean(values)


class Group:
    """What was measured of one set of prompts on one model with one ablation."""

    def __init__(self, prompts):
        self.prompts = prompts
        self.full, self.empty = (mean(p[end] for p in prompts) for end in ("full", "empty"))
        self.components = mean(p["components"] for p in prompts)
        self.tokens = [min(p["tokens"] for p in prompts), max(p["tokens"] for p in prompts)]

    def recovered(self, value):
        return (value - self.empty) / (self.full - self.empty)

    def curve(self, method):
        if method not in self.prompts[0]["curves"]:
            return collections.defaultdict(lambda: None)
        curves = [p["curves"][method] for p in self.prompts]
        recovered = [self.recovered(mean(values)) for values in zip(*(c["values"] for c in curves))]
        kl = [mean(values) for values in zip(*(c["kl"] for c in curves))]
        return {
            "recovered": recovered,
            "kl": kl,
            "miss": mean(min(1, abs(1 - recovered[i])) for i in MISSED),
            "miss_kl": mean(kl[i] for i in MISSED),
            "cpr": area(recovered),
            "cmd": area([abs(1 - r) for r in recovered]),
        }

    def route(self, name):
        routes = [p["routes"][name] for p in self.prompts]
        heads = [r["heads"] for r in routes]
        known = sum(h["known"] for h in heads)
        return {
            "components": mean(r["components"] for r in routes),
            "recovered": self.recovered(mean(r["value"] for r in routes)),
            "kl": mean(r["kl"] for r in routes),
            "known_heads": sum(h["found"] for h in heads) / known if known else None,
            "heads": mean(h["heads"] / h["ofHeads"] for h in heads),
        }


def read(files):
    """Groups by (model, set, ablation), and the lines about needed heads."""
    groups, needed = collections.defaultdict(list), []
    for file in files:
        for line in map(json.loads, pathlib.Path(file).read_text(encoding="utf-8").splitlines()):
            line["model"] = pathlib.PurePath(line["model"]).name
            if "measured" in line:
                measured = line["measured"]
                groups[line["model"], line["set"], measured["ablation"]].append(measured)
            else:
                needed.append(line)
    return {key: Group(prompts) for key, prompts in groups.items()}, needed


def rounded(values):
    if isinstance(values, float):
        return round(values, 3)
    if isinstance(values, list):
        return [rounded(v) for v in values]
    return {key: rounded(v) for key, v in values.items()} if isinstance(values, dict) else values


def table(title, head, rows):
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def number(value, digits=2):
    return "" if value is None else f"{value:.{digits}f}"


def over(keys, groups, ablation, read_one):
    """The mean over sets of what they all have, or that some have."""
    values = [read_one(groups[*key, ablation]) for key in keys if (*key, ablation) in groups]
    values = [v for v in values if v is not None]
    return mean(values) if values else None


def kind(key, group):
    """Sets are taken together by models and length; of very short prompts, the smallest sizes are no component or one."""
    model, name = key
    if not model.startswith("demo-"):
        return f"{model}, long prompts" if "-long-" in name else model
    return "bundled, short prompts" if group.components < FEW else "bundled"


def tables(groups, needed):
    kinds = collections.defaultdict(list)
    for (model, name, ablation), group in groups.items():
        if ablation == ABLATIONS[0]:
            kinds[kind((model, name), group)].append((model, name))
    methods = list(next(iter(groups.values())).prompts[0]["curves"])
    for what, digits in (("miss", 2), ("miss_kl", 2), ("cmd", 3), ("cpr", 2)):
        table(what, ["order", *(f"{of}, {a}" for of in kinds for a in ABLATIONS)],
              [[m, *(number(over(keys, groups, a, lambda g, m=m: g.curve(m)[what]), digits) for keys in kinds.values() for a in ABLATIONS)]
               for m in methods])
    shown = [m for m in methods if m != "random"]
    for ablation in ABLATIONS:
        table(f"recovered at 0.5 % and 2 %, {ablation}", ["set", "prompts", "tokens", "components", "m(U)", "m(0)", *shown],
              [[" ".join(key), str(len(g.prompts)), "-".join(map(str, g.tokens)), number(g.components, 0), number(g.full, 1),
                number(g.empty, 1), *(" ".join(number(r[i]) for i in (2, 4)) if (r := g.curve(m)["recovered"]) else "" for m in shown)]
               for keys in kinds.values() for key in keys if (*key, ablation) in groups for g in [groups[*key, ablation]]])
    routes = list(next(iter(groups.values())).prompts[0]["routes"])
    alone = {f"{model} {name}": [(model, name)] for model, name, a in groups if a == ABLATIONS[0] and not model.startswith("demo-")}
    for of, keys in {**kinds, **alone}.items():
        table(f"routes, {of}", ["route", "components", *(f"{a}: recovered, KL" for a in ABLATIONS), "known heads", "all heads"],
              [[r, number(over(keys, groups, ABLATIONS[0], lambda g, r=r: g.route(r)["components"]), 0),
                *("{}, {}".format(*(number(over(keys, groups, a, lambda g, r=r, w=w: g.route(r)[w])) for w in ("recovered", "kl")))
                  for a in ABLATIONS),
                *(number(over(keys, groups, ABLATIONS[0], lambda g, r=r, w=w: g.route(r)[w])) for w in ("known_heads", "heads"))]
               for r in routes])
    table("taken by zeroing heads", ["model", "set", "first heads", *(f"{k}" for k in range(1, 5)), *(f"others {k}" for k in range(1, 5))],
          [[n["model"], n["set"], " ".join(n["first"]), *map(number, n["taken"]), *map(number, n["others"])] for n in needed])


def main():
    out, *files = sys.argv[1:]
    groups, needed = read(files)
    with open(out, "w", encoding="utf-8") as results:
        print(json.dumps({"what": "faithfulness: of the lines below", **machine.facts()}), file=results)
        for (model, name, ablation), group in groups.items():
            shared = {"model": model, "set": name, "ablation": ablation, "prompts": len(group.prompts), "tokens": group.tokens,
                      "components": group.components, "full": group.full, "empty": group.empty, "sizes": SIZES}
            orders = {method: group.curve(method) for method in group.prompts[0]["curves"]}
            routes = {route: group.route(route) for route in group.prompts[0]["routes"]}
            print(json.dumps(rounded({**shared, "orders": orders, "routes": routes})), file=results)
        for line in needed:
            print(json.dumps(rounded(line)), file=results)
    tables(groups, needed)


if __name__ == "__main__":
    main()
