"""A JSON schema written as a grammar, by the converter of llama-cpp-python, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from core.errors import UserError
from core.prompting.structured.schema_text import plain_pattern
from core.runtime.worker_process import Task


class Converter:
    """Lives in a worker: the converter's module loads the native library."""

    def convert(self, task: Task, schema: str) -> str:
        from llama_cpp import llama_grammar

        class Exact(llama_grammar.SchemaConverter):
            """The converter leaves backslashes as they are: a name or a constant with a quote in it breaks its rule."""

            def _format_literal(self, literal: str) -> str:
                shown = json.dumps(json.loads(literal), ensure_ascii=False) if literal.startswith('"') else literal
                escaped = shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
                return f'"{escaped}"'

            def _visit_pattern(self, pattern: str, name: str) -> str:
                visit: Callable[[str, str], str] = super()._visit_pattern
                return visit(plain_pattern(pattern) or pattern, name)

        try:
            make: Callable[..., Any] = Exact
            converter = make(prop_order={}, allow_fetch=False, dotall=False, raw_pattern=False)
            converter.visit(converter.resolve_refs(json.loads(schema), "stdin"), "")
            # The converter allows a bare line end inside a string, which JSON forbids (RFC 8259, section 7).
            inside = r'[^"\\\x7F\x00-\x1F]'
            grammar: str = converter.format_grammar()
            return grammar.replace(r'[^"\\]', inside).replace(llama_grammar.DOT, inside)
        except Exception as problem:  # whatever the converter fails on is in the schema
            raise UserError(
                f"This JSON schema cannot be turned into a grammar ({str(problem)[:200]}).",
                "Use types, properties, required, enum, items and anyOf.",
            ) from problem
