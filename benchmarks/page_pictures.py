#!/usr/bin/env python3
"""Takes the pictures of docs/explorer.md and README.md anew, with the page as it is; needs what benchmarks/page needs.

    venv/bin/python benchmarks/page_pictures.py --smollm2 FOLDER [--chromium /usr/bin/chromium] [--launcher ./limpid]

Without --smollm2 the picture of a long text stays as it is.
"""

import argparse

from playwright.sync_api import sync_playwright

from page import FLAGS, ROOT, Server, address, opened, settle

OUT = ROOT / "docs/pictures"
VIEWS = {
    "explorer": {},
    "explorer-connection": {"sel": "I1_2>A2_14"},
    "explorer-mlp": {"sel": "M2_14", "n": 71},
    "explorer-contrast": {"a": " Mary", "b": " Ruth"},
    "explorer-lens": {"v": "lens"},
}
LONG = ("Marie Curie was born in Warsaw and later moved to Paris, where she studied physics and chemistry. She was the first woman "
        "to win a Nobel Prize, and she won it a second time. The city in which Marie Curie was born is called")


def take(browser, server, name, first, view):
    """Opens a text, then a view of it, and saves that."""
    page, _ = opened(browser, server, address(**first))
    settle(page)
    if view:
        page.evaluate("f => { location.hash = f; }", address(**view))
        settle(page)
    page.screenshot(path=OUT / f"{name}.png")
    page.context.close()
    print(OUT / f"{name}.png", flush=True)


def main():
    """Takes all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--launcher", default=str(ROOT / "limpid"))
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--smollm2")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        server = Server(options.launcher)
        for name, view in VIEWS.items():
            take(browser, server, name, {}, view)
        server.end()
        if options.smollm2:
            server = Server(options.launcher, options.smollm2)
            take(browser, server, "explorer-long", {"p": LONG}, {})
            server.end()
        browser.close()


if __name__ == "__main__":
    main()
