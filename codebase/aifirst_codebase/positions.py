r"""Positions: bytes, characters, UTF-16 units, lines and columns of one text, converted in one place.

Why it is here: spans are byte offsets into UTF-8, people count lines and characters, editors count
UTF-16 units. Two readings of what a line is would put findings on the wrong line, so there is one: a
line ends at ``\n``, ``\r\n`` or ``\r`` and nowhere else (not at form feed, U+0085 or U+2028), and the
text after the last newline is a line too, even when empty, as in the Language Server Protocol 3.17.

Everything is counted from 0 and clamped into the text: a position that does not exist becomes the
nearest one before it, never an exception.

Left out: grapheme clusters, tab width, display width.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import Literal

PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]

# Counting is by block, so that one conversion costs the same on a 900 KB line as on a short one.
_BLOCK = 1024
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))
_ASTRAL_LEADS = bytes(range(0xF0, 0xF8))


class LineIndex:
    """Line starts and unit counts of one text, given as UTF-8 bytes; each table is made on first use."""

    __slots__ = ("_is_ascii", "_starts", "_units_before_block", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._is_ascii = data.isascii()
        self._starts: list[int] | None = None
        self._units_before_block: dict[PositionEncoding, list[int]] = {}

    @property
    def starts(self) -> list[int]:
        """Byte offset of every line's first byte, ascending; not to be changed by the caller."""
        if self._starts is None:
            # bytes.splitlines, unlike str.splitlines, knows exactly the three newlines meant here.
            lines = self.data.splitlines(keepends=True)
            starts = list(accumulate(map(len, lines), initial=0))
            if lines and not lines[-1].endswith((b"\n", b"\r")):
                starts.pop()
            self._starts = starts
        return self._starts

    @property
    def line_count(self) -> int:
        """Number of lines: newlines plus one."""
        return len(self.starts)

    def line_of(self, byte: int) -> int:
        """Return the line that holds ``byte``; a newline belongs to the line it ends."""
        return max(bisect_right(self.starts, byte) - 1, 0)

    def line_start(self, line: int) -> int:
        """Return the byte offset of the line's first byte; the end of the text for a line past the last."""
        starts = self.starts
        if line >= len(starts):
            return len(self.data)
        return starts[max(line, 0)]

    def line_end(self, line: int) -> int:
        """Return the byte offset just after the line's last byte, its newline left out."""
        data, starts = self.data, self.starts
        line = max(line, 0)
        if line + 1 >= len(starts):
            return len(data)
        end = starts[line + 1] - 1
        if data[end] == 0x0A and end > starts[line] and data[end - 1] == 0x0D:
            end -= 1
        return end

    def line_text(self, line: int) -> str:
        """Return the line without its newline; empty for a line past the last."""
        return self.data[self.line_start(line) : self.line_end(line)].decode("utf-8", "replace")

    def to_line_column(self, byte: int, encoding: PositionEncoding = "utf-32") -> tuple[int, int]:
        """Return (line, column), the column in units of ``encoding``.

        A byte inside a character counts as that character's first byte, one inside a newline as the end
        of the line.
        """
        line = self.line_of(byte)
        start = self.starts[line]
        byte = min(max(byte, 0), self.line_end(line))
        if self._is_ascii:
            return line, byte - start
        byte = self._character_start(byte)
        if encoding == "utf-8":
            return line, byte - start
        if byte - start <= _BLOCK:
            return line, _count_units(self.data[start:byte], encoding)
        return line, self._units_before(byte, encoding) - self._units_before(start, encoding)

    def to_byte(self, line: int, column: int, encoding: PositionEncoding = "utf-32") -> int:
        """Return the byte offset of (line, column); a column past the line's end gives the line's end."""
        if line < 0:
            return 0
        start, end = self.line_start(line), self.line_end(line)
        column = max(column, 0)
        if self._is_ascii or encoding == "utf-8":
            return self._character_start(min(start + column, end))
        return min(self._byte_after(self._units_before(start, encoding) + column, encoding), end)

    def char_offset(self, byte: int) -> int:
        """Return the number of characters (code points) before ``byte``."""
        byte = min(max(byte, 0), len(self.data))
        return byte if self._is_ascii else self._units_before(self._character_start(byte), "utf-32")

    def byte_offset(self, char: int) -> int:
        """Return the byte offset of character number ``char``."""
        char = max(char, 0)
        return min(char, len(self.data)) if self._is_ascii else self._byte_after(char, "utf-32")

    def _character_start(self, byte: int) -> int:
        """Step back from a continuation byte to the first byte of its character."""
        data = self.data
        while 0 < byte < len(data) and data[byte] & 0xC0 == 0x80:
            byte -= 1
        return byte

    def _block_table(self, encoding: PositionEncoding) -> list[int]:
        """Return the number of units before each block of the text, the total last."""
        table = self._units_before_block.get(encoding)
        if table is None:
            blocks = range(0, len(self.data), _BLOCK)
            counts = (_count_units(self.data[at : at + _BLOCK], encoding) for at in blocks)
            table = self._units_before_block[encoding] = list(accumulate(counts, initial=0))
        return table

    def _units_before(self, byte: int, encoding: PositionEncoding) -> int:
        block = byte // _BLOCK
        return self._block_table(encoding)[block] + _count_units(self.data[block * _BLOCK : byte], encoding)

    def _byte_after(self, units: int, encoding: PositionEncoding) -> int:
        """Return the byte offset where ``units`` units of the text have passed."""
        table = self._block_table(encoding)
        if units >= table[-1]:
            return len(self.data)
        block = bisect_right(table, units) - 1
        # Continuation bytes at the block's front belong to a character that is counted already.
        start = block * _BLOCK
        while self.data[start] & 0xC0 == 0x80:
            start += 1
        units -= table[block]
        end = self._character_start(start + _BLOCK)
        try:
            text = self.data[start:end].decode("utf-8")
        except UnicodeDecodeError:
            return self._byte_after_leads(start, units, encoding)
        if encoding == "utf-16":
            # Half a surrogate pair is dropped, which is the clamp to the character before.
            passed = text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
        else:
            passed = text[:units]
        return start + len(passed.encode("utf-8"))

    def _byte_after_leads(self, start: int, units: int, encoding: PositionEncoding) -> int:
        """Walk to where ``units`` have passed in what no decoder takes, as lone halves of surrogate pairs.

        It counts lead bytes as the block table does: a decoder that drops or replaces what it does not know
        would lose those units, and every position behind them.
        """
        data = self.data
        for byte in range(start, len(data)):
            lead = data[byte]
            if lead & 0xC0 == 0x80:
                continue
            units -= 2 if encoding == "utf-16" and lead in _ASTRAL_LEADS else 1
            if units < 0:
                return byte
        return len(data)


def _count_units(data: bytes, encoding: PositionEncoding) -> int:
    """Count units by the lead bytes in ``data``, which may begin or end inside a character."""
    characters = len(data.translate(None, _CONTINUATION_BYTES))
    if encoding != "utf-16":
        return characters
    return characters + len(data) - len(data.translate(None, _ASTRAL_LEADS))
