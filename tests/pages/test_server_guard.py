"""The layer before Streamlit, asked as a server would ask it: hosts, origins, the start token, headers, its cost."""

import asyncio
import os
import re
import socket
import stat
import statistics
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from pages.server import account, policy, start_token
from pages.server.guard import Guard
from pages.server.hosts import Hosts, Place, named, place
from pages.server.start_token import Asked, StartToken

LAB = "127.0.0.1:8501"
TOKEN = "a-token-that-nobody-guesses"


class Asking:
    """A guard before an application that answers everything with 200; what it answers to one request after another."""

    def __init__(self, further=(), token=None):
        self.reached = []
        self.guard = Guard(self._app, Hosts(further), token or StartToken(Asked.NOBODY))

    async def _app(self, scope, receive, send):
        self.reached.append(scope["path"])
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x-of-the-app", b"1")]})
            await send({"type": "http.response.body", "body": b"the app"})
        else:
            await send({"type": "websocket.accept"})

    def __call__(
        self,
        path="/words",
        host=LAB,
        kind="http",
        method="GET",
        server=("127.0.0.1", 8501),
        scheme="http",
        client=("127.0.0.1", 40000),
        more=(),
        **headers,
    ):
        raw = [(b"host", host.encode("latin-1"))] if host is not None else []
        raw += [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
        (path, _, query), sent = path.partition("?"), []
        scope = {
            "type": kind,
            "path": path,
            "query_string": query.encode(),
            "headers": [*raw, *more],
            "server": server,
            "client": client,
            "method": method,
            "scheme": scheme if kind == "http" else scheme.replace("http", "ws"),
        }

        async def send(message):
            sent.append(message)

        asyncio.run(self.guard(scope, None, send))
        if kind == "websocket":
            return sent[0]["type"]
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.body = b"".join(message["body"] for message in sent[1:]).decode()
        return sent[0]["status"]


@pytest.mark.parametrize("host", [LAB, "localhost:8501", "LOCALHOST:8501", "[::1]:8501", "[0:0:0:0:0:0:0:1]:8501"])
def test_the_names_of_this_machine_are_answered(host):
    assert Asking()(host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "127.0.0.1.evil.example:8501",
        "localhost.evil.example:8501",
        "127.0.0.1",
        "127.0.0.1:8502",
        "localhost:80",
        "127.0.0.2:8501",
        "192.168.0.7:8501",
        "0.0.0.0:8501",
        "[::2]:8501",
        "",
        None,
        "127.0.0.1:8501@evil.example",
        "user@127.0.0.1:8501",
        "127.0.0.1:8501/",
        "127.0.0.1:8501,evil.example",
        "[evil.example]:8501",
        "127.0.0.1:8501\0",
        "127.0.0.1:099999",
        "ⅼocalhost:8501".encode().decode("latin-1"),
    ],
)
@pytest.mark.parametrize("kind, refused", [("http", 403), ("websocket", "websocket.close")])
def test_a_foreign_name_is_refused_before_streamlit_sees_it(host, kind, refused):
    ask = Asking()
    assert ask(host=host, kind=kind) == refused and not ask.reached


def test_two_hosts_in_one_request_are_refused():
    assert Asking()(more=[(b"host", b"evil.example")]) == 403
    assert Asking()(host="evil.example", more=[(b"host", LAB.encode())]) == 403
    assert Asking()(origin=f"http://{LAB}", more=[(b"origin", b"http://evil.example")]) == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:3000",
        "http://localhost:8501",
        "http://127.0.0.1",
        "null",
        "",
        f"https://{LAB}",
        f"http://{LAB}/",
        f"http://{LAB}.evil.example",
        f"file://{LAB}",
        f"http://a@{LAB}",
    ],
)
@pytest.mark.parametrize(
    "how",
    [
        {"kind": "websocket", "path": "/_stcore/stream"},
        {"method": "PUT", "path": "/_stcore/upload_file/a/b"},
        {"method": "POST"},
        {"path": "/media/" + 32 * "a" + ".csv"},
    ],
)
def test_a_page_of_another_origin_is_refused(origin, how):
    ask = Asking()
    assert ask(origin=origin, **how) in (403, "websocket.close") and not ask.reached


