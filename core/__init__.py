"""The lab's core: everything it computes, usable from a plain Python prompt. Lowest layer first:

    errors      UserError: what happened and what to do next
    storage     where models and caches live; content keys, atomic writes, checksums
    text        words as a search engine analyses them; tables as safe text
    runtime     workers (an object in a process of its own), the gate for files of strangers, jobs, server state
    models      specs, the Hugging Face hub, GGUF files, llama.cpp, OpenAI-compatible servers

    words       vectors, nearest words, analogies, bias
    tokens      tokenizers and what they do to a text
    documents   corpora, encoders, projections, clusters, search
    prompting   language models: engine, settings, context window, lessons, evals, history
    pocket      the small language models that ship with the lab

    workflows   what joins areas: comparing encoders, evaluating search, encoding a vocabulary
    catalog     what can be chosen: specs of models, vectors, tokenizers, corpora
    licences    the licences of everything that is installed
    cached      loaded objects, one for all sessions (the only part that imports Streamlit)
    figures     arrays in, plotly figures out
    data        word lists, vectors, prompts and sample documents that ship

A module imports its own layer and lower ones; no area (words, tokens, documents, prompting, pocket) imports another.
tests/test_architecture.py holds this map and these rules.
"""

__version__ = "0.9.0"
