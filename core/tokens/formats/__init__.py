"""Files that hold a tokenizer: tokenizer.json, SentencePiece models, GGUF, tiktoken vocabularies."""
