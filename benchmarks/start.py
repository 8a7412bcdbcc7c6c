"""Times whole processes of the command; benchmarks/start explains it.

Each round runs every command once, in an order that turns round each time. Printed are the medians, and the least, of wall
time and of processor time: the least is what the machine can do, where others share it.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import time

import machine

PROMPT = "When Mary and John went to the store, John gave a drink to"


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
    load = os.getloadavg()[0]
    print(f"{machine.facts()}, load {load:.1f}\n")
    print("| what | launcher | wall | least | processor | least |\n|---|---|---|---|---|---|")
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
            print(f"| {what} | {os.path.relpath(command[0], machine.ROOT)} | {statistics.median(wall):.3f} s | {min(wall):.3f} s "
                  f"| {statistics.median(cpu):.3f} s | {min(cpu):.3f} s |", flush=True)


if __name__ == "__main__":
    main()
