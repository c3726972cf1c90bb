"""A JSON schema written as a grammar, by the converter of llama-cpp-python, in a process of its own."""

from __future__ import annotations

from core.errors import UserError
from core.worker_process import Task


class Converter:
    """Lives in a worker: the converter's module loads the native library."""

    def convert(self, task: Task, schema: str) -> str:
        from llama_cpp import llama_grammar

        try:
            # The converter lets a bare line end stand inside a string, which JSON forbids (RFC 8259, section 7).
            return llama_grammar.json_schema_to_gbnf(schema).replace(r'[^"\\]', r'[^"\\\x7F\x00-\x1F]')
        except Exception as problem:  # whatever the converter chokes on lies in the schema
            raise UserError(f"This JSON schema cannot be turned into a grammar ({str(problem)[:200]}).",
                            "Use types, properties, required, enum, items and anyOf.") from problem
