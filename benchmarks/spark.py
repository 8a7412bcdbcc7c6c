"""Prompts a second of `limpid corpus` and of the same corpus as a job on Spark with two cores, both with the same flags of Java.

    python spark.py --limpid ./limpid --spark-submit spark-submit --jar corpus-spark-job.jar --model FOLDER --out RESULTS [--rounds 3]

Whole processes, on few prompts and on many in turn: what many take longer is theirs alone, without the start of a program, of
Spark and of the model. Prompts are 8 to 32 ids each. The two leave the same bytes, which is checked.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import machine

CORES = 2
# Those of the launcher, which come first there, and those that the job needs; one heap for both.
FLAGS = [
    "-XX:+UseSerialGC", "-XX:PretenureSizeThreshold=512k", "-XX:+UnlockDiagnosticVMOptions", "-XX:-DisplayVMOutput",
    f"-XX:CompilerDirectivesFile={machine.ROOT / 'explorer/src/main/launcher/compiler.json'}", "--add-modules=jdk.incubator.vector"]
HEAP = "2g"


def seconds(command):
    began = time.perf_counter()
    options = {"LIMPID_JAVA_OPTS": " ".join([*FLAGS, f"-Xmx{HEAP}"])}
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | options)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr[-2000:]}")
    return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser()
    for name in ("limpid", "spark-submit", "jar", "model", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--few", type=int, default=64)
    parser.add_argument("--many", type=int, default=448)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)

        def prompts(count):
            lines = [json.dumps({"tokens": [random.randrange(5, 400) for _ in range(random.randint(8, 32))]}) for _ in range(count)]
            file = home / f"{count}.jsonl"
            file.write_text("\n".join(lines), encoding="utf-8")
            return file

        files = prompts(given.few), prompts(given.many)

        def limpid(file):
            # A folder of its own each time: a run that is complete is not gone on with.
            return [given.limpid, "corpus", file, "--model", given.model, "--threads", str(CORES), "--out", home / f"limpid-{file.stem}"]

        def spark(file):
            return [given.spark_submit, "--master", f"local[{CORES}]",
                    "--driver-java-options", " ".join(FLAGS), "--driver-memory", HEAP,
                    "--class", "dev.limpid.corpus.spark.CorpusJob", given.jar,
                    "--model", given.model, "--in", file, "--out", home / f"spark-{file.stem}"]

        rates = {limpid: [], spark: []}
        starts = {limpid: [], spark: []}
        for _ in range(given.rounds):
            for side in rates:
                few, many = (seconds(list(map(str, side(file)))) for file in files)
                rates[side].append((given.many - given.few) / (many - few))
                starts[side].append(few - given.few / rates[side][-1])
        for name in ("summary.json", "heads.csv", "mlps.csv", "examples.jsonl"):
            pair = [(home / f"{side}-{given.many}" / name).read_bytes() for side in ("limpid", "spark")]
            if pair[0] != pair[1]:
                sys.exit(f"{name}: not the same bytes")
    ours, theirs = statistics.median(rates[limpid]), statistics.median(rates[spark])
    line = {
        "what": f"{pathlib.Path(given.model).name}: corpus of prompts of 8 to 32 tokens on Spark local[{CORES}]", "peer": "limpid corpus",
        "rounds": given.rounds, "spark_prompts_a_second": round(theirs, 2), "limpid_prompts_a_second": round(ours, 2),
        "ratio": round(theirs / ours, 3), "goal": ">= 0.8", "reached": theirs / ours >= 0.8,
        "spark_start_seconds": round(statistics.median(starts[spark]), 1),
        "limpid_start_seconds": round(statistics.median(starts[limpid]), 1), **machine.facts(),
        "flags": [flag.replace(f"{machine.ROOT}/", "") for flag in [*FLAGS, f"-Xmx{HEAP}"]]}
    print(json.dumps(line))
    with open(given.out, "a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
