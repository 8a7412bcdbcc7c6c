"""Prints results of JMH (-prof gc -rf json) as JSON lines, each with what it was measured on.

    python jmh.py RESULT.json
"""

import json
import sys

import machine

where = machine.facts()
for result in json.load(open(sys.argv[1], encoding="utf-8")):
    metric = result["primaryMetric"]
    allocated = result["secondaryMetrics"].get("gc.alloc.rate.norm")
    print(json.dumps({
        "what": result["benchmark"].removeprefix("dev.limpid.benchmarks."),
        **result.get("params", {}),
        "score": round(metric["score"], 5),
        "error": None if metric["scoreError"] == "NaN" else round(metric["scoreError"], 5),
        "unit": metric["scoreUnit"],
        "iterations": result["forks"] * result["measurementIterations"],
        "bytes_a_call": round(allocated["score"]) if allocated else None,
        **where,
        "flags": result["jvmArgs"],
    }))
