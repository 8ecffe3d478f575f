"""The project's map: one file in the notation itself, `.aifirst/aiccl.map`, which all its documents share."""

from __future__ import annotations

from pathlib import Path

import msgspec

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.maps.table import Budget, expand_sigils
from aifirst_compiler.aiccl.maps.version import generation_of, make_version
from aifirst_compiler.aiccl.notation.document import Entry, Map
from aifirst_compiler.aiccl.notation.parse import parse
from aifirst_compiler.aiccl.notation.write import write

NAME = "project"
_AGAIN = "remove the file and make the map again; documents made with it have to be made again, too"


def make_project_map(entries: tuple[Entry, ...], generation: int) -> Map:
    """The map with its version."""
    return Map(entries, NAME, exact=True, version=make_version(entries, generation))


def full_texts(part: Map) -> dict[str, str]:
    """What each symbol of an exact map stands for, fully expanded."""
    budget = Budget()
    full: dict[str, str] = {}
    for symbol, meaning, literal in part.entries:
        full[symbol] = meaning if literal else expand_sigils(meaning, full, budget)
    return full


def load_project_map(path: Path) -> Map | None:
    """The map in the file; None where there is no file. Raises AicclError for a file that holds another text."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AicclError(f"{path} cannot be read: {why}", _AGAIN) from error
    try:
        parts = parse(text.replace("\r\n", "\n")).parts
    except AicclError as error:
        raise AicclError(f"{path} is no map: {error}", _AGAIN) from error
    if len(parts) != 1 or not isinstance(parts[0], Map) or parts[0].name != NAME or not parts[0].exact:
        raise AicclError(f"{path} does not hold one exact map named {NAME}", _AGAIN)
    if parts[0].version != make_version(parts[0].entries, generation_of(parts[0])):
        raise AicclError(f"{path} was changed by hand: its entries are not those of its version", _AGAIN)
    return parts[0]


def save_project_map(part: Map, path: Path) -> None:
    """Write the map into the file, whole or not at all, where it is not there already."""
    data = write([msgspec.structs.replace(part, name=NAME)]).encode("utf-8")
    try:
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.part")
        made.write_bytes(data)
        made.replace(path)
    except OSError as error:
        raise AicclError(f"{path} cannot be written: {error}", "name a file that can be written") from error
