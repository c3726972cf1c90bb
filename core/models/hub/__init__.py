"""Files of the Hugging Face hub, downloaded on request: resumed after a break, verified, cached for offline use.

Sizes and checksums come from the repository's own listing: SHA-256 for large files, git's SHA-1 for small ones. A file
takes its place only when its checksum is right; what came of a broken download stays and is gone on with. The library's
own downloader starts again after each break (since version 1.18), so its `http_get` writes into a part file of ours.

Where the hub is, is huggingface_hub's own setting, HF_ENDPOINT; a token, where one is needed, HF_TOKEN. Nothing of
huggingface_hub is imported, and nothing asked of the network, before one of these functions is called.

Example:
    folder = fetch("mradermacher/SmolLM2-135M-Instruct-GGUF", ["*.Q8_0.gguf"])
"""

from __future__ import annotations

from core.models.hub.cache import folder_of, kept, kept_files, note, remove
from core.models.hub.download import Hub, fetch
from core.models.hub.listing import HubFile, Listing, encoder_files, listing

__all__ = [
    "ENVIRONMENT",
    "Hub",
    "HubFile",
    "Listing",
    "encoder_files",
    "fetch",
    "folder_of",
    "kept",
    "kept_files",
    "listing",
    "note",
    "remove",
]

ENVIRONMENT = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_XET": "1"}
"""For a process that fetches: no statistics, no bars in the terminal, plain HTTP (which can be resumed)."""
