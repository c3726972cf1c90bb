"""Readers of files, one module for each family of formats; `core.documents.ingest.formats` lists them."""
