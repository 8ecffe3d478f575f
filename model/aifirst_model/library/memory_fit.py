"""How much memory a model needs, by estimate: weights, what it keeps of the text it has read, and room to compute in.

    weights   parameters x bytes a number (or the file's own size, where it is loaded as it is)
    cache     2 x layers x key-value heads x head width x 2 bytes x tokens of context
    room      a tenth of the weights, and 0.3 GB; 0.9 GB where PyTorch runs it

Measured needs differ by some tenths of a small model and less of a large one; what is said to fit barely may not.
"""

from __future__ import annotations

from typing import Final

import msgspec

BYTES: Final = {"F32": 4.0, "F16": 2.0, "Q8_0": 1.07, "Q5_K_M": 0.72, "Q4_K_M": 0.61}
"""A number in the ways that weights are kept; of the packed ones as files of whole models have it on the average."""
CONTEXT: Final = 8192
"""Tokens that a model is asked to have room for, unless said."""
_ROOM: Final = 300_000_000
PYTORCH_ROOM: Final = 900_000_000
"""Bytes beside the weights where PyTorch runs a model: most of it is PyTorch itself."""
_SPARE: Final = 0.9
"""The part of the free memory that one program may take."""


class Shape(msgspec.Struct, frozen=True):
    """What a model's memory depends on; 0 where something is not known."""

    parameters: int
    layers: int = 0
    key_value_heads: int = 0
    head_width: int = 0
    context: int = 0


class Need(msgspec.Struct, frozen=True):
    """Bytes that a model needs, by part."""

    weights: int
    cache: int
    room: int
    tokens: int
    """Of context that the cache is for."""

    @property
    def whole(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.room

    def fits(self, memory: int) -> bool:
        """Whether that is at most what one program may take of so many free bytes."""
        return self.whole <= memory * _SPARE


def estimate_need(shape: Shape, weights: int, tokens: int = CONTEXT, room: int = _ROOM) -> Need:
    """The need of a model with so many bytes of weights, for so many tokens, or as many as it was made for."""
    tokens = min(tokens, shape.context or tokens)
    cache = 2 * shape.layers * shape.key_value_heads * shape.head_width * 2 * tokens
    return Need(weights, cache, weights // 10 + room, tokens)


def weights_in(shape: Shape, kind: str) -> int:
    """Bytes of the weights where they are kept as `kind`, one of `BYTES`."""
    return int(shape.parameters * BYTES[kind])
