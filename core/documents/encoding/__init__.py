"""Texts into vectors: sentence encoders, the fast BERT pass and which way of computing is used here, stored vectors."""
