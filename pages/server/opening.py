"""What the terminal shows once the server listens, and the browser tab that opens by itself.

Streamlit prints an address of its own (switched off in .streamlit/config.toml) and, asked to listen beyond loopback,
looks up this machine's address outside to do so; the lab asks nobody. It also opens no tab for an app that is an
`st.App`, as this one is.
"""

from __future__ import annotations

import threading

from streamlit import cli_util, config
from streamlit.web.server import server_util

from pages.server.hosts import LOOPBACK, Hosts, one_spelling
from pages.server.start_token import Asked, StartToken


def settings() -> list[str]:
    """`server.address` and `browser.serverAddress` where a person set them to something that `hosts` does not know."""
    set_to = [
        str(config.get_option(name) or "")
        for name in ("server.address", "browser.serverAddress")
        if config.is_manually_set(name)
    ]
    return [address for address in set_to if not everywhere(address) and one_spelling(address) not in LOOPBACK]


def everywhere(address: str) -> bool:
    """Whether a server of that address listens on all addresses of the machine."""
    return address in ("", "0.0.0.0", "::")


def announce(hosts: Hosts, token: StartToken) -> None:
    """Print the address, with the token where it will be asked for, and open it unless there is no screen."""
    if not str(getattr(config, "_server_mode", "")).startswith("starlette-app"):
        return  # another program runs the server, and knows the port
    address = str(config.get_option("server.address") or "")
    shown = next(reversed(settings()), LOOPBACK[0] if everywhere(address) else address)
    url = server_util.get_url(_bracketed(shown))
    outside = bool(hosts.further) or everywhere(address) or one_spelling(address) not in LOOPBACK
    wanted = token.asked is Asked.EVERYBODY or (token.asked is Asked.OTHERS and outside)
    cli_util.print_to_cli("\n  You can now view Laptop Text Lab in your browser.\n")
    cli_util.print_to_cli(f"  URL: {url}{f'/?token={token.quoted}' if wanted else ''}\n")
    for refused in hosts.refused:
        cli_util.print_to_cli(f"  TEXTLAB_HOSTS: “{refused[:100]}” is not the name of a host and is left out.\n")
    if not config.get_option("server.headless"):
        url += f"/?token={token.ticket()}" if token.asked is Asked.EVERYBODY else ""
        threading.Thread(target=cli_util.open_browser, args=(url,), daemon=True).start()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and "[" not in host else host
