"""Specs, the Hugging Face hub, GGUF files, llama.cpp, OpenAI-compatible servers: what any area may use."""
