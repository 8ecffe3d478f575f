"""What one file tells the shadow: the parts that AICCL's texts at every resolution by units are made of."""

from __future__ import annotations

import msgspec


class ShadowPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A file's units in order, the file's own code first; its signature is empty.

    `maker` says which code made it (`maker.py`): what another one made is not used.
    """

    maker: str
    signatures: tuple[str, ...]
    flows: tuple[str, ...]
    key_lines: tuple[str, ...]
