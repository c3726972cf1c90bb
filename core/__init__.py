"""The lab's core: everything it computes, usable from a plain Python prompt.

    catalog     what can be chosen: specs of models, vectors, tokenizers, corpora
    loaders     loaded objects, one for all sessions (the only module here that imports Streamlit)
    errors      UserError: what happened and what to do next
    storage     where models and caches live; content keys, atomic writes, checksums
    hub         files of the Hugging Face hub, fetched on a press and kept
    worker      an object in a process of its own: call, stream, cancel, kill, restart
    runtime     the gate: what strangers wrote is read in limited processes apart
    llama       llama.cpp in a model's own process: weights, contexts, vectors of texts; gguf_header reads its files
    openai_server  any server that speaks OpenAI's protocol: its models, its vectors

    words       vectors, nearest words, analogies, bias
    documents   corpora, encoders, projections, clusters, search
    tokens      tokenizers and what they do to a text
    prompting   language models: engine, settings, context window, timings
    pocket      the small language models that ship with the lab
    figures     arrays in, plotly figures out
    data        word lists, prompts, sample documents

Imports go one way: loaders -> catalog and the areas -> errors, storage, worker. No area imports another.
"""
