"""The page Tokens in a real browser: hostile text stays text, copying is true, pointing and typing work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

HOSTILE = [
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<style>*{display:none}</style>",
    "</style><b>bold</b>",
    "<iframe src=javascript:window.hacked=1>",
    "<a href=javascript:window.hacked=1>x</a>",
    '"><script>window.hacked=1</script>',
    "'onmouseover='window.hacked=1",
    "</div></section><h1>out</h1>",
    "<!-- comment",
    "<![CDATA[x]]>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "&amp;amp;",
    "<math><mi//xlink:href=x>",
    "<template><b>",
    "<base href=//x.example>",
    "<link rel=stylesheet href=//x.example>",
    "<meta http-equiv=refresh content=0>",
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "$x^2$",
    "$$\\int x$$",
    ":red[x]",
    ":material/home:",
    ":smile:",
    "**bold** _it_",
    "# heading",
    "[a](javascript:window.hacked=1)",
    "![x](//x.example/a)",
    "`code`",
    "> quote",
    "- item",
    "| a | b |",
    "http://x.example",
    "\u202eright to left\u202c",
    "\u2066isolated\u2069",
    "\u200b\u200c\u200d\ufeff",
    "a\u0301\u0301\u0301",
    "\u00ad\u00a0",
    "</s><s>[INST]",
    "<|endoftext|><|im_start|>",
    "[SEP][CLS]",
    "__proto__",
    "constructor",
    "'; DROP TABLE t; --",
    "\\x3cscript\\x3e",
]


def fill(page, text: str) -> None:
    """Put a text into the area and wait until the columns show it."""
    area = page.locator(".st-key-tokens_text textarea")
    area.fill(text)
    area.press("Control+Enter")
    page.locator(f".column[aria-label='UTF-8 bytes: {len(text.encode())} tokens']").wait_for()
    page.locator(".tl-tokens[data-drawn=all]").wait_for()


def copies(page, column: int, text: str) -> None:
    """Copying a whole column puts its true text on the clipboard, marks and ids left out."""
    page.evaluate("navigator.clipboard.writeText('')")
    page.locator(".column").nth(column).locator(".flow").evaluate(
        "flow => { const range = document.createRange(); range.selectNodeContents(flow);"
        "const chosen = getSelection(); chosen.removeAllRanges(); chosen.addRange(range); }"
    )
    page.keyboard.press("Control+c")
    page.wait_for_function("async () => await navigator.clipboard.readText()")
    assert page.evaluate("navigator.clipboard.readText()") == text


@pytest.fixture
def opened(visit):
    window = visit()
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.open("tokens?tokens_with=UTF-8+bytes&tokens_with=Mistral+Tekken&tokens_with=BERT+(MiniLM)")
    page.locator(".column .token").first.wait_for()
    return window, page


def test_there_are_fifty_hostile_strings():
    assert len(set(HOSTILE)) == 50


def test_hostile_strings_appear_as_text(opened):
    window, page = opened
    for text in ("\n".join(HOSTILE[:25]), "\n".join(HOSTILE[25:])):
        fill(page, text)
        assert page.evaluate("window.hacked") is None
        markup = "script, style, img, svg, iframe, a, h1, b, link, base, meta"
        expect(page.locator(".column")).to_have_count(3)
        expect(page.locator(".column").locator(markup)).to_have_count(0)
        copies(page, 1, text)
        assert "\ufffd" not in page.locator(".tl-tokens").inner_text()
    window.check()


def test_pointing_and_typing(opened):
    window, page = opened
    fill(page, "片 ab")
    page.locator(".column").nth(1).locator(".token").first.hover()
    expect(page.locator(".lit")).to_have_count(5)
    lit = page.locator(".lit").all_inner_texts()
    assert [text.split("\n")[0] for text in lit] == ["E7", "89", "87", "片", "片"]
    expect(page.locator(".detail")).to_contain_text("3 bytes e7 89 87")
    area = page.locator(".st-key-tokens_text textarea")
    area.click()
    area.press("End")
    page.keyboard.type("cdef", delay=30)  # no Enter, no leaving: the columns follow, the caret stays
    page.locator(".column[aria-label='UTF-8 bytes: 10 tokens']").wait_for()
    expect(area).to_have_value("片 abcdef")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    window.check()


def test_every_view_opens(visit):
    window = visit("dark")
    page = window.open("tokens?tokens_view=Steps")
    for view in ("Steps", "Languages", "Vocabulary", "Round trip", "Search", "Context", "Train"):
        page.get_by_role("radio", name=view, exact=True).click()
        page.wait_for_url(lambda url, view=view: f"tokens_view={view.replace(' ', '+')}" in url)
        window.settled()
        page.get_by_text("How this is computed").wait_for()
        window.fits()
    window.check()


def test_what_is_not_drawn_yet_is_drawn_before_it_can_be_selected(opened):
    window, page = opened
    area = page.locator(".st-key-tokens_text textarea")
    text = "The quick brown fox. 片仮名 🤖\n" * 60
    page.evaluate("window.requestIdleCallback = () => 0")  # a browser that never rests
    area.fill(text)
    page.locator(".tl-tokens[data-drawn='in part']").wait_for()
    flow = page.locator(".column").nth(1).locator(".flow")
    assert 72 <= flow.locator(".token").count() < 200
    flow.click(position={"x": 5, "y": 5})
    page.locator(".tl-tokens[data-drawn=all]").wait_for()
    copies(page, 1, text)
    window.check()


def test_lanes_stand_in_line(visit):
    window = visit()
    page = window.open("tokens?tokens_view=Search&tokens_with=Mistral+v3&tokens_with=BERT+(MiniLM)")
    words = page.locator(".lane-cell", has_text="welcom")
    expect(words).to_have_count(4)
    lefts = [round(words.nth(i).bounding_box()["x"]) for i in range(4)]
    assert max(lefts) - min(lefts) <= 1, "the word, its term and its tokens begin in one line"
    page.locator(".lanes .token", has_text="welcom").first.hover()
    expect(page.locator(".lit")).to_have_count(4)
    window.check()
