"""How fast the tokenizers and their page are: `python -m tests.benchmarks.tokens_speed [--browser [HOME]]`.

Ids alone in MB/s beside Hugging Face's tokenizers with the same vocabulary in the same run; with --browser, what a
person waits: from the key to the redrawn columns, and for 100,000 characters.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

TEXT = ("The quick brown fox jumps over the lazy dog. El niño comió piñas en la mañana. Größe, Übung und Äpfel. "
        "片仮名 漢字 お誕生日おめでとう 🤖 def area(r): return 3.14159 * r ** 2\n")


def seconds(*calls, repeats: int = 4) -> list[float]:
    """The fastest of some runs of each, in seconds; turn by turn, so that a busy machine is as hard on all."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(repeats):
        for call, times in zip(calls, found, strict=True):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
    return [min(times) for times in found]


def engines() -> None:
    import tokenizers as hf
    from tokenizers import Regex, models, pre_tokenizers

    from core.tokens import gguf, pack, tokenizers

    text = TEXT * (1_000_000 // len(TEXT.encode()) + 1)
    megabytes = len(text.encode()) / 1e6
    for key in ("gpt-2", "qwen-2"):
        if not pack.path_of(key).exists():
            print(f"{key}: not on this machine (python -m core.tokens.pack)")
            continue
        ours = tokenizers.load(key)
        head = gguf.read(pack.path_of(key)).metadata
        names = {piece.decode(): i for i, piece in enumerate(head["tokenizer.ggml.tokens"])}
        merges = [tuple(merge.decode().split(" ", 1)) for merge in head["tokenizer.ggml.merges"]]
        theirs = hf.Tokenizer(models.BPE(names, merges))
        theirs.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(ours.patterns[0]), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        assert ours.ids(text) == theirs.encode(text, add_special_tokens=False).ids
        report(key, megabytes, *seconds(lambda made=ours: made.ids(text), lambda made=theirs: made.encode(text).ids))
    bert = tokenizers.load("bert")
    report("bert", megabytes, *seconds(lambda: bert.ids(text),
                                       lambda: bert.engine.encode(text, add_special_tokens=False).ids))
    for key in ("mistral-v3", "tekken"):
        made = tokenizers.load(key)
        print(f"{key:12} {megabytes / seconds(lambda made=made: made.ids(text))[0]:6.1f} MB/s")


def report(key: str, megabytes: float, ours: float, theirs: float) -> None:
    print(f"{key:12} {megabytes / ours:6.1f} MB/s, Hugging Face {megabytes / theirs:6.1f} MB/s: "
          f"ratio {theirs / ours:.2f}")


def page() -> None:
    """Times measured inside the page: from the input event to the columns' last change."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM_FLAGS, Server
    from tests.conftest import ROOT

    home = Path(sys.argv[sys.argv.index("--browser") + 1]) if len(sys.argv) > 2 else ROOT
    server = Server(str(home))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
            window = browser.new_page(viewport={"width": 1280, "height": 800})
            window.goto(f"{server.url}/tokens?tokens_with=BERT+(MiniLM)&tokens_with=Mistral+v3&tokens_with=Mistral+Tekken"
                        "&tokens_with=Mistral+v1")
            window.locator(".column .token").first.wait_for(timeout=120_000)
            window.wait_for_timeout(3000)
            edits = [timed(window, TEXT[:40] * 12 + str(number) * 20) for number in range(7)]
            print(f"an edit of 500 characters, four tokenizers: median {statistics.median(edits):.0f} ms, "
                  f"fastest {min(edits):.0f} ms")
            huge = TEXT * (100_000 // len(TEXT) + 1)
            times = [timed(window, str(number) + huge[:99_999]) for number in range(4)]
            print(f"100,000 characters on screen: median {statistics.median(times):.0f} ms, "
                  f"fastest {min(times):.0f} ms")
            browser.close()
        print(f"the server's process: {server.memory_mb():.0f} MB")
    finally:
        server.stop()


def timed(window, text: str) -> float:
    """Milliseconds from putting in `text` to the change of the columns."""
    return window.evaluate("""text => new Promise(done => {
        const every = node => [...node.querySelectorAll('*')].flatMap(
            e => e.shadowRoot ? [e, ...every(e.shadowRoot)] : [e]);
        const root = every(document).find(e => e.classList.contains('tl-tokens'));
        const area = document.querySelector('.st-key-tokens_text textarea');
        const start = performance.now();
        new MutationObserver((_, watcher) => { watcher.disconnect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))); })
          .observe(root, { childList: true });
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(area, text);
        area.dispatchEvent(new Event('input', { bubbles: true }));
    })""", text)


if __name__ == "__main__":
    if "--browser" in sys.argv:
        page()
    else:
        engines()
