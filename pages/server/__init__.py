"""Before the pages: who may reach the server, what a browser may load from it."""
