"""OpenAI's byte-pair encodings, counted by the Rust crate that the `bpe-openai` wheel carries, else in Python.

Only the wheel's compiled module is loaded: the Python package around it builds tables of every model
it knows when it is imported, which costs a third of a second that no count needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Protocol

from aifirst_codebase.tokens.tokenizer_error import TokenizerError

_MODULE = "bpe_openai._bindings"


class BytePairs(Protocol):
    """One encoding: tokens of a text, text of tokens, and the number of tokens; special tokens are plain text."""

    def encode(self, text: str) -> list[int]: ...
    def decode(self, tokens: list[int]) -> str: ...
    def count(self, text: str) -> int: ...


class NativeBytePairs(BytePairs, Protocol):
    """One encoding of the compiled module."""

    def pretokenize(self, text: str) -> list[str]: ...


@cache
def load_byte_pairs(encoding: str) -> BytePairs:
    """The encoding itself, for who needs the tokens and not only their number.

    Where `bpe-openai` is not installed it is counted in Python, from the data that was brought along instead; raises
    `TokenizerError` where neither is there.
    """
    try:
        return load_native(encoding)
    except ModuleNotFoundError as error:
        if error.name != "bpe_openai":
            raise
    from aifirst_codebase.tokens.portable_bpe import PortableBytePairs
    from aifirst_codebase.tokens.vocabulary import read_vocabulary, vocabulary_file

    file = vocabulary_file(encoding)
    if not file.is_file():
        raise TokenizerError("counting tokens needs the package bpe-openai: pip install bpe-openai")
    return PortableBytePairs(encoding, read_vocabulary(file))


def load_count(encoding: str) -> Callable[[str], int]:
    """The function that counts tokens of `encoding`, special tokens read as plain text."""
    return load_byte_pairs(encoding).count


def load_native(encoding: str) -> NativeBytePairs:
    """The encoding of the compiled module; raises `ModuleNotFoundError` for `bpe_openai` where that is not installed."""
    return _bindings().tokenizer_for_encoding(encoding)


def _bindings() -> ModuleType:
    loaded = sys.modules.get(_MODULE)
    if loaded is not None:
        return loaded
    package = find_spec("bpe_openai")
    for folder in (package.submodule_search_locations or []) if package else []:
        for suffix in EXTENSION_SUFFIXES:
            path = Path(folder) / f"_bindings{suffix}"
            if path.is_file():
                return _load(path)
    return import_module(_MODULE)  # the wheel changed its layout: import it the slow way


def _load(path: Path) -> ModuleType:
    loader = ExtensionFileLoader(_MODULE, str(path))
    spec = spec_from_loader(_MODULE, loader, origin=str(path))
    if spec is None:
        raise ImportError(f"cannot load {path}")
    module = module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[_MODULE] = module
    return module
