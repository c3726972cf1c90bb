"""Words as vectors: nearest words, analogies, axes and bias."""
