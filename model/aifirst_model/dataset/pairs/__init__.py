"""Pairs: samples made of documents, one kind a file. All are taken from what is there, none is invented."""
