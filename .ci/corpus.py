"""Holds `limpid corpus` against its definitions: the statistics of prompts of every task, computed here from the documents of `limpid routes`
and `limpid lens`, for each bundled model; then a run that is killed three times and goes on. Argument: the folder in which ./limpid lies."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
LIMPID = str(ROOT / "limpid")
MODELS = os.environ.get("LIMPID_CORPUS_MODELS", "demo-gpt2 demo-opt demo-llama").split()
TASKS = ["ioi", "facts", "induction", "agreement"]
EACH = 10  # prompts of a task
NEAR = 2e-6  # documents have 6 decimals
checks = wrong = 0


def limpid(*arguments):
    done = subprocess.run([LIMPID, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"limpid {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def near(what, found, expected, allowed=NEAR):
    global checks, wrong
    checks += 1
    if found is None or expected is None:
        good = found is None and expected is None
    else:
        good = abs(found - expected) <= allowed
    if not good:
        wrong += 1
        print(f"{what}: {found}, expected {expected}", file=sys.stderr)


def relation(key, query):
    if key == query:
        return "self"
    if key == 0:
        return "first"
    return "previous" if key == query - 1 else "other"


def bucket(distance):
    end = distance if distance <= 2 else 4
    while end < distance:
        end *= 2
    return end


def sample(route, readings):
    """The numbers of one sample by name, as docs/corpus.md defines them."""
    numbers = defaultdict(float)
    flow = {node["id"]: node["flow"] for node in route["nodes"]}
    for node in route["nodes"]:
        if node["kind"] == "mlp":
            numbers["mlp", node["layer"]] += node["flow"]
            numbers["mlp on", node["layer"]] = 1
    for edge in route["edges"]:
        kind, to = edge["kind"], edge["to"]
        layer, query = map(int, to[1:].split("_"))
        if kind == "residual":
            numbers["residual" if to[0] == "A" else "mlp_residual", layer] += flow[to] * edge["weight"]
        if kind == "attention":
            key = int(edge["from"].split("_")[1])
            numbers["attention", layer] += flow[to] * edge["weight"]
            for head, weight in edge["heads"]:
                amount = flow[to] * weight
                numbers["flow", layer, head] += amount
                numbers["on", layer, head] = 1
                numbers["reads", layer, head, relation(key, query)] += amount
                numbers["distance", layer, head, bucket(query - key)] += amount
    target = route["position"]
    for position, amount in route["source_flow"]:
        numbers["source", relation(position, target)] += amount
    numbers["source", "lost"] = sum(route["lost_flow"].values())
    for reading in readings:
        numbers["top", reading["layer"]] = reading["top"][0]["id"] == route["prediction"]["id"]
        numbers["entropy", reading["layer"]] = reading["entropy"]
    return numbers


def samples(model, prompts, position):
    """All samples, with the number of their prompt and its group."""
    asked = ["--position", "all"] if position == "all" else []
    routes = limpid("routes", "--model", model, "--prompts", prompts, *asked).splitlines()
    lenses = limpid("lens", "--model", model, "--prompts", prompts, "--state", "resid_post", "--top", 1, *asked).splitlines()
    groups = [json.loads(line)["task"] for line in open(prompts, encoding="utf-8")]
    for number, (line, lens, group) in enumerate(zip(routes, lenses, groups, strict=True)):
        states = json.loads(lens)["states"]
        for route in json.loads(line)["routes"]:
            at = route["position"]
            if position != "all" or at > 0:
                yield number, group, sample(route, [s for s in states if s["position"] == at])


def check(model, prompts, position):
    taken = list(samples(model, prompts, position))
    with tempfile.TemporaryDirectory() as out:
        limpid("corpus", prompts, "--model", model, "--out", out, "--position", position, "--group-by", "task")
        summary = json.loads((Path(out) / "summary.json").read_text(encoding="utf-8"))
        files = sorted(os.listdir(out))
    expected = ["examples.jsonl", "heads.csv", "mlps.csv", "prompts.parquet", "rejects.jsonl", "report.html", "summary.json"]
    near("files", files == expected, True)
    near("groups", [g["group"] for g in summary["groups"]] == [None, *sorted(TASKS)], True)
    for group in summary["groups"]:
        of = [(n, s) for n, g, s in taken if group["group"] in (None, g)]
        what = f"{model} {position} {group['group']}"
        near(what + " samples", group["samples"], len(of))
        near(what + " prompts", group["prompts"], len({n for n, _ in of}))

        def total(*name):
            return sum(s.get(name, 0) for _, s in of)

        def mean(*name):
            return total(*name) / len(of)

        for head in group["heads"]:
            at = head["layer"], head["head"]
            near(f"{what} on {at}", head["on_route"], mean("on", *at))
            near(f"{what} flow {at}", head["flow"], mean("flow", *at))
            flows = sorted(s.get(("flow", *at), 0) for _, s in of)
            for name, value in head["flow_quantiles"].items():
                rank = -(-len(flows) * round(100 * float(name)) // 100)
                near(f"{what} quantile {name} {at}", value, flows[rank - 1])
            whole = total("flow", *at)
            near(f"{what} silent {at}", head["reads"] is None, whole == 0)
            if whole > 0:
                for name, value in head["reads"].items():
                    near(f"{what} reads {name} {at}", value, total("reads", *at, name) / whole)
                for end, value in head["distance"]:
                    near(f"{what} distance {end} {at}", value, total("distance", *at, end) / whole)
                near(f"{what} distances {at}", sum(v for _, v in head["distance"]), 1, 2e-5)
        for mlp in group["mlps"]:
            near(f"{what} mlp {mlp['layer']}", mlp["flow"], mean("mlp", mlp["layer"]))
            near(f"{what} mlp on {mlp['layer']}", mlp["on_route"], mean("mlp on", mlp["layer"]))
        for layer in group["layers"]:
            for part in ("residual", "attention", "mlp", "mlp_residual"):
                near(f"{what} {part} {layer['layer']}", layer[part], mean(part, layer["layer"]))
        for lens in group["lens"]:
            near(f"{what} top {lens['layer']}", lens["top"], mean("top", lens["layer"]))
            near(f"{what} entropy {lens['layer']}", lens["entropy"], mean("entropy", lens["layer"]), 2e-5)
        for name, value in group["source"].items():
            near(f"{what} source {name}", value, mean("source", name))


def killed(folder, lines):
    """A run that is killed three times and goes on ends with the same bytes."""
    corpus = Path(folder) / "corpus.jsonl"
    corpus.write_text("".join(lines * 15), encoding="utf-8")
    whole, broken = Path(folder) / "whole", Path(folder) / "broken"
    began = time.monotonic()
    limpid("corpus", corpus, "--model", MODELS[0], "--out", whole, "--group-by", "task")
    took = time.monotonic() - began
    kills = 0
    for attempt in range(4):
        resume = ["--resume"] if attempt else []
        run = subprocess.Popen(
            [LIMPID, "corpus", corpus, "--model", MODELS[0], "--out", broken, "--group-by", "task", *resume],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        if attempt < 3:
            time.sleep(random.uniform(0.3, 0.6) * took)
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            kills += (broken / "state").exists()
        else:
            _, said = run.communicate()
            if run.returncode and b"is complete" not in said:
                sys.exit(said.decode())
    near("kills in the middle", kills > 0, True)
    for file in sorted(os.listdir(whole)):
        near(f"bytes of {file}", (broken / file).read_bytes() == (whole / file).read_bytes(), True)


def full(folder, lines):
    """A disk with no room left: one line, nothing lost, and the run goes on where there is room again."""
    corpus = Path(folder) / "corpus.jsonl"
    corpus.write_text("".join(lines * 15), encoding="utf-8")
    whole, out = Path(folder) / "whole", Path(folder) / "full"
    arguments = [LIMPID, "corpus", corpus, "--model", MODELS[0], "--out", out, "--group-by", "task"]
    room = 100_000  # bytes of a file: as a full disk, but without a disk of one's own
    run = subprocess.run(
        arguments, capture_output=True, text=True, env=os.environ | {"LIMPID_JAVA_OPTS": "-XX:-UsePerfData"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    near("full: code", run.returncode, 1)
    said = [line for line in run.stderr.splitlines() if line.startswith("limpid: ")]
    near("full: one line", len(said) == 1 and "too large" in said[0], True)
    near("full: the run is kept", (out / "state").exists(), True)
    limpid(*arguments[1:], "--resume")
    for file in sorted(os.listdir(whole)):
        near(f"full: bytes of {file}", (out / file).read_bytes() == (whole / file).read_bytes(), True)


with tempfile.TemporaryDirectory() as folder:
    lines = []
    for task in TASKS:
        path = ROOT / "testdata/prompts" / f"{task}.jsonl"
        lines += path.read_text(encoding="utf-8").splitlines(keepends=True)[:EACH]
    prompts = Path(folder) / "prompts.jsonl"
    prompts.write_text("".join(lines), encoding="utf-8")
    for model in MODELS:
        for position in ("last", "all"):
            check(model, prompts, position)
    killed(folder, lines)
    full(folder, lines)
print(f"limpid corpus: {checks - wrong} of {checks} hold")
sys.exit(1 if wrong else 0)
