"""From the name of a module to the files that may be meant, and what those only pass on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_FROM = re.compile(rb"^[ \t]*from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)", re.MULTILINE)
_WORD = re.compile(rb"\w+")


def dotted_of(path: str) -> str:
    """The dotted name of a file from the project's root: `src/pkg/mod.py` is `src.pkg.mod`."""
    name = path.removesuffix(".pyw").removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


def files_of_modules(texts: Sequence[tuple[str, bytes]], modules: Iterable[str]) -> tuple[set[str], set[str]]:
    """The paths of modules, given by their dotted names or as `path::`, and names of objects they pass on.

    A package that imports everything from another module passes on all of that.
    """
    wanted = set(modules)
    files = {name.removesuffix("::") for name in wanted if name.endswith("::")}
    objects: set[str] = set()
    names = {name.strip(".") for name in wanted if not name.endswith("::")} - {""}
    if not wanted:
        return files, objects
    by_name = {path: dotted_of(path) for path, _ in texts}
    files.update(path for path, name in by_name.items() if _is_meant(name, names))
    data_of = dict(texts)
    waiting = list(files)
    while waiting:
        stars, passed_on = _passed_on(data_of.get(waiting.pop(), b""))
        objects |= passed_on
        new = [path for path, name in by_name.items() if path not in files and _is_meant(name, stars)]
        files.update(new)
        waiting.extend(new)
    return files, objects


def _passed_on(data: bytes) -> tuple[set[str], set[str]]:
    """The modules that a file imports everything from, and the names of what else it imports from modules."""
    stars: set[str] = set()
    names: set[str] = set()
    for module, given in _FROM.findall(data):
        if b"*" in given:
            stars.add(module.decode("utf-8", "replace").strip("."))
        else:
            names.update(word.decode("utf-8", "replace") for word in _WORD.findall(given))
    return stars - {""}, names - {"as"}


def _is_meant(name: str, asked: Iterable[str]) -> bool:
    return any(name == one or name.endswith("." + one) for one in asked)
