"""Texts and word counts to vectors: embedders behind one protocol."""
