"""The start token: what a connection must show that is not known to come from the person's own account.

Jupyter asks everybody for a token. That guards against other accounts of the machine, which could otherwise use the
lab's "a path on this machine" to read files that are not theirs, and against everybody on the network once the lab
listens there. What it costs a speaker was weighed for the lab:

- a bookmark, an address typed on stage, a second browser, a private window, `localhost` instead of `127.0.0.1`, a link
  in one's slides: each is refused until the long address from the terminal has been opened there once, and the
  audience watches. Scripts that open a plain address stop working.
- the gain on a laptop of one account is nothing: whoever runs as that account can read its files anyway, and pages in
  the browser are held off by Host and Origin (`hosts`), not by the token.

So by default the token is asked only of those against whom it helps. On Linux, where machines with many accounts are,
the kernel says whose a connection is (`account`): the person's own pass, other accounts and other machines must show
the token. Elsewhere connections from the machine itself pass and those from outside must show it. TEXTLAB_TOKEN=on
asks everybody, TEXTLAB_TOKEN=off nobody, any other value is the token itself and everybody is asked.

The token is kept in the lab's folder, readable by its owner alone, so that after a restart a browser that has shown it
once is still known: bookmarks, second windows and reloads go on. It comes in the address that is printed
(`?token=...`), is put into a cookie and taken out of the address at once, so that it is on no slide and in no history.

Source: https://jupyter-server.readthedocs.io/en/latest/operators/security.html
"""

from __future__ import annotations

import contextlib
import enum
import functools
import hmac
import os
import re
import secrets
import stat
import urllib.parse
from collections.abc import Mapping
from pathlib import Path

from core import storage
from core.errors import UserError

_MADE = re.compile(r"[A-Za-z0-9_-]{43}")
_OFF, _ON = {"off", "no", "0", "false"}, {"on", "yes", "1", "true"}


class Asked(enum.Enum):
    """Of whom the token is asked."""

    NOBODY = "nobody"
    OTHERS = "other accounts and other machines"
    EVERYBODY = "everybody"


class StartToken:
    """The token and of whom it is asked. Read or made when it is first needed."""

    def __init__(self, asked: Asked = Asked.OTHERS, value: str = "") -> None:
        self.asked, self._given = asked, value
        self._tickets: set[str] = set()

    @functools.cached_property
    def value(self) -> str:
        """The token itself."""
        return self._given or _kept(storage.home() / "token")

    @property
    def quoted(self) -> str:
        """The token as it stands in an address."""
        return urllib.parse.quote(self.value, safe="")

    def fits(self, shown: str) -> bool:
        """Whether that is the token, or a ticket that was not used yet; compared in constant time."""
        if hmac.compare_digest(shown.encode(), self.value.encode()):
            return True
        used = [ticket for ticket in self._tickets if hmac.compare_digest(shown.encode(), ticket.encode())]
        self._tickets.difference_update(used)
        return bool(used)

    def ticket(self) -> str:
        """A token that serves once: for the command line that opens the browser, which other accounts can read."""
        made = secrets.token_urlsafe(32)
        self._tickets.add(made)
        return made


def from_environment(environment: Mapping[str, str] = os.environ) -> StartToken:
    """What TEXTLAB_TOKEN says: off, on, a token of one's own, or nothing."""
    said = environment.get("TEXTLAB_TOKEN", "").strip()
    if said.lower() in _OFF:
        return StartToken(Asked.NOBODY)
    if not said:
        return StartToken(Asked.OTHERS)
    return StartToken(Asked.EVERYBODY, "" if said.lower() in _ON else said)


def _kept(path: Path) -> str:
    """The token in the file, if nobody else could have read or written it; else a new one, kept there if possible."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        found = os.stat(path, follow_symlinks=False)
        private = os.name != "posix" or (found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077)
        text = path.read_text(encoding="ascii").strip() if private and stat.S_ISREG(found.st_mode) else ""
        if _MADE.fullmatch(text):
            return text
    made = secrets.token_urlsafe(32)
    with contextlib.suppress(OSError, UserError):
        with storage.writing(path) as part:  # made by mkstemp: readable by its owner alone
            part.write_text(made, encoding="ascii")
    return made
