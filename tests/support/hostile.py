"""Readers that do what damaged and malicious files make real ones do."""

import os
import signal
import socket
import subprocess
import time

import numpy as np

from core.errors import UnreadableFile
from core.runtime import gate
from core.runtime.readers import MIB, Reader


def reader(name, **limits):
    return Reader(f"test {name}", f"{__name__}:{name}", "Reading the sample", **limits)


def echo(**arguments):
    return arguments


def pid():
    return os.getpid()


def refuse():
    raise UnreadableFile("The file is cut short.", "Fetch it again.")


def bug():
    return [][1]


class PanicException(BaseException):
    """As pyo3 raises it when code in Rust gives up."""


def panic():
    raise PanicException("index out of bounds")


def quit_python():
    raise SystemExit(3)


def eat(mib):
    return len(bytearray(mib * MIB))


def eat_many():
    held = []
    while True:
        held.append(np.ones(MIB))


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def steady(task, steps, pause):
    for step in range(steps):
        task.progress(step / steps, f"step {step}")
        time.sleep(pause)
    return steps


def stop_self():
    os.kill(os.getpid(), signal.SIGSTOP)


def abort():
    os.abort()


def die_with(content):
    os.abort()


def connect():
    socket.create_connection(("127.0.0.1", 9))


def look_up():
    socket.getaddrinfo("example.org", 80)


def start_program():
    subprocess.run(["true"])


def environment():
    return dict(os.environ)


def unsendable():
    return object()


def nested():
    """A reader that needs another one: run right here, not in a second process."""
    return [os.getpid(), gate.read(reader("pid"))]


def numbers(count):
    return {"ids": np.arange(count), "bytes": bytes(range(256)) * (count // 256), "nested": [{"half": np.float32(0.5)}]}


def eat_source(source):
    """What reads a source, and takes all memory at it."""
    eat_many()
