"""The real server and a real browser: what a page of another port, another name or another account gets."""

from __future__ import annotations

import base64
import contextlib
import http.client
import http.server
import json
import os
import re
import socket
import threading

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def asked(server: Server, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    """The status, the headers and the body of a plain request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()


def shaken(server: Server, **headers: str) -> str:
    """The first line of the answer to a WebSocket's handshake."""
    lines = {
        "Host": f"127.0.0.1:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
        "Sec-WebSocket-Protocol": "streamlit",
        **headers,
    }
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as raw:
        raw.sendall(
            (
                "GET /_stcore/stream HTTP/1.1\r\n"
                + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
                + "\r\n"
            ).encode()
        )
        return raw.recv(4096).split(b"\r\n")[0].decode()


def test_a_name_that_was_rebound_is_answered_by_nothing(server):
    own = f"127.0.0.1:{server.port}"
    assert asked(server, "/", Host=own)[0] == 200 and "101" in shaken(server, Origin=f"http://{own}")
    for host in (f"evil.example:{server.port}", "evil.example"):
        for path in ("/", "/_stcore/health", "/_stcore/host-config", "/static/js/index.js"):
            status, _, body = asked(server, path, Host=host)
            assert status == 403 and b"does not answer under the name" in body
        assert "403" in shaken(server, Host=host, Origin=f"http://{host}")


def test_the_websocket_is_closed_to_other_origins(server):
    for origin in (
        "http://evil.example",
        "null",
        f"http://127.0.0.1:{server.port + 1}",
        f"http://localhost:{server.port}",
    ):
        assert "403" in shaken(server, Origin=origin)
    assert "Did not auto detect external IP" not in server.log.read_text(), "Streamlit asked outside to decide"


def test_another_account_wants_the_token(server):
    if not hasattr(os, "fork") or os.geteuid() or not os.path.exists("/proc/self"):
        pytest.skip("only root on Linux can ask as another account")
    reading, writing = os.pipe()
    if not (other := os.fork()):
        os.setuid(65534)
        found = [
            asked(server, "/")[0],
            asked(server, "/?token=guessed")[0],
            shaken(server),
            shaken(server, Origin=f"http://127.0.0.1:{server.port}"),
            asked(server, "/", Cookie="textlab-token-0=x")[0],
        ]
        os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.waitpid(other, 0)
    assert json.loads(os.read(reading, 4096)) == [403, 403, "HTTP/1.1 403 Forbidden", "HTTP/1.1 403 Forbidden", 403]


@pytest.fixture
def elsewhere(server):
    """A page of another program on another port of this machine: its address, and a way to set its text."""

    class Handler(http.server.BaseHTTPRequestHandler):
        text = "<h1>elsewhere</h1>"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(Handler.text.encode())

        def log_message(self, *words):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}/", Handler
    running.shutdown()
    running.server_close()


def test_a_page_of_another_port_cannot_show_the_lab(server, chromium, elsewhere):
    address, handler = elsewhere
    handler.text = f'<h1>elsewhere</h1><iframe src="{server.url}/tokens" width="900" height="600"></iframe>'
    page = chromium.new_page()
    page.goto(address)
    page.wait_for_timeout(3000)
    frame = page.frames[1]
    assert frame.url.startswith("chrome-error:") and "Tokens" not in frame.evaluate("document.body.innerText")
    page.close()


ASK_FROM_ELSEWHERE = """async ([lab, socket, paths]) => {
    const got = {};
    for (const [path, settings] of paths) {
        try {
            const answer = await fetch(lab + path, settings);
            got[path + settings.mode] = answer.type + (await answer.text());
        } catch (refused) { got[path + settings.mode] = "failed"; }
    }
    got.picture = await new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve("shown"); image.onerror = () => resolve("failed");
        image.src = lab + "/favicon.png";
    });
    got.socket = await new Promise((resolve) => {
        const opened = new WebSocket(socket, ["streamlit"]);
        opened.onopen = () => resolve("opened"); opened.onerror = () => resolve("failed");
    });
    return got;
}"""


def test_a_page_of_another_port_reads_and_writes_nothing(server, chromium, elsewhere):
    page = chromium.new_page()
    page.goto(elsewhere[0])
    paths = [
        ["/", {"mode": "cors"}],
        ["/", {"mode": "no-cors"}],
        ["/_stcore/health", {"mode": "cors"}],
        ["/_stcore/health", {"mode": "no-cors"}],
        ["/media/" + 32 * "a" + ".csv", {"mode": "no-cors"}],
        ["/_stcore/upload_file/a/b", {"mode": "cors", "method": "PUT", "body": "x"}],
        ["/_stcore/upload_file/a/b", {"mode": "no-cors", "method": "POST", "body": "x"}],
    ]
    got = page.evaluate(ASK_FROM_ELSEWHERE, [server.url, server.url.replace("http", "ws") + "/_stcore/stream", paths])
    assert set(got.values()) == {"failed"}, got
    page.goto(server.url + "/tokens")
    own = page.evaluate(
        ASK_FROM_ELSEWHERE,
        [server.url, server.url.replace("http", "ws") + "/_stcore/stream", [["/_stcore/health", {"mode": "cors"}]]],
    )
    assert own == {"/_stcore/healthcors": "basicok", "picture": "shown", "socket": "opened"}, "the lab's own page may"
    page.close()


