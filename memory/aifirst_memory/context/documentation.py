"""The documentation package of a task: five levels from the project's aims down to the algorithm at hand.

Every level first gives its most telling document, then its others as the budget allows, each whole, else
its beginnings; what does not fit is named as overflow, to be looked up when it is needed. A level's
completeness is the share of its required documents that the project has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from aifirst_memory.context.arrange import arrange, make_items
from aifirst_memory.context.candidate import Candidate
from aifirst_memory.context.file_text import FileText, FileTexts
from aifirst_memory.context.formats.json import write_json
from aifirst_memory.context.formats.write import WRITERS
from aifirst_memory.context.pack import Pack
from aifirst_memory.context.package_levels import LEVELS, RequiredDocument
from aifirst_memory.context.request import ContextAnswer, ContextRequest, PackageLevel, Resolution
from aifirst_memory.context.sources import ContextSources
from aifirst_memory.context.targets import Target

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_DOCUMENT_FOLDERS = ("", "docs", "doc", "documentation", ".github")
_MOST_LOOKED_INTO = 24
_SHARE = 2.0
"""A document may take so many times its fair share of what is left of the budget."""


class _Document(NamedTuple):
    """A document that was found: the units of it that are meant, all of the file where the file is the document."""

    level: int
    name: str
    file: FileText
    units: tuple[int, ...]

    @property
    def shown(self) -> str:
        """How a person names it."""
        heading = self.file.units[self.units[0]].name if self.units[0] else ""
        return (
            f"{self.file.path}::{heading}"
            if heading and len(self.units) < len(self.file.units)
            else self.file.path
        )


def assemble_package(
    sources: ContextSources, texts: FileTexts, request: ContextRequest, targets: Sequence[Target],
    count: Callable[[str], int],
) -> ContextAnswer:  # fmt: skip
    """The package for the targets; for a query alone that of the folder of its best file."""
    paths = [target.path for target in targets]
    if not paths:
        found = sources.rank_units(request.query, request.without, 3).units
        paths = [one.place.path for one in found[:1]]
    documents = _find_all(sources, texts, paths[0] if paths else "")
    made, overflow = _fill(request, documents, count)
    items = make_items(made.chosen)
    levels = _levels(documents, overflow)
    notices = tuple(
        f"level {level.level} ({level.name}) has none of {', '.join(level.missing)}"
        for level in levels
        if not level.present
    )
    if request.format == "json":
        tokens = sum(item.tokens for item in items)
        text = write_json(request.query, request.tokens, tokens, items, notices, levels)
    else:
        text = WRITERS[request.format](arrange(made.chosen))
        tokens = count(text)
    return ContextAnswer(
        request.query, tuple(items), tokens, request.tokens, text, notices, levels, len(documents)
    )


def _levels(
    documents: dict[tuple[int, str], _Document], overflow: Sequence[tuple[int, str]]
) -> tuple[PackageLevel, ...]:
    """What each level has, lacks and could not give."""
    levels: list[PackageLevel] = []
    for level in LEVELS:
        names = [one.name for one in level.documents]
        present = tuple(name for name in names if (level.number, name) in documents)
        missing = tuple(name for name in names if (level.number, name) not in documents)
        more = tuple(shown for number, shown in overflow if number == level.number)
        share = round(len(present) / len(names), 4)
        levels.append(PackageLevel(level.number, level.name, present, missing, share, more))
    return tuple(levels)


def _fill(
    request: ContextRequest, documents: dict[tuple[int, str], _Document], count: Callable[[str], int]
) -> tuple[Pack, list[tuple[int, str]]]:
    """Choose by turns, a document of every level at a time; each as much of it as its share of the budget allows."""
    budget = request.tokens
    order = [
        documents[level.number, level.documents[turn].name]
        for turn in range(max(len(level.documents) for level in LEVELS))
        for level in LEVELS
        if turn < len(level.documents) and (level.number, level.documents[turn].name) in documents
    ]
    made = Pack(budget, request.format)
    overflow: list[tuple[int, str]] = []
    seen: set[tuple[str, int]] = set()
    for number, document in enumerate(order):
        fresh = [unit for unit in document.units if (document.file.path, unit) not in seen]
        if not fresh:
            continue
        share = (budget - made.spent) / (len(order) - number) * _SHARE
        level = next(level.name for level in LEVELS if level.number == document.level)
        candidates = [
            Candidate(
                document.file, unit, count, rank=len(seen) + offset, score=round(1 / (1 + number), 6),
                step=f"level {document.level}", reasons=(f"{document.name} of level {document.level}, {level}",),
            )
            for offset, unit in enumerate(fresh)
        ]  # fmt: skip
        if _choose(candidates, made, request.format, share, count):
            seen.update((document.file.path, unit) for unit in fresh)
        else:
            overflow.append((document.level, document.shown))
    return made, overflow


def _choose(
    candidates: Sequence[Candidate], made: Pack, shape: str, share: float, count: Callable[[str], int]
) -> bool:
    """Choose a document at the highest resolution that its share and the budget hold; whether all of it is given."""
    before, spent = dict(made.chosen), made.spent
    resolutions: tuple[Resolution, ...] = ("exact", "medium", "outline")
    for resolution in resolutions:
        for candidate in candidates:
            if candidate.text(resolution):
                made.take(candidate, resolution)
        if made.spent - spent <= share and _tokens(made, shape, count) <= made.budget:
            return resolution == "exact"
        made.chosen.clear()
        made.chosen.update(before)
        made.spent = spent
    return False


def _tokens(made: Pack, shape: str, count: Callable[[str], int]) -> int:
    if shape == "json":
        return sum(item.tokens for item in make_items(made.chosen))
    return count(WRITERS[shape](arrange(made.chosen)))


def _find_all(sources: ContextSources, texts: FileTexts, path: str) -> dict[tuple[int, str], _Document]:
    """The documents that there are, by level and name; each stretch of text serves one."""
    connection = sources.connection
    known = [
        row[0]
        for row in connection.execute("SELECT path FROM file WHERE language = 'markdown' ORDER BY path")
    ]
    taken: set[tuple[str, int]] = set()
    found: dict[tuple[int, str], _Document] = {}
    # What is called by its name comes first, a README serves for what is left.
    for lookup in (_by_name, _by_heading, _by_readme):
        for level in LEVELS:
            for wanted in level.documents:
                if (level.number, wanted.name) in found:
                    continue
                hit = lookup(sources, texts, _near(known, path, wanted), wanted, taken)
                if hit is not None:
                    file, units = hit
                    taken.update((file.path, unit) for unit in units)
                    found[level.number, wanted.name] = _Document(level.number, wanted.name, file, units)
    return found


def _near(known: Sequence[str], path: str, wanted: RequiredDocument) -> list[str]:
    """The documents of the place where a required one may be, nearest first."""
    folder = path.rpartition("/")[0]
    if wanted.place == "project":
        folders: Iterable[str] = _DOCUMENT_FOLDERS
    elif wanted.place == "beside":
        folders = (folder,) if folder else ()
    else:
        folders = [one for one in _upward(folder) if one]
    order = {one: number for number, one in enumerate(folders)}
    near = [(order[one.rpartition("/")[0]], one) for one in known if one.rpartition("/")[0] in order]
    return [one for _, one in sorted(near)][:_MOST_LOOKED_INTO]


def _upward(folder: str) -> list[str]:
    found = [folder, f"{folder}/docs"]
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        found += [folder, f"{folder}/docs"]
    return found


def _by_name(
    sources: ContextSources, texts: FileTexts, looked: Sequence[str], wanted: RequiredDocument,
    taken: set[tuple[str, int]],
) -> tuple[FileText, tuple[int, ...]] | None:  # fmt: skip
    for path in looked:
        stem = _stem(path)
        if stem != "readme" and (stem in wanted.aliases or stem.endswith(f"_{wanted.name}")):
            hit = _rest_of(sources, texts, path, taken)
            if hit is not None:
                return hit
    return None


def _by_readme(
    sources: ContextSources, texts: FileTexts, looked: Sequence[str], wanted: RequiredDocument,
    taken: set[tuple[str, int]],
) -> tuple[FileText, tuple[int, ...]] | None:  # fmt: skip
    readmes = [path for path in looked if "readme" in wanted.aliases and _stem(path) == "readme"]
    return _rest_of(sources, texts, readmes[0], taken) if readmes else None


def _rest_of(
    sources: ContextSources, texts: FileTexts, path: str, taken: set[tuple[str, int]]
) -> tuple[FileText, tuple[int, ...]] | None:
    """A file with its units that serve for nothing else; None where there are none."""
    file = texts.open(sources.connection, path)
    if file is None:
        return None
    units = tuple(unit for unit in range(len(file.units)) if (path, unit) not in taken and file.spans(unit))
    return (file, units) if units else None


def _stem(path: str) -> str:
    return _slug(path.rpartition("/")[2].rpartition(".")[0])


def _by_heading(
    sources: ContextSources, texts: FileTexts, looked: Sequence[str], wanted: RequiredDocument,
    taken: set[tuple[str, int]],
) -> tuple[FileText, tuple[int, ...]] | None:  # fmt: skip
    for path in looked:
        file = texts.open(sources.connection, path)
        if file is None:
            continue
        for index, unit in enumerate(file.units):
            heading = _slug(unit.name.rpartition(file.language.data.separator)[2])
            if index and heading in wanted.aliases and (path, index) not in taken:
                inside = [
                    i
                    for i, one in enumerate(file.units)
                    if unit.start <= one.start and one.end <= unit.end and i
                ]
                return file, tuple(i for i in inside if (path, i) not in taken)
    return None


def _slug(text: str) -> str:
    return _NOT_WORD.sub("_", text.lower()).strip("_")
