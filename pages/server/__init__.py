"""Before the pages: who may reach the server, and what a browser may load from it."""
