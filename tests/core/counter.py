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

    def deaf(self, task):
        task.progress(0.5, "deaf from here on")
        time.sleep(30)  # as native code that hears no cancellation
