"""Which host a key is sent to: the one it was set for, over https or on this machine, and no other.

A key in the environment belongs to a server. An address typed on a page, mistyped perhaps, must not receive it:

- TEXTLAB_API_KEY goes to the hosts in TEXTLAB_API_KEY_HOST ("llm.example.org", or "llm.example.org:8443" for that port
  alone; several with commas); without that to servers on this machine only.
- OPENAI_API_KEY goes to the host of OPENAI_BASE_URL; without that to api.openai.com.
- Over plain http a key goes to this machine only: on the way to another one anybody can read it.
"""

from __future__ import annotations

import ipaddress
import os
import urllib.parse

from core.errors import UserError

OPENAI = "api.openai.com"


def openai_host() -> str:
    """The host, and its port where one is named, that OPENAI_API_KEY was set for."""
    return os.environ.get("OPENAI_BASE_URL", "").strip() or OPENAI


def headers_for(host: str, port: int | None, secure: bool, azure: bool = False) -> dict[str, str]:
    """The headers that carry the key; Azure's servers (`azure`) want it in one of their own.

    Raises:
        UserError: as `key_for`.
    """
    key = key_for(host, port, secure)
    return ({"Authorization": f"Bearer {key}"} | ({"api-key": key} if azure else {})) if key else {}


def is_loopback(host: str) -> bool:
    """Whether a host, as it stands in an address, is this machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def key_for(host: str, port: int | None, secure: bool) -> str:
    """The key for a server that speaks OpenAI's protocol; "" for none. `secure`: it is asked over https.

    Raises:
        UserError: a key was set for that host, but it would go there over plain http.
    """
    own = os.environ.get("TEXTLAB_API_KEY_HOST", "")
    if _named(openai_host(), host, port, secure) and not _named(own, host, port, secure):
        openai = secret("OPENAI_API_KEY", openai_host(), host, port, secure)
        if openai or host == OPENAI:
            return openai
    return secret("TEXTLAB_API_KEY", own, host, port, secure)


def secret(name: str, hosts: str, host: str, port: int | None, secure: bool) -> str:
    """The environment variable `name`, if it was set for that host; else "".

    `hosts` are those that it was set for, with commas between them; none means this machine.

    Raises:
        UserError: it was set for that host, but would go there over plain http.
    """
    key = os.environ.get(name, "").strip()
    if not key or not (_named(hosts, host, port, secure) if hosts.strip() else is_loopback(host)):
        return ""
    if not secure and not is_loopback(host):
        raise UserError(
            f"{name} is not sent to {host} over plain http: on the way anybody could read it.",
            "Give an address that begins with https, or reach the server through a tunnel (ssh -L) and give the "
            "tunnel's address on 127.0.0.1.",
        )
    return key


def how_to_send(host: str, port: int | None, secure: bool) -> str:
    """What to do when a server refuses for want of a key."""
    name = "OPENAI_API_KEY" if _named(openai_host(), host, port, secure) else "TEXTLAB_API_KEY"
    if key_for(host, port, secure):
        return f"The key that was sent is not accepted: check {name} and start the lab again."
    if name == "OPENAI_API_KEY" or (is_loopback(host) and not os.environ.get("TEXTLAB_API_KEY_HOST", "").strip()):
        return f"Set the environment variable {name} and start the lab again."
    return (
        f"A key goes only to the host it was set for: set the environment variables TEXTLAB_API_KEY and "
        f"TEXTLAB_API_KEY_HOST={host} and start the lab again."
    )


def _named(hosts: str, host: str, port: int | None, secure: bool) -> bool:
    """Whether a list of hosts names this one, and its port where it says one. An address stands for its host."""
    for entry in filter(None, map(str.strip, hosts.split(","))):
        try:
            parts = urllib.parse.urlsplit(entry if "://" in entry else f"//{entry}")
            if parts.hostname == host.lower().strip("[]") and parts.port in (
                None,
                port if port is not None else 443 if secure else 80,
            ):
                return True
        except ValueError:  # no port, or no address at all: it names nobody
            continue
    return False
