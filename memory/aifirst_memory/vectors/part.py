"""The vectors of one file, as bytes."""

from __future__ import annotations

from typing import Final

import msgspec

UNIT: Final = 0
GLUE: Final = 1
TICKET: Final = 2
KIND_NAMES: Final = ("unit", "glue", "ticket")


class VectorsPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """`rows` holds vectors of `dimension` components one after the other, as `embedding.quantise` packs them, made by
    the embedder of that name.

    `owners` holds for each the index of its unit in the file as uint32, little-endian, `kinds` its kind as a byte
    (`UNIT`, `GLUE`, `TICKET`). Ordered by owner, then kind. A unit in which the embedder found nothing has none.
    """

    embedder: str = ""
    dimension: int = 0
    owners: bytes = b""
    kinds: bytes = b""
    rows: bytes = b""
