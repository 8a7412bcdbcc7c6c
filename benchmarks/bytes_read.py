"""Runs a command and prints how many bytes it read of a model's files from the disk, file by file and as one JSON line.

    python bytes_read.py MODEL_FOLDER COMMAND...

So that a second reading of the same bytes comes from the disk as well, a file that has rested for a while leaves the
page cache, but for what is mapped and in use. Each file's part is what came into the page cache; the sum is beside what
Linux says that the process had fetched, which counts its jars and classes too. Needs Linux, a model of one's own on a
disk, and that nobody else reads it. Layers should take seconds: reading anew within one pause is not seen.
"""

import ctypes
import json
import mmap
import os
import pathlib
import subprocess
import sys
import time

import machine

PAUSE = 0.3  # seconds
BLOCK = 512  # bytes, in which Linux counts what was fetched

libc = ctypes.CDLL(None, use_errno=True)

folder, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
files = sorted(path for path in folder.iterdir() if path.suffix in {".safetensors", ".gguf"})
if not files or not command:
    sys.exit(__doc__)
opened = [os.open(path, os.O_RDONLY) for path in files]


def resident(file):
    """Returns the bytes of a file that are in the page cache."""
    with mmap.mmap(file, 0, access=mmap.ACCESS_COPY) as pages:
        start = ctypes.c_char.from_buffer(pages)
        there = ctypes.create_string_buffer(-(-len(pages) // mmap.PAGESIZE))
        failed = libc.mincore(ctypes.byref(start), ctypes.c_size_t(len(pages)), there)
        del start  # else the mapping could not end
    if failed:
        sys.exit("mincore: " + os.strerror(ctypes.get_errno()))
    return there.raw.count(1) * mmap.PAGESIZE


def drop(file):
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


for file in opened:
    os.fsync(file)  # what is still to be written stays
    drop(file)
before = [resident(file) for file in opened]
read = [0] * len(files)
began = time.perf_counter()
process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
ended = 0
while not ended:
    time.sleep(PAUSE)
    ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    for i, file in enumerate(opened):
        now = resident(file)
        read[i] += max(0, now - before[i])
        if 0 < now == before[i]:
            drop(file)
            now = resident(file)
        before[i] = now
if status != 0:
    sys.exit(os.waitstatus_to_exitcode(status))

sizes = [path.stat().st_size for path in files]
print("| file | MB | MB read | times |\n|---|---|---|---|")
for path, size, part in [*zip(files, sizes, read), ("all", sum(sizes), sum(read))]:
    print(f"| {getattr(path, 'name', path)} | {size / 1e6:.1f} | {part / 1e6:.1f} | {part / size:.2f} |")
print(json.dumps({
    "what": "bytes read: " + " ".join(command),
    "model_mb": round(sum(sizes) / 1e6, 1),
    "read_mb": round(sum(read) / 1e6, 1),
    "times": round(sum(read) / sum(sizes), 3),
    "fetched_mb": round(usage.ru_inblock * BLOCK / 1e6, 1),
    "seconds": round(time.perf_counter() - began, 1),
    **machine.facts(),
    "flags": os.environ.get("LIMPID_JAVA_OPTS", "").split(),
}))
