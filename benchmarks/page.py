"""Measures the page of limpid serve; benchmarks/page explains it.

Times are those of the page's own clock, from the event to the second frame after what it led to stands in the document, so
that it has been painted. Frames while panning are the times between animation frames as the picture scrolls 12 pixels in
each; without a display Chromium makes 60 of them a second at most.
"""

import argparse
import gzip
import json
import pathlib
import re
import signal
import statistics
import subprocess
import time
import urllib.parse
import urllib.request

from playwright.sync_api import sync_playwright

import machine

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "explorer/src/main/resources/dev/limpid/explorer/serve/page"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
DEMO = "When Mary and John went to the store, John gave a drink to"
SENTENCE = "Marie Curie was born in Warsaw and moved to Paris, where she studied physics and won two prizes. "
LAST = "The city in which Marie Curie was born is called"

# Runs an action, waits until a condition holds and two frames have passed; returns milliseconds.
UNTIL = """async ([act, holds]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const start = performance.now();
  eval(act);
  while (!eval(holds)) await frame();
  await frame();
  await frame();
  return performance.now() - start;
}"""

# Scrolls the picture from its right end to the left, and back; returns the milliseconds between frames.
PAN = """async (frames) => {
  const stage = document.querySelector('.stage');
  const times = [];
  let last = performance.now();
  let step = -12;
  for (let i = 0; i < frames; i++) {
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    times.push(now - last);
    last = now;
    if (stage.scrollLeft <= 0) step = 12;
    stage.scrollLeft += step;
  }
  return times.slice(1);
}"""


def address(**parameters):
    """Returns a fragment."""
    return "#" + urllib.parse.urlencode(parameters)


def text_of(tokens):
    """Returns a text of about so many tokens of SmolLM2: 21 of each sentence, 10 of the last."""
    return SENTENCE * ((tokens - 10) // 21) + LAST


class Server:
    """The command, from its start."""

    def __init__(self, launcher, model=None):
        start = time.perf_counter()
        command = [launcher, "serve", "--port", "0"] + (["--model", model] if model else [])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        self.up = time.perf_counter() - start

    def get(self, path):
        """Returns the bytes of an answer."""
        with urllib.request.urlopen(self.url + path) as answer:
            return answer.read()

    def resident(self):
        """Returns the bytes that the process holds, in its largest child where a launcher started it."""
        pids = [self.process.pid]
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) in pids:
                pids.append(int(stat.parent.name))
        sizes = [re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()) for pid in pids]
        return max(int(size.group(1)) * 1024 for size in sizes if size)

    def end(self):
        """Ends it."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


class Figures:
    """What was measured, with the goal of each where there is one; written as it comes."""

    def __init__(self, facts, out):
        self.facts = facts
        self.out = out
        out.write_text("", encoding="utf-8")

    def add(self, what, unit, value, goal=None, **more):
        """Takes a figure, and prints it."""
        line = {"what": what, "unit": unit, "value": round(value, 3), **({"goal": goal} if goal else {}), **more, **self.facts}
        with self.out.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")
        print(f"{what}: {line['value']} {unit}" + (f" (goal: {goal})" if goal else ""), flush=True)


def opened(browser, server, fragment):
    """Opens the page for the first time; returns it and the seconds until its river stands."""
    # The page's policy would not let what is measured be said as text.
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    context.add_init_script("localStorage.setItem('limpid.hint', 'closed')")
    page = context.new_page()
    start = time.perf_counter()
    page.goto(server.url + fragment)
    page.wait_for_selector(".river canvas, [aria-label=Estimate] button", timeout=600_000)
    asked = page.locator("[aria-label=Estimate] button")
    if asked.count() > 0:  # what takes long is asked about first
        asked.first.click()
    page.wait_for_selector(".river canvas", timeout=600_000)
    page.evaluate(UNTIL, ["", "true"])
    return page, time.perf_counter() - start


def settle(page):
    """Waits until nothing is asked and painted any more, and neighbouring stops are there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)


def steps(page, figures):
    """A neighbouring threshold, another target."""
    slider = "document.querySelector('[role=slider]')"
    times = []
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft"]:
        settle(page)
        before = page.evaluate(f"{slider}.getAttribute('aria-valuenow')")
        act = f"{slider}.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))"
        times.append(page.evaluate(UNTIL, [act, f"{slider}.getAttribute('aria-valuenow') !== '{before}'"]))
    figures.add("threshold, a neighbouring stop, to the eye", "ms", statistics.median(times), "< 100", most=round(max(times), 1))
    times = []
    for position in [13, 12, 11, 10]:
        settle(page)
        radio = f"document.querySelector('[data-position=\"{position}\"]')"
        times.append(page.evaluate(UNTIL, [f"{radio}.click()", f"{radio}.getAttribute('aria-checked') === 'true'"]))
    figures.add("another target, first time", "ms", statistics.median(times), "< 50", most=round(max(times), 1))
    settle(page)
    radio = "document.querySelector('[data-position=\"12\"]')"
    again = page.evaluate(UNTIL, [f"{radio}.click()", f"{radio}.getAttribute('aria-checked') === 'true'"])
    figures.add("another target, seen before", "ms", again, "< 50")


