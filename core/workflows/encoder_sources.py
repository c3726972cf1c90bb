"""Which encoders of texts are on this machine: those of the catalogue, those fetched by name, and .gguf files."""

from __future__ import annotations

from core import catalog
from core.documents.encoders import DEFAULT_ENCODER
from core.models import hub, on_disk
from core.runtime import server_state
from core.workflows.compare_encoders import Source


def on_this_machine() -> list[Source]:
    """Encoders that were downloaded, by their folders, and .gguf files, by their names; without the default one."""
    folders = [
        Source("folder", spec.title, str(spec.path))
        for spec in catalog.of_kind("sentence-encoder")
        if spec.key != DEFAULT_ENCODER and spec.path
    ]
    names = server_state.compared_encoders.get("repositories", [])
    fetched = [Source("folder", name, str(hub.folder_of(name))) for name in names if hub.kept(name, "*.safetensors")]
    own = [
        Source("gguf", f"{spec.title} (GGUF)", str(spec.path))
        for spec in catalog.of_kind("language-model")
        if spec.path and not spec.repo
    ]
    files = [Source("gguf", f"{path.name}", str(path)) for path in on_disk.found()]
    return [*folders, *fetched, *files, *own]
