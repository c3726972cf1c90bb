"""llama.cpp on this machine: what is tried before it is trusted, and what is measured before it is chosen."""
