"""From an AICCL document back to files: by the parser alone, exactly, and inside the folder that is named.

Left out: documents at lower resolutions, whose blocks go back through their ids.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from aifirst_codebase.source import EncodeBackError, encode_declared

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.maps.resolve import Tables
from aifirst_compiler.aiccl.maps.table import MAX_EXPANDED, Budget
from aifirst_compiler.aiccl.notation.document import Code, Map
from aifirst_compiler.aiccl.notation.parse import parse

_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_OF_GIT = frozenset((".git", "git~1"))
"""A repository's own folder, and its short name on Windows."""
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f]")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\\]')
_ON_WINDOWS = os.name == "nt"


def expand(text: str, maps: Iterable[Map] = (), *, limit: int = MAX_EXPANDED) -> list[tuple[str, str]]:
    """Path and text of every file of the document, in its order.

    `maps` are those that lie outside the document, such as the project's. At most `limit` characters are made.
    Raises AicclError for what is not in the notation, maps that are not there or of another version, blocks
    without a path or two of one path, and for a document that expands to too much.
    """
    document = parse(text)
    budget = Budget(limit)
    placed = list(zip(document.lines, document.parts, strict=True))
    tables = Tables([(line, part) for line, part in placed if isinstance(part, Map)], maps, budget)
    files: dict[str, str] = {}
    for line, block in placed:
        if not isinstance(block, Code):
            continue
        if not block.id:
            raise AicclError(
                "a block of code without an id is no file", 'write `<comp:code id="PATH">`', line, 1
            )
        try:
            path = tables.of_code(()).expand(block.id, budget) if block.file else block.id
            expanded = _expand_block(block, tables, budget)
        except AicclError as error:
            raise AicclError(f"the block of {block.id}: {error}", error.next_step, line, 1) from error
        if path in files:
            raise AicclError(f"{path} stands twice", "keep one of the two blocks", line, 1)
        files[path] = expanded
    return list(files.items())


def _expand_block(block: Code, tables: Tables, budget: Budget) -> str:
    expanded = tables.of_code(block.uses).expand(block.text, budget)
    if not block.crlf:
        return expanded
    budget.spend(expanded.count("\n"))
    return expanded.replace("\n", "\r\n")


def write_files(files: Sequence[tuple[str, str]], folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write the files below the folder and return their paths. All are checked before one is written.

    They are UTF-8, but where Python declares another encoding. Raises AicclError for a path that leaves the folder, by
    its parts or through a symbolic link, on Windows for one that it takes for a device, for a character that the declared
    encoding does not have, and, but with `overwrite`, for a file that is there.
    """
    root = folder.resolve()
    targets = [(_target(path, root), text) for path, text in files]
    seen: dict[str, str] = {}
    for (target, _), (path, _) in zip(targets, files, strict=True):
        other = seen.setdefault(str(target.relative_to(root)).casefold(), path)
        if other != path:
            raise AicclError(f"{path} and {other} are one file on some systems", "rename one of them")
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise AicclError(f"{path} is there and no plain file", "remove it, or expand into another folder")
        if target.exists() and not overwrite:
            raise AicclError(f"{path} is there", "expand into an empty folder, or allow to overwrite")
    encoded = [
        (target, _encoded(path, text)) for (target, _), (path, text) in zip(targets, files, strict=True)
    ]
    for target, data in encoded:
        _write_file(target, data)
    return [target for target, _ in targets]


def _encoded(path: str, text: str) -> bytes:
    try:
        return encode_declared(path, text)
    except EncodeBackError as error:
        raise AicclError(
            str(error), "declare utf-8 in the block, or write it without that character"
        ) from error


def _write_file(target: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = target.with_name(f"{target.name}.aiccl-part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with part.open("xb") as stream:
            stream.write(data)
        part.replace(target)
    except OSError as error:
        raise AicclError(
            f"{target} cannot be written: {error}", "expand into a folder that can be written"
        ) from error


def _target(path: str, root: Path) -> Path:
    if reason := unsafe_path(path):
        raise AicclError(
            f"{path!r} {reason}", "give the block the path of a file below the folder, with slashes"
        )
    target = root.joinpath(*path.split("/"))
    if not target.parent.resolve().is_relative_to(root):
        raise AicclError(f"{path!r} leaves the folder through a link", "remove the link, or expand elsewhere")
    return target


def unsafe_path(path: str) -> str:
    """Why the path is not written to; empty where it is. What only Windows reads another way is a name anywhere else."""
    if path.startswith("/") or _NOT_IN_NAMES.search(path):
        return "is absolute, or has a character that paths must not have"
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return "has an empty part or dots for one"
        if part.casefold() in _OF_GIT:
            return "lies in what belongs to git, which runs what such files name"
        if _ON_WINDOWS and (reason := _unsafe_on_windows(part)):
            return reason
    return ""


def _unsafe_on_windows(part: str) -> str:
    if _NOT_ON_WINDOWS.search(part):
        return "has a character that names on Windows must not have"
    if part.endswith((".", " ")) or _DEVICE.fullmatch(part.split(".")[0].rstrip()):
        return "has a part that Windows takes for a device or another name"
    return ""
