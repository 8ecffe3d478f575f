"""The list of what was made in an output folder, kept in that folder.

It makes the next run incremental and says which files may go when their source is gone. It holds digests and no
times, so the same sources give the same bytes, and a compiled tree that is committed can be checked anywhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import aifirst_codebase
import msgspec
import tree_sitter
from aifirst_codebase import __version__

import aifirst_compiler
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.project.outcome import Outcome
from aifirst_compiler.project.write_file import write_file

MANIFEST: Final = ".aifirst-compiled.json"
_TEXTS: Final = (".py", ".mjs", ".json")
_PARSERS: Final = ("tree_sitter", "bpe_openai")


class Manifest(msgspec.Struct, frozen=True):
    """`key` is a digest of all but the sources that decides the outputs."""

    made_by: str
    key: str
    files: tuple[Outcome, ...] = ()


def key_of(options: CompileOptions, uses_digest: str) -> str:
    """The key of outputs made with these options in a project with these uses of documentation."""
    parts = [__version__, sys.version_info[:2], program_digest(), options, uses_digest]
    return blake2b(msgspec.json.encode(parts, order="deterministic"), digest_size=16).hexdigest()


@cache
def program_digest() -> str:
    """A digest of what makes outputs: our own text, by content, and which grammars and tokenizer are installed.

    A version alone stays the same while one works on the program, or installs another grammar.
    """
    found = blake2b(digest_size=16)
    for package in (aifirst_codebase, aifirst_compiler):
        folder = Path(package.__file__ or "").parent
        for path in sorted(path for path in folder.rglob("*") if path.suffix in _TEXTS):
            found.update(path.relative_to(folder).as_posix().encode())
            found.update(path.read_bytes())
    beside = Path(tree_sitter.__file__ or "").parent.parent
    installed = sorted(path.name for path in beside.glob("*.dist-info") if path.name.startswith(_PARSERS))
    found.update("\n".join(installed).encode())
    return found.hexdigest()


def read_manifest(out: Path) -> Manifest:
    """The manifest of an output folder; an empty one where there is none that can be read."""
    try:
        return msgspec.json.decode((out / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return Manifest("", "")


def write_manifest(out: Path, key: str, outcomes: Iterable[Outcome]) -> None:
    """Write the manifest, files by path, one a line."""
    files = sorted((one for one in outcomes if one.action != "failed"), key=lambda one: one.out)
    lines = b",\n".join(msgspec.json.encode(msgspec.structs.replace(one, tokens=(0, 0))) for one in files)
    head = msgspec.json.encode({"made_by": f"aifirst {__version__}", "key": key})
    write_file(out, out / MANIFEST, head[:-1] + b',"files":[\n' + lines + b"\n]}\n", 0o644)
