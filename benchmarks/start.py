"""Times whole processes of the command, and their phases; benchmarks/start explains it.

Each round runs every command once, in an order that turns round each time. Printed are the medians, and the least, of wall
time and of processor time: the least is what the machine can do, where others share it.

Which threads had the processors is told by the system's count for each, asked all the time until the process ends.

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

# Kinds of threads, by how the system's names of them begin.
THREADS = {
    "java": "main thread",
    "main": "main thread",
    "C1": "compiler C1",
    "C2": "compiler C2",
    "limpid-warm": "warm-up of kernels",
    "limpid": "workers",
}
OTHERS = "the rest of the JVM"


def table(heading, columns):
    """Prints a table with a column of seconds for every command."""
    print(f"\n| {heading} | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for row in next(iter(columns.values())):
        print(f"| {row} | " + " | ".join(f"{seconds[row]:.3f} s" for seconds in columns.values()) + " |")


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


def quickest(asked, command, rounds):
    """Returns the seconds of the round that took least."""
    return min((asked(command) for _ in range(rounds)), key=lambda seconds: sum(seconds.values()))


def threads(command):
    """Returns the processor seconds of each kind of thread; those of the launcher, which becomes java, are with the main thread's."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    folder = pathlib.Path(f"/proc/{process.pid}/task")
    used = {}
    while process.poll() is None:
        try:
            for thread in folder.iterdir():
                used[thread.name] = (thread / "comm").read_text().strip(), int((thread / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass  # a thread that ended while it was asked
        time.sleep(0.005)
    kinds = dict.fromkeys([*THREADS.values(), OTHERS], 0.0)
    for name, nanos in used.values():
        kinds[next((kind for start, kind in THREADS.items() if name.startswith(start)), OTHERS)] += nanos / 1e9
    return {kind: round(seconds, 3) for kind, seconds in kinds.items()}


def name(launcher):
    """Returns what a launcher belongs to: the distribution, or a commit."""
    folder = launcher.parent
    if not (folder / "mvnj").exists():
        return "the distribution"
    return subprocess.run(["git", "describe", "--always", "--dirty"], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


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
            launcher = name(pathlib.Path(command[0]))
            row = {"wall": statistics.median(wall), "least_wall": min(wall), "cpu": statistics.median(cpu), "least_cpu": min(cpu)}
            row = {figure: round(seconds, 3) for figure, seconds in row.items()}
            print(f"| {what} | {launcher} | " + " | ".join(f"{seconds:.3f} s" for seconds in row.values()) + " |", flush=True)
            rows.append({"what": what, "launcher": launcher, "rounds": asked.rounds, **row, **facts})
    explained = {what: arguments for what, arguments in works.items() if arguments[0] == "explain"}
    for heading, profile in [("phase, wall time", phases), ("threads, processor time", threads)]:
        times = {what: quickest(profile, [str(launchers[0]), *arguments], asked.rounds) for what, arguments in explained.items()}
        table(heading, times)
        rows += [{"what": f"{what}, {heading}", "rounds": asked.rounds, "seconds": seconds, **facts} for what, seconds in times.items()]
    out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    print(f"\nresults: {os.path.relpath(out, machine.ROOT)}")


if __name__ == "__main__":
    main()
