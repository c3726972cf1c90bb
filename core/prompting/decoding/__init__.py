"""Inside the process of a language model: the decode loop, sampling, the KV cache, tokens into text."""