def test_an_origin_counts_letter_for_letter():
    """Streamlit compares so after the layer; where it finds a difference it asks outside who it is."""
    for host, origin in (("LOCALHOST:8501", "http://localhost:8501"), ("[0:0::1]:8501", "http://[::1]:8501")):
        assert Asking()(host=host, kind="websocket") == "websocket.accept"
        assert Asking()(host=host, kind="websocket", origin=origin) == "websocket.close"


@pytest.mark.parametrize(
    "host, scheme", [(LAB, "http"), ("localhost:8501", "http"), ("[::1]:8501", "http"), ("localhost:8501", "https")]
)
def test_the_labs_own_pages_pass(host, scheme):
    ask = Asking()
    assert ask(host=host, origin=f"{scheme}://{host}", scheme=scheme, method="PUT", sec_fetch_site="same-origin") == 200
    assert ask(host=host, origin=f"{scheme}://{host}", scheme=scheme, kind="websocket") == "websocket.accept"


def test_an_https_server_of_the_usual_port_needs_no_port_in_the_name():
    assert Asking()(host="localhost", scheme="https", server=("127.0.0.1", 443), origin="https://localhost") == 200


def test_beyond_loopback_the_address_that_was_reached_is_a_name_and_no_other():
    for own, host in (("192.168.0.7", "192.168.0.7"), ("::ffff:192.168.0.7", "192.168.0.7"), ("fe80::1", "[fe80::1]")):
        assert Asking()(host=f"{host}:8501", server=(own, 8501), origin=f"http://{host}:8501") == 200
        assert Asking()(host="192.168.0.8:8501", server=(own, 8501)) == 403
        assert Asking()(host="mylaptop.local:8501", server=(own, 8501)) == 403


