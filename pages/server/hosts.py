"""The names under which this server answers, and the origins of the pages that may talk to it.

A page elsewhere can have its own name resolve to 127.0.0.1 (DNS rebinding); the browser then takes this server for a
part of that page. What gives it away is the Host header, which still says the page's own name. So a request is answered
only if its Host is

- localhost, 127.0.0.1 or [::1], with the port on which the server listens,
- the very IP address through which the connection came, with that port: for a lab that listens on more than loopback.
  An IP address needs no resolving, so it cannot be rebound,
- `server.address` or `browser.serverAddress`, Streamlit's settings, where a person set them to a name,
- or one of the further hosts in the environment variable TEXTLAB_HOSTS, for those who put a proxy or a tunnel before
  the lab: `TEXTLAB_HOSTS=lab.example.org,localhost:9000`. A name without a port stands for the usual ports (80, 443)
  and the server's own.

and if its Origin, where the browser names one, is that same host and port: another port is another program.

Source: RFC 9110, 7.2 (Host); RFC 6454 (Origin); https://owasp.org/www-community/attacks/DNS_Rebinding
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from typing import NamedTuple

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NETLOC = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?", re.ASCII)
_USUAL = {"http": 80, "https": 443}


class Place(NamedTuple):
    """A host (lower case; an IP address in its one spelling, without brackets) and a port, None where none is said."""

    host: str
    port: int | None


def place(text: str) -> Place | None:
    """What "host", "host:port" or "[ip]:port" names; None if it is none of these.

    Example: place("[0:0::1]:8501") gives Place("::1", 8501)
    """
    match = _NETLOC.fullmatch(text)
    if not match:
        return None
    host = one_spelling(match[1].strip("[]"))
    if match[1].startswith("[") and ":" not in host and not host[0].isdigit():
        return None
    return Place(host, int(match[2]) if match[2] else None)


def one_spelling(host: str) -> str:
    """A name in lower case; an IP address as the standard library writes it, IPv4 inside of IPv6 as IPv4."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower()
    inside = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(inside or address)


class Hosts:
    """The hosts that are answered. `further`: "host" or "host:port", from the settings; what is neither is kept in
    `refused` and left out."""

    def __init__(self, further: Iterable[str] = ()) -> None:
        read = {text.strip(): place(text.strip()) for text in further if text.strip()}
        self.further = {found for found in read.values() if found}
        self.refused = [text for text, found in read.items() if not found]

    def answers(self, asked: Place, scheme: str, server: tuple[str, int | None]) -> bool:
        """Whether a request for the host `asked` is answered.

        `scheme` is "http" or "https", `server` the address and port through which the connection came.
        """
        port = _USUAL[scheme] if asked.port is None else asked.port
        if port == server[1] and (asked.host in LOOPBACK or asked.host == one_spelling(server[0])):
            return True
        return self.is_further(asked, server)

    def is_further(self, asked: Place, server: tuple[str, int | None]) -> bool:
        """Whether the settings name this host, so that something else may stand before the server."""
        return asked in self.further or (
            Place(asked.host, None) in self.further and asked.port in (None, *_USUAL.values(), server[1])
        )

    def same_origin(self, origin: str, host: str, scheme: str, server: tuple[str, int | None]) -> bool:
        """Whether a page of that origin was loaded from `host`, as it stands in the header. "null" never is.

        Letter for letter, as browsers write both: then Streamlit finds them equal too and looks up nothing. Before a
        further host a proxy may speak https where the server hears http.
        """
        spoken, _, rest = origin.partition("://")
        asked = place(host)
        return (
            asked is not None
            and rest == host
            and spoken in _USUAL
            and (spoken == scheme or self.is_further(asked, server))
        )


def named(*settings: str) -> list[str]:
    """The further hosts: those in TEXTLAB_HOSTS, and the given ones."""
    names = [*os.environ.get("TEXTLAB_HOSTS", "").split(","), *settings]
    return [f"[{name}]" if name.count(":") > 1 and "[" not in name else name for name in map(str.strip, names) if name]
