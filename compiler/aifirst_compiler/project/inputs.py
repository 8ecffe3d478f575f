"""Finds what a folder to compile holds: every file that git does not ignore, and links that stay inside it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import Skipped, discover
from aifirst_codebase.open_project import discovery_settings

from aifirst_compiler.compiled import Warned
from aifirst_compiler.project.manifest import MANIFEST
from aifirst_compiler.project.request import ProjectRequest

_SPECIAL = re.compile(r"([\\*?\[\]!# ])")


class Input(NamedTuple):
    """One file or link: its path from the project's root, that of its output from the output folder, its bytes.

    `target` is where a link leads, empty for a file.
    """

    path: str
    out: str
    size: int
    target: str = ""


class Inputs(NamedTuple):
    """All inputs by path, what could not be read, and the paths below which outputs are not to be removed."""

    inputs: list[Input]
    warnings: tuple[Warned, ...]
    unknown: tuple[str, ...]


def find_inputs(request: ProjectRequest, config: ProjectConfig) -> Inputs:
    """What is to be compiled, copied and linked; `request` is resolved."""
    settings = discovery_settings(config)
    if request.out.is_relative_to(request.root):
        own = _SPECIAL.sub(r"\\\1", request.out.relative_to(request.root).as_posix())
        settings = msgspec.structs.replace(settings, exclude=(*settings.exclude, f"/{own}/"))
    settings = msgspec.structs.replace(settings, max_file_bytes=sys.maxsize)
    found = discover(request.root, [request.source], settings)
    base = request.source.relative_to(request.root).as_posix()
    prefix = "" if base == "." else base + "/"
    compiled = _compiled_folders((file.path for file in found.files), prefix)
    files = [
        Input(file.path, file.path.removeprefix(prefix), file.size)
        for file in found.files
        if not file.path.endswith(MANIFEST) and not file.path.startswith(compiled)
    ]
    links, outside = _links(request, files, prefix)
    warnings = [_skipped(one) for one in found.skipped if not _is_link(request.root, one)] + outside
    unknown = tuple(one.path.removeprefix(prefix) for one in found.skipped)
    return Inputs(sorted({one.path: one for one in files + links}.values()), tuple(warnings), unknown)


def _compiled_folders(paths: Iterable[str], prefix: str) -> tuple[str, ...]:
    """Folders below the source that another run has filled."""
    holders = (path.removesuffix(MANIFEST) for path in paths if path.endswith("/" + MANIFEST))
    return tuple(holder for holder in holders if holder != prefix)


def _is_link(root: Path, skipped: Skipped) -> bool:
    return (root / skipped.path).is_symlink()


def _skipped(one: Skipped) -> Warned:
    return Warned(one.reason.code, one.path, 1, one.reason.message, one.reason.next_step)


def _links(request: ProjectRequest, files: Sequence[Input], prefix: str) -> tuple[list[Input], list[Warned]]:
    """The links in the folders of the files, and warnings of those that lead out of the source."""
    folders = {prefix.rstrip("/")}
    for file in files:
        folder = file.path.rpartition("/")[0]
        while len(folder) > len(prefix) and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    links: list[Input] = []
    outside: list[Warned] = []
    for folder in sorted(folders):
        try:
            with os.scandir(request.root / folder) as entries:
                names = sorted(entry.name for entry in entries if entry.is_symlink())
        except OSError:
            continue  # discovery has told
        for name in names:
            path = f"{folder}/{name}" if folder else name
            target = _inside(request.source, request.root / path)
            if target:
                links.append(Input(path, path.removeprefix(prefix), 0, target))
            else:
                outside.append(_left_out(path, request.root / path))
    return links, outside


def _inside(source: Path, link: Path) -> str:
    """Where a link leads, relative to its own folder; empty where that is not inside the source."""
    try:
        target = link.readlink()
        real = link.resolve()
    except (OSError, RuntimeError):
        return ""
    if not real.is_relative_to(source) or not real.exists():
        return ""
    if target.is_absolute():
        return ""
    place = link.parent.resolve()
    if not os.path.normpath(place.relative_to(source) / target).startswith(".."):
        return target.as_posix()
    return Path(
        os.path.relpath(real, place)
    ).as_posix()  # past the source's own name, which the output has not


def _left_out(path: str, link: Path) -> Warned:
    try:
        target, there = link.readlink(), link.exists()
    except OSError:
        target, there = Path(), False
    if not there:
        what = f"is a link to {target}, which does not exist; it was left out"
        return Warned("link-broken", path, 1, what, "make what it leads to, or remove it")
    return Warned(
        "link-outside", path, 1, f"is a link to {target}, which is no place in the folder by a relative path; "
        "it was left out", "put what it stands for into the folder, or make the link relative",
    )  # fmt: skip
