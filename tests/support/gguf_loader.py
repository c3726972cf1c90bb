"""Loads one file after another in a worker, and reads a token with each, as the prompts page would."""

from core.prompting.decoding.generation import Host
from core.runtime.worker import Task


class Loader:
    def load(self, task: Task, path: str) -> int:
        host = Host(path, n_ctx=64, threads=1)
        list(host.generate(task, prompt=[1], settings={"max_tokens": 2}))
        if host.context and host.model:
            host.context.close()
            host.model.close()
        return 1
