"""Glue spans: comments, docstrings and tickets, and what only looks like them."""

from aifirst_codebase.glue.span import Comment, GlueKind, GlueSpan, KeptReason

__all__ = ["Comment", "GlueKind", "GlueSpan", "KeptReason"]
