"""Files of llama.cpp: what a .gguf file says of itself, in one part or several."""
