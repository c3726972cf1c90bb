"""Loads one file after another in a worker, and reads a token with each, as the prompts page would."""

from core.prompting.decoding.generation import ModelWorker
from core.runtime.worker import Task


class Loader:
    def load(self, task: Task, path: str) -> int:
        worker = ModelWorker(path, n_ctx=64, threads=1)
        list(worker.generate(task, prompt=[1], settings={"max_tokens": 2}))
        if worker.context and worker.model:
            worker.context.close()
            worker.model.close()
        return 1
