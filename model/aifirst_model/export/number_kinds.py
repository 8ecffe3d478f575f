"""The kinds of numbers that GGUF files hold, and which tensor gets which when a file is made smaller.

The mix is llama.cpp's own (`llama_tensor_get_type_impl` in `src/llama-quant.cpp`, build of October 2026): some tensors
of Q4_K_M and Q5_K_M are kept finer, and rows that do not divide into blocks get the kind that llama.cpp takes instead.
Left out: kinds that need an importance matrix, and models with experts.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import msgspec

from aifirst_model.export.export_error import ExportError

Kind = Literal["F32", "F16", "BF16", "Q8_0", "Q5_K_M", "Q4_K_M"]
KINDS: Final[tuple[Kind, ...]] = ("F16", "BF16", "F32", "Q8_0", "Q5_K_M", "Q4_K_M")


class NumberKind(msgspec.Struct, frozen=True):
    """A kind of number: its name and number in ggml, and the bytes of a block of so many numbers."""

    name: str
    number: int
    block: int
    bytes: int

    def size(self, shape: tuple[int, ...]) -> int:
        """Bytes of a tensor; `shape` has the longest stride first, as in PyTorch."""
        return math.prod(shape) // self.block * self.bytes


_ALL: Final = (
    NumberKind("F32", 0, 1, 4), NumberKind("F16", 1, 1, 2), NumberKind("Q5_0", 6, 32, 22), NumberKind("Q5_1", 7, 32, 24),
    NumberKind("Q8_0", 8, 32, 34), NumberKind("Q4_K", 12, 256, 144), NumberKind("Q5_K", 13, 256, 176),
    NumberKind("Q6_K", 14, 256, 210), NumberKind("BF16", 30, 1, 2),
)  # fmt: skip
NUMBER_KINDS: Final = {kind.name: kind for kind in _ALL}
NUMBERED: Final = {kind.number: kind for kind in _ALL}
FILE_TYPES: Final[dict[Kind, int]] = {
    "F32": 0, "F16": 1, "Q8_0": 7, "Q4_K_M": 15, "Q5_K_M": 17, "BF16": 32,
}  # fmt: skip
"""What `general.file_type` says of each kind of file."""
_MOSTLY: Final = {"Q4_K_M": "Q4_K", "Q5_K_M": "Q5_K"}
_INSTEAD: Final = {"Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}


class Shape(msgspec.Struct, frozen=True):
    """What the choice depends on besides a tensor's own name and rows."""

    layers: int
    shares_output: bool
    """Whether the embedding is the output too."""
    is_grouped: bool = False
    """Whether several heads share a key and value head."""


def kind_of(asked: str) -> Kind:
    """The kind that a person means (`q4_k_m`). Raises `ExportError`."""
    found: Kind | None = next((kind for kind in KINDS if kind == asked.upper()), None)
    if found is None:
        raise ExportError(
            f"there is no kind of GGUF called {asked!r} here", f"take one of {', '.join(KINDS)}"
        )
    return found


def choose(kind: Kind, name: str, rows: tuple[int, ...], shape: Shape) -> NumberKind:
    """What the tensor `name` of these rows (`rows[-1]` numbers each) is written as in a file of a kind."""
    if len(rows) < 2 or name.endswith("_norm.weight") or not name.endswith("weight"):
        return NUMBER_KINDS["F32"]
    if kind in ("F32", "F16", "BF16"):
        return NUMBER_KINDS[kind]
    wanted = _finer(kind, name, rows[-1], shape)
    if rows[-1] % NUMBER_KINDS[wanted].block:
        wanted = _INSTEAD.get(wanted, wanted)
        if rows[-1] % NUMBER_KINDS[wanted].block:
            wanted = "F16"
    return NUMBER_KINDS[wanted]


def _finer(kind: Kind, name: str, width: int, shape: Shape) -> str:
    mostly = _MOSTLY.get(kind, kind)
    if name == "output.weight" or (shape.shares_output and name == "token_embd.weight"):
        return "Q8_0" if mostly == "Q8_0" or width % NUMBER_KINDS[mostly].block else "Q6_K"
    if mostly == "Q8_0":
        return mostly
    is_value = name.endswith(".attn_v.weight")
    layer = int(name.split(".")[1]) if is_value or name.endswith(".ffn_down.weight") else -1
    if layer >= 0 and _is_delicate(layer, shape.layers):
        return "Q6_K"
    if is_value and shape.layers == 80 and shape.is_grouped and mostly == "Q4_K":
        return "Q5_K"  # a model of 70B: its values are an eighth of the queries
    return mostly


def _is_delicate(layer: int, layers: int) -> bool:
    """Whether a layer is one of those that lose most: the first and the last, and every third between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2
