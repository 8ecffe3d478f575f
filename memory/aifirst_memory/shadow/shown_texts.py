"""The texts that contexts gave of units at lower resolutions, found again by what the unit says.

The key is the unit's own text with what else decides how it is given, so a text can not be stale: a changed unit has
another key, and an unchanged one its text, whatever changed around it and whatever its file is called.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from typing import TYPE_CHECKING, Final

from aifirst_memory.shadow.keep import keep_shown
from aifirst_memory.shadow.maker import maker

if TYPE_CHECKING:
    from aifirst_memory.context.file_text import FileText
    from aifirst_memory.context.request import Resolution
    from aifirst_memory.memory import Memory

_MOST_NEW: Final = 20_000
"""Texts that wait to be kept; more are not."""


class ShownTexts:
    """The texts of one open memory. What is put into it is kept when `keep` is called."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._new: dict[int, tuple[int, str]] = {}
        self._asked: tuple[FileText, int, Resolution, int] | None = None

    def get(self, file: FileText, index: int, resolution: Resolution) -> tuple[str, int] | None:
        """The text of a unit at a resolution, with its tokens; None where it is not kept."""
        key = self._key(file, index, resolution)
        noted = self._new.get(key)
        if noted is not None:
            return noted[1], noted[0]
        try:
            row = self._memory.connection.execute(
                "SELECT text, tokens FROM shadow_text WHERE key = ?", (key,)
            ).fetchone()
            return None if row is None else (zlib.decompress(row[0]).decode(), row[1])
        except (sqlite3.OperationalError, zlib.error, UnicodeDecodeError):  # no such table, or damaged
            return None

    def put(self, file: FileText, index: int, resolution: Resolution, text: str, tokens: int) -> None:
        """Note a text as it is shown: secrets are masked in it."""
        if len(self._new) < _MOST_NEW:
            self._new[self._key(file, index, resolution)] = tokens, text

    def keep(self) -> int:
        """Keep what was noted since the last time, unless another process writes; how many texts."""
        new, self._new = self._new, {}
        packed = {
            key: (tokens, zlib.compress(text.encode("utf-8", "replace"), 1))
            for key, (tokens, text) in new.items()
        }
        return keep_shown(self._memory.place, packed)

    def _key(self, file: FileText, index: int, resolution: Resolution) -> int:
        """The key of a text; that of the last one is remembered, since who misses a text puts it there next."""
        asked = self._asked
        if asked is None or asked[0] is not file or asked[1] != index or asked[2] != resolution:
            asked = self._asked = file, index, resolution, self._made_key(file, index, resolution)
        return asked[3]

    def _made_key(self, file: FileText, index: int, resolution: Resolution) -> int:
        unit, data = file.units[index], file.data
        tokenizer = self._memory.config.settings.tokenizer
        head = (maker(), tokenizer, file.language.name, unit.kind, unit.name, resolution)
        made = hashlib.blake2b("\0".join(head).encode("utf-8", "replace"), digest_size=8)
        start = data.rfind(b"\n", 0, unit.start) + 1 if index else 0
        made.update(b"%d\0" % (unit.start - start) if index else b"-\0")
        made.update(data[start : unit.end] if index else file.digest.encode() or data)
        return int.from_bytes(made.digest(), "big", signed=True)
