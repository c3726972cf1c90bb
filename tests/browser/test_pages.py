"""Every page from its own address: default content, a quiet console, nothing asked of the outside."""

from __future__ import annotations

import os
import sys
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import core
from pages.shared.frame import find_views
from tests.browser.conftest import Server, Visit
from tests.conftest import ROOT
from tests.support.on_screen import DEFAULT_CONTENT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# What a page shows before any click.
PICTURES = ROOT / ".github" / "images"


@pytest.mark.parametrize("url", DEFAULT_CONTENT)
def test_page_opens_from_its_own_address(visit, url):
    window = visit()
    page = window.open(url)
    page.locator(DEFAULT_CONTENT[url]).first.wait_for()
    page.wait_for_function("document.title")
    expect(page.locator("[data-testid=stTopNavLink]"), "the frame of app.py is there").to_have_count(4)
    window.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("url", DEFAULT_CONTENT)
def test_page_in_both_themes(visit, url, scheme):
    """Also takes the README's pictures when TEXTLAB_PICTURES is set."""
    window = visit(scheme)
    page = window.open(url)
    page.locator(DEFAULT_CONTENT[url]).first.wait_for()
    colour = {"light": "rgb(252, 251, 248)", "dark": "rgb(18, 22, 28)"}[scheme]
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", colour)
    window.fits()
    if os.environ.get("TEXTLAB_PICTURES"):
        page.wait_for_timeout(800)  # what moves in has come to rest
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{url}-{scheme}.png")
    window.check()


@pytest.mark.parametrize(
    "area, url", [("prompting", "prompts"), ("words", "words"), ("documents", "documents"), ("tokens", "tokens")]
)
def test_every_view_keeps_to_the_policy(visit, area, url):
    """Each view by its address, its panels open: nothing is refused by the Content-Security-Policy, nothing fails."""
    window = visit()
    for key, view in find_views(area).items():
        page = window.open(f"{url}?{area}_view={quote(view.title)}")
        for panel in page.get_by_text("How this is computed").all():
            panel.click()
        window.settled()
        assert not window.problems, key
        window.check()


def test_switching_pages_keeps_the_server_small(chromium):
    server = Server(os.environ["TEXTLAB_HOME"])  # which no other test has filled
    try:
        window = Visit(chromium, server.url)
        for url in DEFAULT_CONTENT:
            window.open(url)
        window.check()
        window.context.close()
        if sys.platform == "linux":
            assert server.memory_mb() < 350, "models and jobs belong into their workers"
    finally:
        server.stop()


def test_an_unknown_address_still_shows_the_lab(visit):
    window = visit()
    page = window.open("no-such-page")
    page.locator("h1").first.wait_for()


def test_the_server_listens_on_this_machine_only(server):
    if sys.platform != "linux":
        pytest.skip("reads /proc/net/tcp")
    listening = [
        line.split()[1]
        for line in open("/proc/net/tcp").read().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == server.port
    ]
    assert listening == [f"0100007F:{server.port:04X}"]


def test_a_figure_can_be_taken_along(visit):
    window = visit()
    page = window.open("words")
    page.get_by_text("Export").first.click()
    for format, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as download:
            page.get_by_role("button", name=format, exact=True).click()
        assert open(download.value.path(), "rb").read(64).startswith(start)
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    text = open(download.value.path(), encoding="utf-8").read()
    assert "<script src=" not in text, "the page opens without a network"
    assert f'<meta name="generator" content="Laptop Text Lab {core.__version__}">' in text
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert "," in open(download.value.path(), encoding="utf-8").readline()
    window.check()
