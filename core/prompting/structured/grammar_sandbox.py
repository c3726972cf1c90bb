"""A process in which grammars are tried and schemas are turned into grammars: one that may end without harm."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from core.errors import Cancelled, UserError
from core.runtime.worker import Worker
from core.runtime.worker_process import Task

if TYPE_CHECKING:
    from core.prompting.decoding.generation import ModelWorker

IDLE_SECONDS = 180.0  # after which the process is let go


class GrammarSandbox:
    """Lives in the worker. Keeps the vocabulary of the model it was last asked about."""

    def __init__(self) -> None:
        self._worker: ModelWorker | None = None

    def convert(self, task: Task, schema: str) -> str:
        """The grammar of a JSON schema, by llama-cpp-python's converter."""
        from core.prompting.structured.schema_grammar import Converter

        return Converter().convert(task, schema)

    def try_grammar(self, task: Task, path: str, grammar: str) -> bool:
        """Build a sampler of it with the vocabulary at `path` and drop it. A bad one raises, or ends this process."""
        from core.prompting.decoding.generation import ModelWorker

        if self._worker is None or self._worker.path != path:
            self._worker = ModelWorker(path, vocabulary_only=True)
        return self._worker.try_grammar(task, grammar)


_lock = threading.Lock()
_worker: Worker | None = None
_timer: threading.Timer | None = None


def new_worker() -> Worker:
    """The process, not started yet."""
    return Worker("core.prompting.structured.grammar_sandbox:GrammarSandbox", patience=4.0)


def ask(method: str, timeout: float = 20.0, **arguments: Any) -> Any:
    """Call the trial process; it is started if it is not running.

    Raises:
        WorkerDied: this brought the process down. TimeoutError: it took too long, and was ended.
    """
    global _worker, _timer
    with _lock:
        if _worker is None:
            _worker = new_worker()
        worker = _worker
        if _timer:
            _timer.cancel()
        _timer = threading.Timer(IDLE_SECONDS, _let_go, (worker,))
        _timer.daemon = True
        _timer.start()
    try:
        return worker.submit(method, **arguments).result(timeout)
    except TimeoutError:
        worker.kill()
        raise
    except Cancelled as problem:  # the process was let go in the same moment
        raise UserError("The trial was cancelled.", "Try again.") from problem


def _let_go(worker: Worker) -> None:
    with contextlib.suppress(OSError):
        if not worker.busy:
            worker.close()
