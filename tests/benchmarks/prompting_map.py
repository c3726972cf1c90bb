"""How soon the context map follows the keys, in a real browser: python -m tests.benchmarks.prompting_map

Types into the chat's message box after a rest of 1.5 s, twelve times, and takes the milliseconds from the key until the
map tells other numbers (150 at most in the median). Chromium draws in software on the same cores.
"""

from __future__ import annotations

import os
import statistics
import tempfile

os.environ.setdefault("TEXTLAB_TEST_HOME", tempfile.mkdtemp(prefix="textlab-keys-"))

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, TINY, Server, Visit
from tests.support.on_screen import MAP, UPDATED

TRIES, AT_MOST_MS = 12, 150


def main() -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_FLAGS
        )
        server = Server(os.environ["TEXTLAB_TEST_HOME"])
        try:
            page = Visit(chromium, server.url).open(f"prompts?{TINY}")
            page.locator(MAP).wait_for()
            times = []
            for count in range(1, TRIES + 1):
                page.wait_for_timeout(1500)
                times.append(page.evaluate(UPDATED, ["and so on " * count, ""]))
            assert all(taken > 0 for taken in times), times
            print(
                f"from the key to the map, ms: {', '.join(f'{taken:.0f}' for taken in times)}; median "
                f"{statistics.median(times):.0f} ({AT_MOST_MS} at most)"
            )
        finally:
            server.stop()
            chromium.close()


if __name__ == "__main__":
    main()
