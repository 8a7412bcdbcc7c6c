"""Times this version beside an earlier one that is built in another folder; benchmarks/beside builds both and calls this.

    python beside.py FOLDER RESULTS [--smollm2 FOLDER] [--rows ...] [--rounds 2] [--turns 5] [--processes 16]

Both sides of a row stay prepared and warm in processes of their own and have their turns alternately, before, now, now,
before, and so on; each round starts new processes. One row has this version on both sides: trace and graph.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import machine

DRIVER = "dev/limpid/benchmarks/compare/TimedBenchmark"
PROMPT = "When Mary and John went to the store, John gave a drink to"
FLAGS = ["-XX:+UseParallelGC", "-Xms4g", "-Xmx4g", "--add-modules", "jdk.incubator.vector"]
WARM = 1.5  # seconds of work
REST = 0.1  # seconds, in which the threads of the other side stop spinning
TURN = 0.3  # seconds that a turn takes at least
GROUPS = ["forward", "contributions", "routes", "graph", "explain"]


class Side:
    """A benchmark prepared in a process of its own."""

    def __init__(self, java, classes, jar, benchmark, parameters):
        given = [f"{name}={value}" for name, value in parameters.items()]
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [java, *FLAGS, "-cp", f"{classes}:{jar}", DRIVER.replace("/", "."), benchmark, *given],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.runs = 1

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            sys.exit("a side has ended: " + self.errors.read())
        return line.strip()

    def seconds(self, runs):
        self.process.stdin.write(f"{runs}\n")
        self.process.stdin.flush()
        return float(self.answer())

    def warm(self):
        spent, runs = 0.0, 0
        while spent < WARM or runs < 3:
            last = self.seconds(1)
            spent, runs = spent + last, runs + 1
        self.runs = max(1, round(TURN / last))

    def turn(self):
        """One run finds back into the caches, the others are timed."""
        time.sleep(REST)
        self.seconds(1)
        return self.seconds(self.runs)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.errors.close()


def alternately(before, now, turns):
    """Returns the seconds of both sides, in pairs of neighbours: before, now, now, before, ..."""
    pairs = []
    for i in range(turns):
        first, second = (before, now) if i % 2 == 0 else (now, before)
        one, other = first(), second()
        pairs.append((one, other) if i % 2 == 0 else (other, one))
    return pairs


def benchmark(asked, sides, parameters):
    """Times two benchmarks; sides are (jar, Class.method) of before and now."""
    pairs = []
    for _ in range(asked.rounds):
        before, now = both = [Side(asked.java, asked.classes, jar, work, parameters) for jar, work in sides]
        for side in both:
            side.answer()  # prepared at the same time
        for side in both:
            side.warm()
        now.runs = before.runs
        pairs += alternately(before.turn, now.turn, asked.turns)
        for side in both:
            side.close()
    return pairs


def explain(asked, options):
    """Times whole processes of the command."""
    commands = [[str(folder / "limpid"), "explain", *options, PROMPT] for folder in (asked.before, machine.ROOT)]
    said = [subprocess.run(command, check=True, capture_output=True).stdout for command in commands]
    if said[0] != said[1]:
        print("explain does not print the same on both sides", file=sys.stderr)

    def process(command):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began

    return alternately(lambda: process(commands[0]), lambda: process(commands[1]), asked.processes)


def rows(asked):
    """Yields what is timed, and the pairs of seconds when its turn comes."""
    jars = [folder / "benchmarks/target/benchmarks.jar" for folder in (asked.before, machine.ROOT)]
    shape = asked.shapes[-1]
    lengths = [t for t in asked.t if t > 16] or asked.t
    works = [("forward", "ForwardBenchmark.vector", shape, asked.t) for shape in asked.shapes]
    works += [("contributions", "ContributionsBenchmark.vector", shape, lengths), ("routes", "RoutesBenchmark.all", shape, lengths)]
    for group, work, of, counts in works:
        for t in counts if group in asked.rows else []:
            sides = [(jar, work) for jar in jars]
            yield f"{work}, {of}, T={t}", FLAGS, benchmark(asked, sides, {"shape": of, "t": t, "dtype": asked.dtype})
    for t in lengths[-1:] if "graph" in asked.rows else []:
        sides = [(jars[1], f"TraceAndGraphBenchmark.{way}") for way in ("full", "onePass")]
        pairs = benchmark(asked, sides, {"shape": shape, "t": t, "dtype": asked.dtype})
        yield f"TraceAndGraphBenchmark.onePass beside its full, {shape}, T={t}", FLAGS, pairs
    if "explain" in asked.rows:
        yield "explain, default model, whole process", [], explain(asked, [])
        if asked.smollm2:
            yield "explain, SmolLM2-135M, whole process", [], explain(asked, ["--model", asked.smollm2])


def milliseconds(seconds):
    return round(seconds * 1000, 3)


def result(pairs):
    before, now = [statistics.median(side) for side in zip(*pairs)]
    least = [min(side) for side in zip(*pairs)]
    ratios = [b / a for a, b in pairs]
    quarters = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return {
        "turns": len(pairs),
        "before": milliseconds(before),
        "now": milliseconds(now),
        "ratio": round(now / before, 3),
        "half_of_pairs": [round(quarters[0], 3), round(quarters[2], 3)],
        "least_before": milliseconds(least[0]),
        "least_now": milliseconds(least[1]),
        "ratio_of_least": round(least[1] / least[0], 3),
        "unit": "ms",
    }


def names(text):
    return text.split(",")


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/beside")
    parser.add_argument("before", type=pathlib.Path, help="folder in which the earlier version is built")
    parser.add_argument("results", type=pathlib.Path, help="file of JSON lines that results are added to")
    parser.add_argument("--smollm2", help="folder of a model that explain is timed with as well")
    parser.add_argument("--rows", type=names, default=GROUPS, help="some of " + ",".join(GROUPS))
    parser.add_argument("--shapes", type=names, default=["GPT2", "SMOLLM2"],
                        help="of the forward pass; the others have the last of them")
    parser.add_argument("--t", type=lambda text: [int(t) for t in names(text)], default=[16, 128, 512],
                        help="positions; only the forward pass is timed with 16")
    parser.add_argument("--dtype", default="F16", help="of the weights")
    parser.add_argument("--rounds", type=int, default=2, help="new processes for each row")
    parser.add_argument("--turns", type=int, default=5, help="of each side in a round")
    parser.add_argument("--processes", type=int, default=16, help="of explain on each side")
    asked = parser.parse_args()
    asked.before = asked.before.resolve()
    unknown = set(asked.rows) - set(GROUPS)
    if unknown:
        parser.error(f"no rows {unknown}")
    asked.java = subprocess.check_output([machine.ROOT / "mvnj", "--java-home"], text=True).strip() + "/bin/java"
    facts = machine.facts()
    commit = subprocess.check_output(["git", "-C", asked.before, "describe", "--always", "--dirty"], text=True).strip()
    print(f"| what | {commit} | now | ratio | half of the pairs | least {commit} | least now | ratio |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as classes, open(asked.results, "a", encoding="utf-8") as results:
        # Alone, so that everything else is the side's own.
        driver = pathlib.Path(classes, DRIVER + ".class")
        driver.parent.mkdir(parents=True)
        shutil.copy(machine.ROOT / "benchmarks/target/classes" / (DRIVER + ".class"), driver)
        asked.classes = classes
        for what, flags, pairs in rows(asked):
            r = result(pairs)
            low, high = r["half_of_pairs"]
            print(f"| {what} | {r['before']:.2f} ms | {r['now']:.2f} ms | {r['ratio']:.3f} | {low:.3f} to {high:.3f} | "
                  f"{r['least_before']:.2f} ms | {r['least_now']:.2f} ms | {r['ratio_of_least']:.3f} |", flush=True)
            print(json.dumps({"what": what, "beside": commit, **r, **facts, "flags": flags}), file=results, flush=True)


if __name__ == "__main__":
    main()
