"""Exact token counts, offline."""

from aifirst_codebase.tokens.counter import UNCOUNTED, TokenCounter, TokenizerError, get_counter

__all__ = ["UNCOUNTED", "TokenCounter", "TokenizerError", "get_counter"]
