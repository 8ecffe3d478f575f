"""OpenAI's byte-pair encodings, counted by the Rust crate that the `bpe-openai` wheel carries.

Only the wheel's compiled module is loaded: the Python package around it builds tables of every model
it knows when it is imported, which costs a third of a second that no count needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Protocol

_MODULE = "bpe_openai._bindings"


class BytePairs(Protocol):
    """One encoding: tokens of a text, text of tokens, and the number of tokens; special tokens are plain text."""

    def encode(self, text: str) -> list[int]: ...
    def decode(self, tokens: list[int]) -> str: ...
    def count(self, text: str) -> int: ...


def load_byte_pairs(encoding: str) -> BytePairs:
    """The encoding itself, for who needs the tokens and not only their number."""
    return _bindings().tokenizer_for_encoding(encoding)


def load_count(encoding: str) -> Callable[[str], int]:
    """The function that counts tokens of `encoding`, special tokens read as plain text."""
    return _bindings().tokenizer_for_encoding(encoding).count


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
