"""Parts of the probabilities view: the coloured text and what could have stood there."""