def test_further_hosts_are_those_that_were_named(monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOSTS", " lab.example.org, localhost:9000,fe80::7 ,*,a b, ")
    hosts = Hosts(named("set.example"))
    assert hosts.further == {
        Place("lab.example.org", None),
        Place("localhost", 9000),
        Place("set.example", None),
        Place("fe80::7", None),
    }
    assert hosts.refused == ["*", "a b"]


def test_behind_a_proxy_that_speaks_https():
    ask = Asking(["lab.example.org", "localhost:9000"])
    assert ask(host="lab.example.org", origin="https://lab.example.org") == 200
    assert ask(host="lab.example.org", origin="https://lab.example.org", scheme="https") == 200
    assert (
        ask(host="lab.example.org:8501", origin="http://lab.example.org:8501", kind="websocket") == "websocket.accept"
    )
    assert ask(host="localhost:9000", origin="http://localhost:9000") == 200
    assert ask(host="lab.example.org:9000") == 403 and ask(host="localhost:9001") == 403
    assert ask(host="lab.example.org", origin="https://lab.example.org:8443") == 403
    assert ask(host="other.example.org") == 403 and ask() == 200


def test_what_names_a_place():
    assert place("[0:0::1]:8501") == Place("::1", 8501) and place("Lab.Example") == Place("lab.example", None)
    assert place("[::ffff:127.0.0.1]:1") == Place("127.0.0.1", 1)
    assert [place(text) for text in ("a:b", "a b", "http://a", "[a]", "::1", "")] == [None] * 6


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_lead_here_but_do_not_embed(site):
    """A link is followed; a picture, a script, a frame or a download by another port's page is not served."""
    ask = Asking()
    assert ask(sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="document") == 200
    for mode, dest in (
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("navigate", "iframe"),
        ("navigate", "embed"),
        ("cors", "empty"),
    ):
        assert ask(sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest) == 403
    assert ask(sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="document", method="POST") == 403
    assert ask(sec_fetch_site=site, sec_fetch_mode="websocket", kind="websocket") == "websocket.close"
    assert len(ask.reached) == 1


def test_every_answer_carries_the_policy():
    ask = Asking()
    assert ask() == 200 and ask.headers["x-of-the-app"] == "1"
    told = dict(part.split(" ", 1) for part in ask.headers["content-security-policy"].split("; "))
    assert told["frame-ancestors"] == told["base-uri"] == told["form-action"] == told["default-src"] == "'none'"
    assert told["connect-src"] == f"'self' ws://{LAB}"
    scripts = told["script-src"].split()
    assert "'unsafe-inline'" not in scripts and "'unsafe-eval'" not in scripts and "data:" not in scripts
    assert ask.headers["x-content-type-options"] == "nosniff" and ask.headers["referrer-policy"] == "same-origin"
    assert ask.headers["cross-origin-resource-policy"] == "same-origin"
    assert ask(host="evil.example") == 403
    assert "frame-ancestors 'none'" in ask.headers["content-security-policy"]
    assert ask("/media/" + 32 * "a" + ".html") == 200
    assert ask.headers["content-security-policy"].startswith("default-src 'none'") and ask.headers[
        "content-security-policy"
    ].endswith("sandbox")


def test_the_policy_knows_the_script_inside_of_streamlits_page():
    scripts = policy.inline_scripts()
    assert len(scripts) == 1 and scripts[0].startswith("'sha256-") and len(scripts[0]) == 53


@pytest.fixture
def everybody():
    return Asking(token=StartToken(Asked.EVERYBODY, TOKEN))


def test_the_token_in_the_address_becomes_a_cookie(everybody):
    assert everybody() == 403 and "token" in everybody.body
    assert everybody(kind="websocket") == "websocket.close" and not everybody.reached
    assert everybody(f"/words?words_view=Pair&token={TOKEN}&a=%C3%A9") == 303
    where = urlsplit(everybody.headers["location"])
    assert where.path == "/words" and parse_qs(where.query) == {"words_view": ["Pair"], "a": ["é"]}
    cookie, *attributes = everybody.headers["set-cookie"].split("; ")
    assert cookie == f"textlab-token-8501={TOKEN}"
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes) and "Secure" not in attributes
    assert not everybody.reached
    assert everybody(cookie=f"other=1; {cookie}") == 200
    assert everybody(cookie=cookie, kind="websocket") == "websocket.accept"
    assert everybody(f"/words?token={TOKEN}", scheme="https") == 303
    assert everybody.headers["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize("shown", ["", "wrong", TOKEN + "x", TOKEN[:-1], "é"])
def test_a_wrong_token_opens_nothing(everybody, shown):
    assert everybody(f"/words?token={shown}") == 403 and everybody(f"//evil.example?token={shown}") == 403
    assert everybody(cookie=f"textlab-token-8501={shown}".encode().decode("latin-1")) == 403
    assert everybody(cookie=f"textlab-token-8502={TOKEN}") == 403, "the cookie of another port's lab"
    assert everybody(f"/_stcore/upload_file/a/b?token={TOKEN}", method="PUT") == 403
    assert not everybody.reached


def test_the_way_on_stays_on_this_server(everybody):
    for path in ("//evil.example/a", "///evil.example", "/\\evil.example"):
        assert everybody(f"{path}?token={TOKEN}") == 303
        assert re.match(r"/(?![/\\])", everybody.headers["location"])


def test_a_link_on_another_site_finds_the_cookie_on_the_second_try(everybody):
    """The browser holds a Strict cookie back when another site leads here; the page loads itself once more."""
    led = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert everybody(sec_fetch_site="cross-site", **led) == 200 and 'http-equiv="refresh"' in everybody.body
    assert not everybody.reached
    assert everybody(sec_fetch_site="same-origin", **led) == 403, "and not for ever"


def test_a_ticket_serves_once(everybody):
    ticket = everybody.guard._token.ticket()
    assert everybody(f"/?token={ticket}") == 303 and TOKEN in everybody.headers["set-cookie"]
    assert everybody(f"/?token={ticket}") == 403


def test_whoever_waits_for_the_start_needs_no_token(everybody):
    assert everybody("/_stcore/health") == 200
    assert everybody("/_stcore/health", host="evil.example") == 403


@pytest.mark.parametrize(
    "told, client, answer",
    [
        (True, "127.0.0.1", 200),
        (False, "127.0.0.1", 403),
        (None, "127.0.0.1", 200),
        (None, "::1", 200),
        (None, "192.168.0.9", 403),
    ],
)
def test_by_default_the_token_is_asked_of_others_alone(monkeypatch, told, client, answer):
    monkeypatch.setattr(account, "is_ours", lambda *ends: told)
    ask = Asking(token=StartToken(Asked.OTHERS, TOKEN))
    assert ask(client=(client, 40000)) == answer
    assert ask(client=(client, 40000), cookie=f"textlab-token-8501={TOKEN}") == 200
    assert ask(client=(client, 40000), x_forwarded_for=client) == 403, "a proxy asks for whomever"


def test_what_the_environment_says_of_the_token():
    read = start_token.from_environment
    assert [read({"TEXTLAB_TOKEN": said}).asked for said in ("off", "OFF", "0", "", "on", "mine")] == [
        Asked.NOBODY,
        Asked.NOBODY,
        Asked.NOBODY,
        Asked.OTHERS,
        Asked.EVERYBODY,
        Asked.EVERYBODY,
    ]
    assert read({"TEXTLAB_TOKEN": "mine & yours"}).value == "mine & yours" and read({}).asked is Asked.OTHERS
    ask = Asking(token=read({"TEXTLAB_TOKEN": "mine; yours"}))
    assert ask("/?token=mine%3B+yours") == 303 and ask(cookie=ask.headers["set-cookie"].split("; ")[0]) == 200


def test_the_token_is_kept_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    value, path = StartToken().value, tmp_path / "token"
    assert len(value) == 43 and StartToken().value == value, "bookmarks go on after a restart"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)  # somebody may have read it
        assert StartToken().value != value and stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("short")
    assert len(StartToken().value) == 43