def heads(page, figures, what, goal):
    """From a connection of the list to its heads."""
    listed = "document.querySelector('ul[aria-label=\"Largest steps between tokens\"] button')"
    there = "document.querySelector('[role=listbox][aria-label=\"Heads of this connection\"]')"
    settle(page)
    figures.add(what, "ms", page.evaluate(UNTIL, [f"{listed}.click()", f"{there} !== null"]), goal)


def pan(page, figures, what, frames):
    """Frames while the picture scrolls."""
    settle(page)
    times = sorted(page.evaluate(PAN, frames))
    figures.add(what, "ms a frame", statistics.median(times), "16.7", p95=round(times[int(len(times) * 0.95)], 1),
                width=page.evaluate("document.querySelector('.stage').scrollWidth"),
                edges=page.evaluate("document.querySelector('output').textContent"))


def heap(context, page):
    """Returns the bytes that scripts of a page hold, after garbage collection."""
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return metrics["JSHeapUsedSize"]


def default_model(browser, launcher, figures):
    """The first minute with the default model, from the second start of the command on: the first one builds."""
    Server(launcher).end()
    server = Server(launcher)
    figures.add("server up", "s", server.up, "< 3")
    page, first = opened(browser, server, "")
    figures.add("first route on screen after the server is up", "s", first, "< 2")
    steps(page, figures)
    page, _ = opened(browser, server, "")
    heads(page, figures, "connection to heads, default model", "< 150")
    server.end()


def real_model(browser, launcher, model, figures):
    """SmolLM2, and long texts."""
    server = Server(launcher, model)
    name = json.loads(server.get("api/status"))["default_model"]
    page, _ = opened(browser, server, address(m=name, p=text_of(64)))
    heads(page, figures, "connection to heads, SmolLM2, 64 tokens", "< 400")
    trace = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name).find((n) => n.includes('/routes'))")
    of = re.search(r"api/traces/[0-9a-f]{16}", trace).group(0)
    for threshold in ["0.04", "0.005"]:
        bytes_ = len(server.get(f"{of}/routes?threshold={threshold}"))
        figures.add(f"route's JSON, SmolLM2, 64 tokens, threshold {threshold}", "MB", bytes_ / 1e6, "< 3")
    page.context.close()
    page, seconds = opened(browser, server, address(m=name, p=text_of(500), tau="0.01", fold="off"))
    figures.add("SmolLM2, 500 tokens, from the address to the river", "s", seconds)
    pan(page, figures, "panning, 500 tokens", 240)
    server.end()


def long_texts(browser, launcher, model, figures):
    """SmolLM2 with as much as it reads, in a server of its own."""
    server = Server(launcher, model)
    name = json.loads(server.get("api/status"))["default_model"]
    page, seconds = opened(browser, server, address(m=name, p=text_of(2000)))
    figures.add("SmolLM2, 2,000 tokens, from the address to the river", "s", seconds)
    settle(page)
    figures.add("2,000 tokens, memory of the page's scripts", "MB", heap(page.context, page) / 1e6, "< 200")
    page.context.close()
    before = json.loads(server.get("api/status"))["cache"]["bytes"]
    page, seconds = opened(browser, server, address(m=name, p=text_of(1500)))
    figures.add("SmolLM2, 1,500 tokens, from the address to the river", "s", seconds)
    cache = json.loads(server.get("api/status"))["cache"]
    figures.add("kept of the trace of 1,500 tokens", "MB", (cache["bytes"] - before) / 1e6, "about 200",
                traces=cache["traces"], resident_mb=round(server.resident() / 1e6))
    page.context.close()
    server.end()


def main():
    """Measures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--launcher", default=str(ROOT / "limpid"))
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--smollm2")
    parser.add_argument("--rows", default="default,real,long")
    parser.add_argument("--out")
    options = parser.parse_args()
    facts = machine.facts()
    out = pathlib.Path(options.out or ROOT / f"benchmarks/results/{facts['date']}-{facts['commit']}-page.jsonl")
    figures = Figures(facts, out)
    packed = sum(len(gzip.compress((PAGE / f).read_bytes())) for f in ["index.html", "index.css", "page.js"])
    figures.add("page, compressed", "kB", packed / 1e3, "< 150")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        figures.facts = {**facts, "chromium": browser.version}
        rows = options.rows.split(",")
        if "default" in rows:
            default_model(browser, options.launcher, figures)
        if "real" in rows and options.smollm2:
            real_model(browser, options.launcher, options.smollm2, figures)
        if "long" in rows and options.smollm2:
            long_texts(browser, options.launcher, options.smollm2, figures)
        browser.close()
    print(f"wrote {out}")


if __name__ == "__main__":
    main()
