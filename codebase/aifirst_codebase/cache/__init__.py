"""The cache shared by all parts: what was computed from a file's content, kept until the content changes."""

from aifirst_codebase.cache.store import Cache, CacheRow, open_cache

__all__ = ["Cache", "CacheRow", "open_cache"]
