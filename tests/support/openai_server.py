"""A server on loopback that speaks as much of OpenAI's protocol as a test says."""

import contextlib
import http.server
import json
import threading


@contextlib.contextmanager
def server(answer):
    """Its address and what it was asked: (path, body, headers). `answer(handler, body)` writes each response."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, body, dict(self.headers)))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                answer(self, body)

        def do_GET(self):
            asked.append((self.path, None, dict(self.headers)))
            answer(self, None)

        def log_message(self, *words):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/v1", asked
    finally:
        running.shutdown()
        running.server_close()


def stream(handler, events, ends=True):
    """Send events; `ends` False: without saying that they have ended."""
    handler.send_response(200)
    handler.end_headers()
    for event in events:
        handler.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        handler.wfile.flush()
    if ends:
        handler.wfile.write(b"data: [DONE]\n\n")


def said(*words, **more):
    """Words of an answer as events."""
    return [{"choices": [{"delta": {"content": word}, **more}]} for word in words]
