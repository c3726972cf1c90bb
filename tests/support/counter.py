"""A small object to put into a worker."""

import os
import time

from core.errors import UnreadableFile


class Counter:
    def __init__(self, start: int = 0) -> None:
        self.value = start

    def add(self, task, number):
        self.value += number
        return self.value

    def pid(self, task):
        return os.getpid()

    def environment(self, task, name):
        return os.environ.get(name)

    def count(self, task, upto, pause=0.0):
        for number in range(upto):
            task.check()
            time.sleep(pause)
            yield number

    def long(self, task, steps):
        for step in range(steps):
            task.progress(step / steps, f"step {step}")
            time.sleep(0.01)
        return steps

    def refuse(self, task):
        raise UnreadableFile("The file is cut short.", "Fetch it again.")

    def bug(self, task):
        return 1 / 0

    def print_to_stdout(self, task):
        os.write(1, b"native code talks\n")
        print("and so does Python")  # noqa: T201
        return "ok"

    def files(self, task, path):
        return {"file": path}

    def echo(self, task, text):
        return text

    def much(self, task, count):
        return len(bytearray(count))

    def garble(self, task):
        for number in range(3, 64):  # whichever of its files is the pipe
            try:
                os.write(number, b"\x04\x00\x00\x00oops")
            except OSError:
                continue
        time.sleep(10)

    def deaf(self, task):
        task.progress(0.5, "deaf from here on")
        time.sleep(30)  # as native code that hears no cancellation


class Picky(Counter):
    def __init__(self, path: str) -> None:
        super().__init__()
        if not os.path.exists(path):
            raise UnreadableFile("The file is not there yet.", "Wait for it.")
