"""Readings, contexts and sample texts for the connectivity tests."""

from __future__ import annotations

from aifirst_codebase.config.settings import Settings
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_validator.file_context import FileContext

SETTINGS = Settings()

CACHE_DOC = '''"""A cache of web pages on disk.

Pages are kept under the hash of their address. A page older than its lifetime is fetched again; the
oldest pages are evicted when the cache grows over its limit of bytes."""
'''
CACHE_CODE = """

class PageCache:
    {}

    def __init__(self, folder, limit_bytes, lifetime):
        self.folder = folder
        self.limit_bytes = limit_bytes
        self.lifetime = lifetime

    def fetch(self, address, now):
        {}
        path = self.folder / hash_of(address)
        # {}
        if path.exists() and now - path.stat().st_mtime < self.lifetime:
            return path.read_bytes()
        page = download(address)
        path.write_bytes(page)
        self.evict_oldest()
        return page

    def evict_oldest(self):
        {}
        pages = sorted(self.folder.iterdir(), key=lambda page: page.stat().st_mtime)
        size = sum(page.stat().st_size for page in pages)
        while size > self.limit_bytes:
            size -= pages[0].stat().st_size
            pages.pop(0).unlink()
"""
CACHE = CACHE_DOC + CACHE_CODE.format(
    '"""Keeps downloaded pages in a folder until their lifetime ends."""',
    '"""The bytes of the page at an address, from the folder when it is young enough."""',
    "A page past its lifetime is downloaded again, so a stale one is never returned.",
    '"""Unlink the oldest pages until the size of the folder is within its limit."""',
)
STRANGE_CACHE = '''"""Chess openings and their evaluation.

A variation is scored by the material balance after the last capture; gambits lose a pawn for
tempo, and castling rights count a third of a knight."""
''' + CACHE_CODE.format(
    '"""The board with all pieces, whose turn it is and who may castle."""',
    '"""Play the strongest reply found by alpha beta search within the clock."""',
    "Stalemate is worth a draw even with a queen against the bare king.",
    '"""Promote the passed pawn, capture the bishop, and give check with the rook."""',
)

TICKET = """# ============================================================================
# @TAG:TICKET:page-cache
# @TAG:FEATURE:page-cache
# TICKET: Keep downloaded pages on disk
# ============================================================================
# CONTEXT: every fetch downloads the page again, although an address seldom changes within its lifetime
# PROBLEM: the folder must not grow over its limit of bytes, so the oldest pages are evicted first
# REQUIREMENTS:
# FR1: a page younger than its lifetime is returned from the folder without a download
# FR2: evict the oldest pages until the folder is within limit_bytes
# ============================================================================
"""
STRANGE_TICKET = """# ============================================================================
# @TAG:TICKET:chess-openings
# TICKET: Score chess openings
# ============================================================================
# CONTEXT: gambits lose a pawn for tempo, and the engine undervalues castling rights in quiet variations
# PROBLEM: material balance after a capture sequence misjudges the bishop pair and the passed pawn
# REQUIREMENTS:
# FR1: a variation is scored by material, mobility and king safety after the last forced capture
# FR2: stalemate is worth a draw even with a queen against the bare king
# ============================================================================
"""


def reading_of(text: str, path: str = "example.py") -> Reading:
    """The reading of a text."""
    source = decode_source(path, text.encode())
    language = language_of(path, source.data)
    assert language is not None
    return read(source, language, get_counter())


def file_of(text: str, path: str = "example.py") -> FileContext:
    """The context of a text under default settings."""
    return FileContext(reading_of(text, path), SETTINGS)
