"""Runs a command some times and prints what one run costs, as one JSON line.

    python process.py LABEL ROUNDS COMMAND...

Seconds are medians over the runs after the first, which is left out; memory is the largest of all.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time

import machine

label, rounds, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
seconds, cpu = [], []
for i in range(rounds + 1):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds.append(time.perf_counter() - began)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
later = slice(1, None) if rounds > 0 else slice(None)
print(json.dumps({
    "what": label,
    "rounds": max(rounds, 1),
    "seconds": round(statistics.median(seconds[later]), 3),
    "cpu_seconds": round(statistics.median(cpu[later]), 3),
    "resident_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    **machine.facts(),
    "flags": os.environ.get("LIMPID_JAVA_OPTS", "").split(),
}))
