"""Exact token counts, offline."""

from aifirst_codebase.tokens.counter import UNCOUNTED, TokenCounter, get_counter
from aifirst_codebase.tokens.tokenizer_error import TokenizerError

__all__ = ["UNCOUNTED", "TokenCounter", "TokenizerError", "get_counter"]
