"""The lines of Python under a view: opening the model that is in use and asking it what the page asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from core import catalog
from core.models.llama.load_settings import LoadSettings
from core.prompting.engine import Model, default_context
from core.prompting.runs import Question
from core.prompting.settings import Settings


def catalogue_key(model: Any) -> str:
    """The catalogue's key of a model; "" for another file, and for a server."""
    if not isinstance(model, Model):
        return ""
    return next(
        (spec.key for spec in catalog.of_kind("language-model") if spec.path and spec.path.resolve() == model.path), ""
    )


def model_code(model: Any) -> str:
    """The expression that opens this model with the load settings in use, or connects to this server."""
    if not isinstance(model, Model):
        return f"connect({model.address!r}, {model.model!r})"
    key = catalogue_key(model)
    chosen, default = model.load_settings, LoadSettings()
    differing = {
        field.name: value
        for field in fields(chosen)
        if (value := getattr(chosen, field.name)) != getattr(default, field.name)
    }
    if model.n_ctx == default_context(model.header):
        differing.pop("n_ctx", None)
    how = "".join(f", {name}={value!r}" for name, value in differing.items())
    return f'open_model(catalog.find("{key}").path{how})' if key else f"open_model({str(model.path)!r}{how})"


def imports(models: Iterable[Any], *more: str) -> str:
    """The lines of import for these models and `Settings`, and `more`, sorted."""
    models = list(models)
    lines = set(more)
    if any(catalogue_key(model) for model in models):
        lines.add("from core import catalog")
    if any(isinstance(model, Model) for model in models):
        lines.add("from core.prompting.engine import Settings, open_model")
    else:
        lines.add("from core.prompting.settings import Settings")
    if not all(isinstance(model, Model) for model in models):
        lines.add("from core.prompting.endpoint import connect")
    return "\n".join(sorted(lines)) + "\n"


def answer_code(question: Question, settings: Settings) -> str:
    """Lines that ask one question with the settings (and so the seed) of the answer on the page; `result` is its
    text."""
    return (
        f"{imports([question.model])}"
        f"model = {model_code(question.model)}\n"
        f"prompt = {question.prompt!r}\n"
        f"steps = model.generate(prompt, {settings.as_code()}{how_code(question)})\n"
        f'result = "".join(step.text for step in steps)\n'
        f"timings = model.timings\n"
        f"model.close()"
    )


def how_code(question: Question) -> str:
    """The arguments of `generate` besides prompt and settings, each with a comma before it."""
    thinking = "" if question.thinking is None else f", thinking={question.thinking}"
    return thinking + (", cold=True" if question.cold else "")
