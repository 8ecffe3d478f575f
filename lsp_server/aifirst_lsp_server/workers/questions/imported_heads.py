"""The heads of units that a file imports from its project, as a model may be told them; read from the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk
    from aifirst_lsp_server.workers.known_names import KnownName

_MOST = 20
_MOST_BYTES = 2_000_000
_LONGEST = 200


class Question(msgspec.Struct, frozen=True):
    """Modules, as written, and what is imported from each, in the project at `root`."""

    root: str
    imports: tuple[tuple[str, str], ...]


Answer = tuple[str, ...]


def answer(desk: Desk, question: Question) -> Answer:
    """One line a unit that is found, with its file; secrets in it are masked. Raises `ExpectedError`: no index."""
    from aifirst_codebase.secrets.mask import mask_secrets

    from aifirst_lsp_server.workers.known_names import KnownNames
    from aifirst_lsp_server.workers.librarian import memory_of, told_errors

    memory = memory_of(desk, question.root)
    names = desk.keep(f"names {question.root}", KnownNames)
    with told_errors(), memory.moment():
        names.follow(memory)
    heads: list[str] = []
    for module, name in question.imports[:_MOST]:
        stem = module.replace("\\", "/").rstrip("/").rpartition("/")[2].strip(".").rpartition(".")[2]
        for unit in names.starting(name, 50):
            if unit.last == name and stem in Path(unit.path).with_suffix("").parts:
                head = _head(Path(question.root), unit)
                heads += [f"{unit.path}: {mask_secrets(head)[:_LONGEST]}"] if head else []
                break
    return tuple(heads)


def _head(root: Path, unit: KnownName) -> str:
    """The unit's head on one line; "" where the file is another than the index says."""
    from aifirst_lsp_server.project_file import file_within

    place = file_within(root, unit.path, _MOST_BYTES)
    if place is None:
        return ""
    lines = place.read_text("utf-8", "replace").split("\n")[unit.line - 1 : unit.line + 11]
    start = next((number for number, line in enumerate(lines) if unit.last in line), None)
    parts: list[str] = []
    for line in lines[start:] if start is not None else ():
        parts.append(line.strip())
        if parts[-1].endswith((":", "{", ";", "=>")):
            break
    return " ".join(parts)
