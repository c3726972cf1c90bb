"""Parts of the chat: turns, sending, the context window, the draft."""
