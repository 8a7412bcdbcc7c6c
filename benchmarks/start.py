"""Times whole processes of the command, and their phases; benchmarks/start explains it.

Each round runs every command once, in an order that turns round each time. Printed are the medians, and the least, of wall
time and of processor time: the least is what the machine can do, where others share it.

Where a phase begins is told by the class that it needs first, as java notes it down when it loads one; noting that takes a
few hundredths of a second more. A round of phases is taken from the quickest of all.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

import machine

PROMPT = "When Mary and John went to the store, John gave a drink to"

# What happens, and the class that is loaded when it begins.
PHASES = [
    ("Java itself", None),
    ("the command line", "dev.limpid.explorer.Main"),
    ("the backend", "dev.limpid.tensor.spi.BackendProvider"),
    ("which model, its configuration", "dev.limpid.models.BundledModels"),
    ("the tokenizer", "dev.limpid.model.tokenizer.TokenizerConfig"),
    ("weights: read and packed", "dev.limpid.model.load.LayerStorage"),
    ("forward pass and contributions", "dev.limpid.model.Transformer"),
    ("route and answers", "dev.limpid.routes.RouteExtractor"),
    ("text", "dev.limpid.explorer.show.ExplainText"),
]


def phases(command):
    """Returns the seconds of each phase of explain; what is left is the launcher before java, and the end after it."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "classes")
        flags = os.environ.get("LIMPID_JAVA_OPTS", "") + f" -Xlog:class+load:file={log}:uptime"
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, "LIMPID_JAVA_OPTS": flags})
        wall = time.perf_counter() - began
        loaded = {}
        for line in log.read_text(encoding="utf-8").splitlines():
            uptime, name = line.split()[:2]
            last = float(uptime.strip("[s]"))
            loaded.setdefault(name, last)
    begins = [0.0] + [loaded[first] for _, first in PHASES[1:]] + [last]
    seconds = {what: round(end - begin, 3) for (what, _), begin, end in zip(PHASES, begins, begins[1:])}
    return {**seconds, "launcher and end": round(wall - last, 3)}


def quickest(command, rounds):
    """Returns the phases of the round that took least."""
    return min((phases(command) for _ in range(rounds)), key=lambda seconds: sum(seconds.values()))


def measure(command):
    """Returns seconds of wall time and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/start")
    parser.add_argument("others", nargs="*", type=pathlib.Path, metavar="LIMPID", help="launchers to time beside ./limpid")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--smollm2", help="folder of a model that is explained as well")
    asked = parser.parse_args()
    works = {"--version": ["--version"], "explain, default model": ["explain", PROMPT]}
    if asked.smollm2:
        works["explain, SmolLM2-135M"] = ["explain", "--model", asked.smollm2, PROMPT]
    launchers = [machine.ROOT / "limpid", *(other.resolve() for other in asked.others)]
    facts = {**machine.facts(), "flags": os.environ.get("LIMPID_JAVA_OPTS", "").split()}
    out = machine.ROOT / "benchmarks/results" / f"{facts['date']}-{facts['commit']}-start.jsonl"
    print(f"{facts}, load {os.getloadavg()[0]:.1f}\n")
    print("| what | launcher | wall | least | processor | least |\n|---|---|---|---|---|---|")
    rows = []
    for what, arguments in works.items():
        commands = [[str(launcher), *arguments] for launcher in launchers]
        for command in commands:
            measure(command)  # the first start builds, and writes the class archive
        times = [[] for _ in commands]
        for i in range(asked.rounds):
            for j in range(len(commands))[:: 1 if i % 2 == 0 else -1]:
                times[j].append(measure(commands[j]))
        for command, pairs in zip(commands, times):
            wall, cpu = zip(*pairs)
            launcher = os.path.relpath(command[0], machine.ROOT)
            row = {"wall": statistics.median(wall), "least_wall": min(wall), "cpu": statistics.median(cpu), "least_cpu": min(cpu)}
            row = {name: round(seconds, 3) for name, seconds in row.items()}
            print(f"| {what} | {launcher} | " + " | ".join(f"{seconds:.3f} s" for seconds in row.values()) + " |", flush=True)
            rows.append({"what": what, "launcher": launcher, "rounds": asked.rounds, **row, **facts})
    explained = {what: arguments for what, arguments in works.items() if arguments[0] == "explain"}
    times = {what: quickest([str(launchers[0]), *arguments], asked.rounds) for what, arguments in explained.items()}
    print("\n| phase | " + " | ".join(times) + " |\n|---|" + "---|" * len(times))
    for phase in next(iter(times.values())):
        print(f"| {phase} | " + " | ".join(f"{seconds[phase]:.3f} s" for seconds in times.values()) + " |")
    rows += [{"what": f"{what}, phases", "rounds": asked.rounds, "seconds": seconds, **facts} for what, seconds in times.items()]
    out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    print(f"\nresults: {os.path.relpath(out, machine.ROOT)}")


if __name__ == "__main__":
    main()
