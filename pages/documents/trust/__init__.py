"""Parts of the trust view."""
