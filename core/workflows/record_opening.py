"""Record the exchange that the prompts page opens with, by the default model on this machine.

python -m core.workflows.record_opening
"""

from __future__ import annotations

import json

from core import catalog
from core.prompting.engine import open_model
from core.prompting.recorded import FILE, MODEL, QUESTION, SETTINGS, record


def main() -> None:
    """Write the recorded run again."""
    model = open_model(catalog.find(MODEL).path or MODEL)
    recorded = record(model, [{"role": "user", "content": QUESTION}], SETTINGS)
    FILE.write_text(json.dumps(recorded, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    model.close()


if __name__ == "__main__":
    main()
