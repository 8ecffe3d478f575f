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
    data_of = dict(texts)
    waiting = [path for path, name in by_name.items() if path in files or _is_meant(name, names)]
    files.update(waiting)
    while waiting:
        path = waiting.pop()
        for module, given in _FROM.findall(data_of.get(path, b"")):
            if b"*" not in given:
                objects.update(word.decode("utf-8", "replace") for word in _WORD.findall(given))
                continue
            asked = {module.decode("utf-8", "replace").strip(".")} - {""}
            new = [other for other, name in by_name.items() if other not in files and _is_meant(name, asked)]
            files.update(new)
            waiting.extend(new)
    return files, objects - {"as"}


def _is_meant(name: str, asked: Iterable[str]) -> bool:
    return any(name == one or name.endswith("." + one) for one in asked)
