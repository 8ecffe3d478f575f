"""The data of one byte-pair encoding, as a file that is read in a few hundredths of a second.

The extension's package brings these files, since the compiled module of `bpe-openai`, which has the same data within,
is five times larger than such a package may be. An installation with `bpe-openai` has no use for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

SUFFIX: Final = ".vocabulary"


class Letters(msgspec.Struct, frozen=True, array_like=True):
    """Characters beyond ASCII by what a pattern asks of them, each as ranges that stand in a class of `re`."""

    letters: str
    numbers: str
    spaces: str
    uppers: str
    """`Lu`, `Lt`, `Lm`, `Lo` and `M` of Unicode."""
    lowers: str
    """`Ll`, `Lm`, `Lo` and `M` of Unicode."""


class Vocabulary(msgspec.Struct, frozen=True, array_like=True):
    """Tokens in the order of their rank, each with its bytes as characters of Latin-1, and the classes of characters."""

    letters: Letters
    tokens: list[str]


def vocabulary_file(encoding: str) -> Path:
    """Where the data of `encoding` lies, where it was brought along."""
    return Path(__file__).with_name(encoding + SUFFIX)


def read_vocabulary(path: Path) -> Vocabulary:
    """The data in `path`; raises `OSError` and `msgspec.DecodeError`."""
    return msgspec.msgpack.decode(path.read_bytes(), type=Vocabulary)


def write_vocabulary(vocabulary: Vocabulary, path: Path) -> None:
    path.write_bytes(msgspec.msgpack.encode(vocabulary))
