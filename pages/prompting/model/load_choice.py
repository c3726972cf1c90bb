"""How the model is loaded: its context in the sidebar, the rest in an expander, all "auto" until it is changed."""

from __future__ import annotations

import streamlit as st

from core.models.gguf.header import Header
from core.models.llama.load_settings import AUTO_LAYERS, LoadSettings
from core.runtime import machine

CONTEXTS = (512, 1024, 2048, 4096, 8192, 16384, 32768)
LONGEST_CONTEXT = 65_536
SMALL_BYTES = 50_000_000  # of a file whose context is not worth choosing: it gets all it was trained for
AUTO = 0


def pick_load_settings(header: Header) -> LoadSettings:
    """Draw them for a model file and return the settings."""
    n_ctx = _pick_context(header)
    with st.expander("Model loading"):
        cores = machine.usable_cores()
        threads = st.selectbox(
            "Threads",
            [AUTO, *range(1, cores + 1)],
            key="prompting_threads",
            bind="query-params",
            format_func=lambda count: "auto" if count == AUTO else str(count),
            help="Auto takes one for each core, and fewer while other programs run. A fixed number also makes answers "
            "with the same seed equal to the last bit.",
        )
        layers = st.selectbox(
            "GPU layers",
            [AUTO_LAYERS, 0, *_some_layers(header)],
            key="prompting_gpu_layers",
            bind="query-params",
            format_func=lambda count: {AUTO_LAYERS: "auto", 0: "0 (CPU only)"}.get(count, str(count)),
            help="How many layers are on the graphics card. Auto puts as many as fit into its memory; without a build "
            "of llama.cpp for a GPU there are none.",
        )
        flash = st.selectbox(
            "Flash attention",
            ["auto", "on", "off"],
            key="prompting_flash",
            bind="query-params",
            help="On needs less memory for long prompts; off often generates faster after them on a CPU. Auto measures "
            "both once and changes from one to the other when it pays.",
        )
        cache = st.selectbox(
            "KV cache type",
            ["f16", "q8_0", "q4_0"],
            key="prompting_cache_type",
            bind="query-params",
            help="How the keys and values of the context are stored: 16, about 8 or about 4 bits a number. Less takes "
            "less memory and is less exact; it needs flash attention.",
        )
    return LoadSettings(
        n_ctx=n_ctx, threads=int(threads), gpu_layers=int(layers), flash_attention=flash, cache_type=cache
    ).checked(header.context_length)


def _pick_context(header: Header) -> int:
    trained = header.context_length or 4096
    sizes = [size for size in CONTEXTS if size < trained] + [min(trained, LONGEST_CONTEXT)]
    if len(sizes) < 2 or (header.size_bytes <= SMALL_BYTES and trained <= 4096):
        return trained
    return st.select_slider(
        "Context length",
        sizes,
        value=max(size for size in sizes if size <= 4096),
        key="prompting_context",
        format_func=lambda size: f"{size:,} tokens",
        help="How many tokens the model holds at once. More take more memory; another choice loads the model again.",
    )


def _some_layers(header: Header) -> list[int]:
    """A quarter, half, three quarters and all of a model's layers, the output counted as one."""
    every = header.whole("block_count") + 1
    return sorted({max(1, every // 4), every // 2, 3 * every // 4, every} - {0})
