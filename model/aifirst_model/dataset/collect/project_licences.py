"""Which licence each file of a project is under: its own header's, else that of the nearest folder that states one.

A folder states its licence by a LICENSE or COPYING file, else by a manifest. Several files are a choice where each is
named after its licence (LICENSE-MIT), otherwise all of them hold. Where file and manifest differ the file counts.
Nothing is guessed: a folder that states none is under the one above.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from aifirst_codebase.discovery.reading import read_regular

from aifirst_model.dataset.collect.licence_names import READERS, licence_of_manifest
from aifirst_model.dataset.collect.licence_text import licence_of_header, licence_of_text

_NAMES = re.compile(
    r"(?:LICEN[CS]E|COPYING|UNLICENSE)(?:[._-][A-Za-z0-9._-]{0,40})?\Z|[A-Z]{3,6}-LICENSE\Z", re.IGNORECASE
)
_IS_CHOICE = re.compile(r"(?i)(?:licen[cs]e|copying)[._-](?!txt|md|rst)|unlicense|\w+-license")
_NOT_TEXTS: Final = (
    ".py",
    ".js",
    ".ts",
    ".json",
    ".html",
    ".yml",
    ".yaml",
    ".toml",
    ".xml",
    ".go",
    ".rs",
    ".java",
)
_MOST: Final = 400_000
_POINTER: Final = 1_000
_SHOWS_ANOTHER = re.compile(r"include::|include-markdown|--8<--|\{[!%]|\.\./")
"""In a page of a manual that shows the licence of the folder above, and states none of its own."""
UNKNOWN: Final = "LicenseRef-unknown"
"""Stands for the text of a licence that is none of those known."""


class ProjectLicences:
    """The licences of one project; folders are looked into once, when a file of theirs is asked about."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, str] = {}

    def of_project(self) -> str:
        """The licence that the project's own folder states, empty for none that is known."""
        return self._of_folder("")

    def of_file(self, path: str, text: str) -> str:
        """The licence of a file by its path from the root and its text; empty where nothing says one that is known."""
        return licence_of_header(text) or self._of_folder(path.rpartition("/")[0])

    def _of_folder(self, folder: str) -> str:
        known = self._known.get(folder)
        if known is None:
            known = self._stated_in(folder)
            if not known and folder:
                known = self._of_folder(folder.rpartition("/")[0])
            self._known[folder] = known
        return known

    def _stated_in(self, folder: str) -> str:
        place = self._root / folder
        try:
            names = sorted(path.name for path in place.iterdir())
        except OSError:
            return ""
        texts = [name for name in names if _NAMES.match(name) and not name.lower().endswith(_NOT_TEXTS)]
        return _of_texts({name: _read(place / name) for name in texts}) or _of_manifests(place, names)


def _of_texts(texts: dict[str, str]) -> str:
    """The licence, or the expression, that the texts of a folder give, by their names."""
    stated = {
        name: text for name, text in texts.items()
        if text.strip() and (len(text) > _POINTER or not _SHOWS_ANOTHER.search(text))
    }  # fmt: skip
    known = {name: licence_of_text(text) for name, text in stated.items()}
    if any(known.values()):  # a short text that is none itself says which of the others to read
        known = {name: found for name, found in known.items() if found or len(stated[name]) > _POINTER}
    found = sorted({licence or UNKNOWN for licence in known.values()})
    return (" OR " if all(map(_IS_CHOICE.match, known)) else " AND ").join(found)


def _of_manifests(place: Path, names: list[str]) -> str:
    present = (name for name in READERS if name in names)
    return next(
        (licence for name in present if (licence := licence_of_manifest(name, _read(place / name)))), ""
    )


def _read(path: Path) -> str:
    try:
        return (read_regular(str(path), _MOST) or b"").decode("utf-8", "replace")
    except OSError:
        return ""
