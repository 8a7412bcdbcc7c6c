"""What a result was measured on."""

import datetime
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def _output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def facts():
    """Returns date, commit, processor, threads and JDK."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    release = pathlib.Path(_output("./mvnj", "--java-home"), "release").read_text(encoding="utf-8")
    jdk = re.search(r'JAVA_RUNTIME_VERSION="(.*)"', release)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "commit": _output("git", "describe", "--always", "--dirty"),
        "cpu": cpu.group(1) if cpu else os.uname().machine,
        "threads": os.cpu_count(),
        "jdk": jdk.group(1) if jdk else "unknown",
    }
