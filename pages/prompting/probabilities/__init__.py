"""Parts of the probabilities view: the coloured text and the alternatives of a token."""
