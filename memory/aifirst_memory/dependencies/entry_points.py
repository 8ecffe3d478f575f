"""What the manifests of a project start: console scripts and plug-ins in Python's, `bin` and `main` in npm's.

Only manifests at the top of the project are read. A broken one starts nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from aifirst_codebase.discovery.reading import read_regular

ENTRY_MANIFESTS: Final = frozenset({"pyproject.toml", "package.json", "setup.cfg", "setup.py"})
_MOST_BYTES: Final = 1_000_000
_REFERENCE = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)")


def entry_points(root: Path) -> tuple[str, ...]:
    """The references as the manifests spell them, `package.module:name` or a path; sorted."""
    found = {*_of_pyproject(_text(root, "pyproject.toml")), *_of_package(_text(root, "package.json"))}
    for name in ("setup.cfg", "setup.py"):
        text = _text(root, name)
        if "entry_points" in text:
            found |= {f"{module}:{unit}" for module, unit in _REFERENCE.findall(text)}
    return tuple(sorted(found))


def ids_of_entry_point(reference: str) -> tuple[str, ...]:
    """The ends of the ids that a reference may mean: one of them begins the id, or stands in it after a `/`."""
    module, _, name = reference.partition(":")
    if not name:
        return (reference.removeprefix("./"),)
    path = module.replace(".", "/")
    return (f"{path}.py::{name}", f"{path}/__init__.py::{name}")


def _text(root: Path, name: str) -> str:
    try:
        data = read_regular(f"{root}/{name}", _MOST_BYTES)
    except OSError:
        return ""
    return "" if data is None else data.decode("utf-8", "replace")


def _of_pyproject(text: str) -> Iterator[str]:
    try:
        parsed: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    project = _table(parsed.get("project"))
    poetry = _table(_table(parsed.get("tool")).get("poetry"))
    groups = [project.get("scripts"), project.get("gui-scripts"), poetry.get("scripts")]
    groups += _table(project.get("entry-points")).values()
    for group in groups:
        for value in _table(group).values():
            found = _REFERENCE.match(value) if isinstance(value, str) else None
            if found:
                yield f"{found[1]}:{found[2]}"


def _of_package(text: str) -> Iterator[str]:
    try:
        parsed = _table(msgspec.json.decode(text)) if text else {}
    except msgspec.DecodeError:
        return
    binaries = parsed.get("bin")
    values = [binaries, parsed.get("main"), *_table(binaries).values()]
    yield from (value for value in values if isinstance(value, str))


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
