"""Documents as vectors: corpora, encoders, projections, clusters and search."""
