"""Exact token counts, offline."""

from aifirst_codebase.tokens.counter import TokenCounter, TokenizerError, get_counter

__all__ = ["TokenCounter", "TokenizerError", "get_counter"]
