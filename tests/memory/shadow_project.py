"""What the shadow of a project's index keeps, for the tests of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import UNCOUNTED
from aifirst_compiler.aiccl.low.write import tell_low
from aifirst_compiler.aiccl.medium.write import tell_medium
from aifirst_compiler.aiccl.outline.write import tell_signatures
from aifirst_memory.memory import Memory
from aifirst_memory.shadow.level import ShadowLevel
from aifirst_memory.update import UpdateRequest, update_memory

TELLERS = {"outline": tell_signatures, "low": tell_low, "medium": tell_medium}


def fill(root: Path) -> int:
    """Have everything kept; how many files were not."""
    with Memory.open(root) as memory:
        return memory.shadow.fill()


def kept(root: Path) -> list[str]:
    """All that is kept of files, as lines."""
    with closing(sqlite3.connect(root / ".aifirst/memory.db")) as database:
        return list(ShadowLevel().dump(database))


def kept_paths(root: Path) -> list[str]:
    """The files of which something is kept."""
    return sorted({line.partition("\t")[0] for line in kept(root)})


def change_database(root: Path, statement: str, parameters: Sequence[object] = ()) -> None:
    """Do something to the database behind the program's back."""
    with closing(sqlite3.connect(root / ".aifirst/memory.db")) as database:
        database.execute(statement, parameters)
        database.commit()


def filled_anew(root: Path, scratch: Path) -> list[str]:
    """What is kept where a copy of the project is indexed anew and everything asked for."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(root, scratch, symlinks=True, ignore=shutil.ignore_patterns(".aifirst"))
    update_memory(UpdateRequest(scratch, history=False))
    fill(scratch)
    return kept(scratch)


def told(root: Path, path: str, resolution: str) -> list[str]:
    """What AICCL's own writers say of the units of a file on disk."""
    source = decode_source(path, (root / path).read_bytes())
    language = language_of(path, source.data)
    assert language is not None
    return list(TELLERS[resolution](read(source, language, UNCOUNTED)))
