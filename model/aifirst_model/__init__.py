"""Runs language models behind one protocol: `text_model.TextModel`."""
