"""Serves a model to other programs on this machine, by llama.cpp's own server or vLLM's."""
