"""Whose program is at the other end of a connection: Linux knows the account of every open socket.

    INET_DIAG asks the kernel for one socket by its two ends; about 30 microseconds, whatever else is open.

Source: man 7 sock_diag; linux/inet_diag.h (struct inet_diag_req_v2, struct inet_diag_msg)
"""

from __future__ import annotations

import functools
import os
import socket
import struct
import sys

_SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, _NLMSG_ERROR, _NETLINK_SOCK_DIAG = 20, 1, 2, 4
_ESTABLISHED = 1
_PATIENCE_S = 0.2
End = tuple[str, int]


def is_ours(client: End, server: End) -> bool | None:
    """Whether the connection from `client` to `server` was opened by this account or by root, who can read all anyway.

    None where the system does not tell (only Linux does). False also for a connection from another machine, and for one
    that its other end has given up: the kernel forgets then whose it was.
    """
    if not kernel_tells():
        return None
    try:
        owner = _owner(client, server)
    except OSError:
        return None
    return owner in (os.geteuid(), 0)


@functools.cache
def kernel_tells() -> bool:
    """Whether this system answers such questions, tried once with a connection of our own.

    A kernel without the module says of every socket that it is not there.
    """
    if sys.platform != "linux":
        return False
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as listening,
            socket.create_connection(listening.getsockname()) as client,
        ):
            return _owner(client.getsockname(), listening.getsockname()) == os.geteuid()
    except OSError:
        return False


def _owner(client: End, server: End) -> int | None:
    """The account of the client's open socket; None if there is no such socket on this machine.

    Raises:
        OSError: the kernel does not answer such questions.
    """
    family = socket.AF_INET6 if ":" in client[0] else socket.AF_INET
    try:
        ends = [socket.inet_pton(family, host.partition("%")[0]).ljust(16, b"\0") for host in (client[0], server[0])]
    except OSError:
        return None
    # Header (length, type, flags, sequence, sender); family, protocol, extensions, padding, states; the socket's ends,
    # any interface, any cookie.
    body = (
        struct.pack("=BBBBI", family, socket.IPPROTO_TCP, 0, 0, 1 << _ESTABLISHED)
        + struct.pack("!HH", client[1], server[1])
        + b"".join(ends)
        + b"\0" * 4
        + b"\xff" * 8
    )
    question = struct.pack("=IHHII", 16 + len(body), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0) + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(_PATIENCE_S)
        kernel.sendto(question, (0, 0))
        answer = kernel.recv(8192)
    if struct.unpack_from("=H", answer, 4)[0] == _NLMSG_ERROR:
        error = -struct.unpack_from("=i", answer, 16)[0]
        if error == 2:  # ENOENT: no such socket here
            return None
        raise OSError(error, os.strerror(error))
    # family, state, timer, retransmissions (4); the ends, interface and cookie (48); expires, two queues; uid, inode.
    state, (owner, inode) = answer[17], struct.unpack_from("=II", answer, 16 + 4 + 48 + 12)
    return owner if state == _ESTABLISHED and inode else None
