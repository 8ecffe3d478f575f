"""What one file tells the lexical index: how often which word stands in which field of which unit."""

from __future__ import annotations

import msgspec

PART_FIELDS = ("code", "glue", "name")
"""The fields of a part. The path is no part of a record, so the level adds it as a field of its own."""


class LexicalPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Columns of little-endian numbers; the columns of postings run by field, then by unit.

    `words`: the key (CRC-32, uint32) of each different word of the file. `entries`: a posting's index into
    `words`, uint16, or uint32 where there are over 65,536 words. `counts`: how often, uint8, 255 for more.
    `sizes` and `lengths`: for every field and unit its postings and all its words with repeats, uint32.
    """

    words: bytes = b""
    entries: bytes = b""
    counts: bytes = b""
    sizes: bytes = b""
    lengths: bytes = b""
