"""The address in the terminal, and the tab that opens: which host, and when the token stands in it."""

import threading
from types import SimpleNamespace

import pytest
from streamlit import cli_util
from streamlit.web.server import server_util

from pages.server import opening
from pages.server.hosts import Hosts, named
from pages.server.start_token import Asked, StartToken


@pytest.fixture
def started(monkeypatch, capsys):
    """Start with those settings of Streamlit's: what is printed, and the addresses that were opened."""

    def start(asked=Asked.OTHERS, mode="starlette-app", headless=True, **options):
        values = {
            "server.address": "127.0.0.1",
            **{name.replace("_", ".", 1): value for name, value in options.items()},
        }
        monkeypatch.setattr(
            opening,
            "config",
            SimpleNamespace(
                _server_mode=mode,
                is_manually_set=lambda name: values.get(name) is not None,
                get_option=lambda name: headless if name == "server.headless" else values.get(name),
            ),
        )
        monkeypatch.setattr(server_util, "get_url", lambda host: f"http://{host}:8501")
        opened, done = [], threading.Event()
        monkeypatch.setattr(cli_util, "open_browser", lambda url: (opened.append(url), done.set()))
        token = StartToken(asked, "a&b")
        opening.announce(Hosts(named(*opening.settings())), token)
        assert headless or mode is None or done.wait(30)
        return capsys.readouterr().out, opened, token

    return start


def test_alone_on_this_machine_the_address_is_plain(started):
    printed, opened, _ = started(headless=False)
    assert "URL: http://127.0.0.1:8501\n" in printed and opened == ["http://127.0.0.1:8501"]
    assert "URL: http://[::1]:8501\n" in started(server_address="::1")[0]
    assert started()[1] == [], "no tab where there is no screen"
    assert "token" not in started(asked=Asked.NOBODY, server_address="0.0.0.0")[0]


def test_beyond_this_machine_the_token_is_printed_and_nobody_is_asked_for_an_address(started, monkeypatch):
    import streamlit.net_util

    monkeypatch.setattr(streamlit.net_util, "get_external_ip", lambda: pytest.fail("asked outside"))
    monkeypatch.setattr(streamlit.net_util, "get_internal_ip", lambda: pytest.fail("asked outside"))
    assert "URL: http://localhost:8501/?token=a%26b\n" in started(server_address="0.0.0.0")[0]
    assert "URL: http://my.laptop:8501/?token=a%26b\n" in started(server_address="my.laptop")[0]
    assert "URL: http://lab.example:8501/?token=" in started(browser_serverAddress="lab.example")[0]
    monkeypatch.setenv("TEXTLAB_HOSTS", "lab.example,*")
    printed = started()[0]
    assert "token=" in printed and "“*” is not the name of a host" in printed


def test_the_tab_gets_a_ticket_and_not_the_token(started):
    """Other accounts can read the command line that opens a browser."""
    printed, opened, token = started(asked=Asked.EVERYBODY, headless=False)
    assert "?token=a%26b" in printed and "a%26b" not in opened[0]
    ticket = opened[0].partition("?token=")[2]
    assert token.fits(ticket) and not token.fits(ticket)


def test_a_server_that_others_run_prints_nothing(started):
    assert started(mode=None, headless=False)[:2] == ("", [])
