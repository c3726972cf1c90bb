"""How fast the tokenizers and their page are: `python -m tests.benchmarks.tokens_speed [--browser [HOME]]`.

Ids alone in MB/s beside Hugging Face's tokenizers with the same vocabulary in the same run; with --browser, what a
person waits: from the key to the redrawn columns, and for 100,000 characters.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

TEXT = (
    "The quick brown fox jumps over the lazy dog. El niño comió piñas en la mañana. Größe, Übung und Äpfel. "
    "片仮名 漢字 お誕生日おめでとう 🤖 def area(r): return 3.14159 * r ** 2\n"
)


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
    """Every family's ids beside Hugging Face's engine with the same vocabulary, which must give the same ids."""
    from core.tokens import pack, tokenizers

    text = TEXT * (1_000_000 // len(TEXT.encode()) + 1)
    megabytes = len(text.encode()) / 1e6
    for key, same in (
        ("gpt-2", byte_level),
        ("llama-3", byte_level),
        ("qwen-2", byte_level),
        ("llama-2", by_scores),
        ("xlm-r", unigram),
        ("gemma-4", own_engine),
        ("bert", own_engine),
    ):
        if key != "bert" and not pack.path_of(key).exists():
            print(f"{key}: not on this machine (python -m core.tokens.pack)")
            continue
        ours = tokenizers.load(key)
        theirs = same(key, ours)
        assert ours.ids(text) == theirs.encode(text, add_special_tokens=False).ids, key
        times = seconds(
            lambda made=ours: made.ids(text),
            lambda made=theirs: made.encode(text).ids,
            lambda made=theirs: made.encode_batch_fast([text])[0].ids,
        )
        print(
            f"{key:12} {megabytes / times[0]:6.1f} MB/s, Hugging Face {megabytes / times[1]:6.1f} MB/s "
            f"(without places {megabytes / times[2]:.1f}): ratio {min(times[1:]) / times[0]:.2f}",
            flush=True,
        )
    for key in ("mistral-v3", "tekken"):
        made = tokenizers.load(key)
        print(f"{key:12} {megabytes / seconds(lambda made=made: made.ids(text))[0]:6.1f} MB/s")


def own_engine(_key: str, ours: Any) -> Any:
    """These are run by Hugging Face's engine here too: as it is, without our cutting into stretches."""
    return ours.engine


def byte_level(key: str, ours: Any) -> Any:
    import tokenizers as hf
    from tokenizers import Regex, models, normalizers, pre_tokenizers

    head = header(key)
    names = {piece.decode(): i for i, piece in enumerate(head["tokenizer.ggml.tokens"])}
    merges = [tuple(merge.decode().split(" ", 1)) for merge in head["tokenizer.ggml.merges"]]
    theirs = hf.Tokenizer(models.BPE(names, merges, ignore_merges=ours.engine.whole_pieces_first))
    if ours.normal_form:
        theirs.normalizer = normalizers.NFC()
    theirs.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(ours.patterns[0]), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return theirs


def by_scores(key: str, _ours: Any) -> Any:
    """SentencePiece byte pairs as merges: every way to put a piece together from two others, by the piece's place."""
    import tokenizers as hf
    from tokenizers import models, normalizers

    names = {piece.decode(): i for i, piece in enumerate(header(key)["tokenizer.ggml.tokens"])}
    merges = [
        (piece[:cut], piece[cut:])
        for piece in sorted(names, key=names.__getitem__)
        for cut in range(1, len(piece))
        if piece[:cut] in names and piece[cut:] in names and piece[0] != "<"
    ]
    theirs = hf.Tokenizer(models.BPE(names, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    theirs.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return theirs


def unigram(key: str, _ours: Any) -> Any:
    import tokenizers as hf
    from tokenizers import Regex, models, normalizers, pre_tokenizers

    head = header(key)
    scores = head["tokenizer.ggml.scores"].tolist()
    pieces = [(piece.decode(), score) for piece, score in zip(head["tokenizer.ggml.tokens"], scores, strict=True)]
    theirs = hf.Tokenizer(models.Unigram(pieces, int(head["tokenizer.ggml.unknown_token_id"]), False))
    charsmap = head["tokenizer.ggml.precompiled_charsmap"].astype("u1").tobytes()
    theirs.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(charsmap), normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    theirs.pre_tokenizer = pre_tokenizers.Metaspace()
    return theirs


def header(key: str) -> dict[str, Any]:
    from core.models.gguf.reader import read_head
    from core.tokens import pack

    return read_head(pack.path_of(key)).metadata


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
            window.goto(
                f"{server.url}/tokens?tokens_with=BERT+(MiniLM)&tokens_with=Mistral+v3&tokens_with=Mistral+Tekken"
                "&tokens_with=Mistral+v1"
            )
            window.locator(".column .token").first.wait_for(timeout=120_000)
            window.wait_for_timeout(15_000)  # the server's own warm-up is over by then
            huge = TEXT * (100_000 // len(TEXT) + 1)
            for what, texts in (
                ("a letter typed before 480", [f"{number}{TEXT[:40] * 12}" for number in range(701, 719)]),
                (
                    "another, and all stands further behind",
                    [f"{number}{'xy' * (number - 600)} {TEXT[:40] * 12}" for number in range(601, 619)],
                ),
                (
                    "a letter typed after 480",
                    [f"{TEXT[:40] * 12}{'xy' * (number - 500)}{number}" for number in range(501, 519)],
                ),
                (
                    "500 characters, all of them others",
                    [f"{number} {(TEXT * 5)[37 * (number - 800) :]}"[:500] for number in range(801, 819)],
                ),
                ("100,000 characters on screen", [f"{number} {huge}"[:100_000] for number in range(901, 910)]),
            ):
                times = [timed(window, text) for text in texts][2:]  # the first two warm up
                print(
                    f"{what}, four tokenizers: median {statistics.median(times):.0f} ms, fastest {min(times):.0f}, "
                    f"nine of ten within {statistics.quantiles(times, n=10)[-1]:.0f}, slowest {max(times):.0f} of "
                    f"{len(times)}",
                    flush=True,
                )
            browser.close()
        print(f"the server's process: {server.memory_mb():.0f} MB")
    finally:
        server.stop()


def timed(window, text: str) -> float:
    """Milliseconds from putting in `text` to the columns' next painted frame; then it rests as a person would."""
    window.wait_for_timeout(450)
    return window.evaluate(
        """text => new Promise(done => {
        const every = node => [...node.querySelectorAll('*')].flatMap(
            e => e.shadowRoot ? [e, ...every(e.shadowRoot)] : [e]);
        const root = every(document).find(e => e.classList.contains('tl-tokens'));
        const area = document.querySelector('.st-key-tokens_text textarea');
        const start = performance.now();
        const digits = part => part.replaceAll(/[^0-9]/g, '').length > 2;
        const first = digits(text.slice(0, 3));  // every text begins or ends with a number of its own:
        const sign = first ? text.slice(0, 3) : text.slice(-3);  // these are its columns, no others
        const end = f => first ? f.textContent.slice(0, 12) : f.textContent.slice(-12);
        new MutationObserver((_, watcher) => {
            if (![...root.querySelectorAll('.flow')].every(f => end(f).includes(sign))) return;
            watcher.disconnect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))); })
          .observe(root, { childList: true, characterData: true, subtree: true });
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(area, text);
        area.dispatchEvent(new Event('input', { bubbles: true }));
    })""",
        text,
    )


if __name__ == "__main__":
    if "--browser" in sys.argv:
        page()
    else:
        engines()
