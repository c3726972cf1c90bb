"""Headers of every response: what pages may load, who may frame them, and what they tell others.

The Content-Security-Policy is as tight as Streamlit and the lab's own components work with:

- scripts: the server's own, the one line inside of Streamlit's index.html by its hash, and blob: addresses, from which
  components (`st.components.v2`) and the pictures' plotly.js are loaded. No eval, no inline script, no event handler:
  a text that slips through as markup runs nothing. WebAssembly may be compiled: Streamlit's protobuf counts with it.
- styles: also inline. Streamlit's charts and `st.html` write style attributes.
- pictures: also data: and blob:, which charts and exports are drawn through.
- connections: this server only, its WebSocket included: nothing on a page can send to an outside address.
- no frames in either direction, no plugins, no forms that are sent, no <base>.

A file of the media store is never a page: it may load nothing and run nothing.

Source: https://www.w3.org/TR/CSP3/; https://www.w3.org/TR/referrer-policy/; https://fetch.spec.whatwg.org/#nosniff,
#cross-origin-resource-policy-header
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

Header = tuple[bytes, bytes]

MEDIA = re.compile(r"/media/[0-9a-f]{32,128}\b")  # Streamlit names a file by a digest of what is in it
_MEDIA_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
_REFUSAL_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def headers(path: str, host: str, secure: bool) -> tuple[Header, ...]:
    """The headers of an answer for `path`, asked at `host` ("127.0.0.1:8501"), over https if `secure`."""
    return _of_media() if MEDIA.search(path) else _of_pages(host, secure)


def of_refusals() -> tuple[Header, ...]:
    """The headers of an answer that is the guard's own: a sentence, or the way to the cookie."""
    return (b"content-security-policy", _REFUSAL_POLICY.encode()), *_ALWAYS


@functools.cache
def _of_media() -> tuple[Header, ...]:
    return (b"content-security-policy", _MEDIA_POLICY.encode()), *_ALWAYS


@functools.lru_cache(64)
def _of_pages(host: str, secure: bool) -> tuple[Header, ...]:
    socket = f"ws{'s' if secure else ''}://{host}"  # older browsers do not count a WebSocket as 'self'
    policy = "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self' blob: 'wasm-unsafe-eval'", *inline_scripts())),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {socket}",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    return (b"content-security-policy", policy.encode("latin-1")), *_ALWAYS


@functools.cache
def inline_scripts() -> tuple[str, ...]:
    """The hashes of the scripts that stand inside of Streamlit's index.html, as the policy names them."""
    from streamlit import file_util

    page = Path(file_util.get_static_dir()) / "index.html"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE.findall(text)
    )
