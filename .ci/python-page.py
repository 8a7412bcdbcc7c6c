"""Runs the blocks of docs/python.md as they stand there. Argument: the folder in which ./limpid lies."""

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(sys.argv[1]).resolve()
page = (root / "docs/python.md").read_text(encoding="utf-8")
blocks = re.findall(r"^```(sh|python|python torch)\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
assert {kind for kind, _ in blocks} == {"sh", "python", "python torch"}, "blocks of docs/python.md"

python = []
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    os.symlink(root / "limpid", "limpid")
    for kind, text in blocks:
        if kind == "sh":
            subprocess.run(["sh", "-eu", "-c", text], check=True)
        elif kind == "python torch" and not importlib.util.find_spec("torch"):
            print("docs/python.md: torch is not installed here, its block was left out", file=sys.stderr)
        else:
            python.append(text)
    exec(compile("\n".join(python), "docs/python.md", "exec"), {})
print(f"docs/python.md: {len(python)} Python blocks ran")
