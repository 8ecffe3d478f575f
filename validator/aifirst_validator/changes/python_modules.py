"""Which file of a project a Python import means, by paths alone.

An absolute import is looked up from the project's root, from `src`, and from every folder above the
importing file that is no package itself, the way a script's own folder is on the path.
"""

from __future__ import annotations

from collections.abc import Container, Iterator


def module_paths(importer: str, module: str, paths: Container[str]) -> list[str]:
    """The files that `module` (with its leading dots) may mean for the file at `importer`, best first."""
    dots = len(module) - len(module.lstrip("."))
    tail = module[dots:].replace(".", "/")
    if dots:
        folders = importer.split("/")[:-1]
        if dots - 1 > len(folders):
            return []
        bases = ["/".join(folders[: len(folders) - dots + 1])]
    else:
        bases = list(dict.fromkeys(_roots(importer, paths)))
    found: list[str] = []
    for base in bases:
        stem = "/".join(part for part in (base, tail) if part)
        found += [path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in paths]
    return found


def _roots(importer: str, paths: Container[str]) -> Iterator[str]:
    folders = importer.split("/")[:-1]
    for depth in range(len(folders), 0, -1):
        folder = "/".join(folders[:depth])
        if f"{folder}/__init__.py" not in paths:
            yield folder
    yield ""
    yield "src"