def test_a_folder_that_cannot_be_written_costs_only_the_bookmark(tmp_path, monkeypatch):
    (tmp_path / "token").mkdir()
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    assert len(StartToken().value) == 43


# ---------------------------------------------------------------- whose connection it is


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def only_on_linux():
    if not account.kernel_tells():
        pytest.skip("this system does not say whose a connection is")


def test_a_kernel_that_knows_no_socket_is_not_believed(monkeypatch):
    """Without its module it says of each that it is not there: nobody may be refused for that."""
    account.kernel_tells.cache_clear()
    monkeypatch.setattr(account, "_owner", lambda client, server: None)
    assert account.is_ours(("127.0.0.1", 40000), ("127.0.0.1", 8501)) is None
    account.kernel_tells.cache_clear()


def test_the_own_account_is_known(listening):
    only_on_linux()
    with socket.create_connection(listening.getsockname()) as client:
        accepted, ends = listening.accept()
        assert account.is_ours(ends, accepted.getsockname())
        client.close()
        assert account.is_ours(ends, accepted.getsockname()) is False, "what is given up is nobody's"
        accepted.close()
    assert account.is_ours(("127.0.0.1", 1), listening.getsockname()) is False
    assert account.is_ours(("192.0.2.1", 40000), listening.getsockname()) is False
    assert account.is_ours(("a.name", 40000), listening.getsockname()) is False


def test_another_account_is_known(listening):
    only_on_linux()
    if os.geteuid():
        pytest.skip("only root can start a program of another account")
    other = os.fork()
    if not other:
        os.setuid(65534)
        with socket.create_connection(listening.getsockname()) as client:
            client.recv(1)  # until the test has seen enough
        os._exit(0)
    accepted, ends = listening.accept()
    try:
        assert account.is_ours(ends, accepted.getsockname()) is False
        assert account._owner(ends, accepted.getsockname()) == 65534
    finally:
        accepted.close()
        os.waitpid(other, 0)


def test_the_layer_costs_well_under_a_millisecond(listening):
    with socket.create_connection(listening.getsockname()) as client:
        ask = Asking(token=StartToken(Asked.OTHERS, TOKEN))
        host, port = listening.getsockname()
        scope = {
            "type": "http",
            "path": "/words",
            "query_string": b"",
            "method": "GET",
            "scheme": "http",
            "headers": [
                (b"host", f"{host}:{port}".encode()),
                (b"origin", f"http://{host}:{port}".encode()),
                *((b"x-%d" % number, b"1") for number in range(12)),
            ],
            "server": (host, port),
            "client": client.getsockname(),
        }

        async def timed():
            async def send(message):
                pass

            times = []
            for _ in range(2000):
                begun = time.perf_counter()
                await ask.guard(scope, None, send)
                times.append(time.perf_counter() - begun)
            return statistics.median(times)

        assert asyncio.run(timed()) < 0.0005 and len(ask.reached) == 2000
