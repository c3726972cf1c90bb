"""Tokenizers by their algorithm: byte pairs, word pieces, unigram pieces, bytes, and those of servers."""