KIND = "multipart/form-data; boundary=cut"
UPLOADED = (
    b'--cut\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    b"prompt\r\n--cut--\r\n"
)


def test_files_of_another_window_cannot_be_had_by_guessing(server, visit, tmp_path):
    """An upload is written only by its own session's page and read back by nobody."""
    path = tmp_path / "mine.csv"
    path.write_text("prompt\nWhat is the capital of France?\n")
    window = visit()
    page = window.open("prompts?prompting_view=Evals")
    page.get_by_text("Your own …").click()
    page.locator("input[type=file]").first.wait_for(state="attached")
    with page.expect_request(lambda request: "/upload_file/" in request.url and request.method == "PUT") as sent:
        page.locator("input[type=file]").first.set_input_files(path)
    answer = sent.value.response()
    assert answer and answer.status == 204, "uploads work"
    window.settled()
    window.check()
    target, headers = sent.value.url.replace(server.url, ""), sent.value.all_headers()
    again = {"Cookie": headers["cookie"], "X-Xsrftoken": headers["x-xsrftoken"], "Content-Type": KIND}
    for origin, status in ((server.url, 204), ("http://127.0.0.1:1", 403), ("http://evil.example", 403)):
        assert asked(server, target, "PUT", UPLOADED, Origin=origin, **again)[0] == status
    assert asked(server, target, "PUT", UPLOADED, Origin=server.url)[0] == 403, "without the window's own secret"
    guessed = re.sub(r"upload_file/[^/]+", "upload_file/0e6cb0a2-0000-4000-8000-000000000000", target)
    assert asked(server, guessed, "PUT", UPLOADED, Origin=server.url, **again)[0] == 400, "a session that is not there"
    assert asked(server, target)[2] == asked(server, "/no-such-page")[2], "nobody reads an upload: only the empty shell"


def test_a_download_is_not_a_page(server, visit):
    """Its name is the digest of what is in it; opened as a page it may run nothing."""
    page = visit().open("words")
    page.get_by_text("Export").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    where = download.value.url.replace(server.url, "")
    assert re.fullmatch(r"/media/[0-9a-f]{32,128}\.html", where)
    status, headers, _ = asked(server, where)
    assert status == 200 and headers["content-disposition"].startswith("attachment")
    assert headers["content-security-policy"].endswith("sandbox") and headers["x-content-type-options"] == "nosniff"
    assert asked(server, where, Origin="http://127.0.0.1:1")[0] == 403
    assert asked(server, where, Sec_Fetch_Site="same-site", Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="image")[0] == 403
    other = where[:7] + ("0" if where[7] != "0" else "1") + where[8:]
    assert asked(server, other)[0] == 404


@pytest.fixture
def asking_everybody(monkeypatch, tmp_path):
    """A lab of its own that asks everybody for the token; and a way to start it again on the same port."""
    monkeypatch.setenv("TEXTLAB_TOKEN", "on")
    monkeypatch.setenv("STREAMLIT_LOGGER_LEVEL", "error")
    servers = [Server(str(tmp_path))]

    def again() -> Server:
        servers[-1].stop()
        servers.append(Server(str(tmp_path), servers[0].port))
        return servers[-1]

    yield servers[0], again
    servers[-1].stop()


def test_the_printed_address_opens_the_lab_once_and_for_all(asking_everybody, chromium, elsewhere):
    server, again = asking_everybody
    printed = re.search(r"URL: (\S+)", server.log.read_text())
    assert printed and "/?token=" in printed[1]
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/tokens")
    expect(page.locator("body")).to_contain_text("wants its start token")
    page.goto(printed[1])
    page.locator("h1").first.wait_for()
    assert "token" not in page.url, "not on a slide, not in the history"
    assert page.evaluate("document.cookie").count("textlab-token") == 0, "no script reads it"
    second = context.new_page()  # a second window, and a bookmark with a setting
    second.goto(f"{server.url}/words?words_view=Pair")
    second.get_by_role("radio", name="Pair").or_(second.get_by_text("Pair")).first.wait_for()
    elsewhere[1].text = f'<a href="{server.url}/tokens">the lab</a>'
    second.goto(elsewhere[0].replace("127.0.0.1", "localhost"))  # slides: another site leads here
    second.get_by_text("the lab").click()
    second.locator("h1").first.wait_for()
    again()
    page.reload()
    page.locator("h1").first.wait_for()
    context.close()
