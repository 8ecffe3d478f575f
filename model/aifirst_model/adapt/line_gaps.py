"""Gaps as a person meets them who types: from somewhere in a line, between two words, to its end.

The lines are drawn by the file's path and their own place, so the same file always gives the same gaps. `fill_gaps` of
`dataset` makes gaps of more kinds, of which this is one; here there are more of them, for training on a project of a
few hundred files and for measuring on a few of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from aifirst_model.dataset.collect.project_documents import (
    Collected,
    CollectSettings,
    Project,
    documents,
    find_files,
)
from aifirst_model.dataset.record import Gap, Sample, Text

BEFORE: Final = 2_000
AFTER: Final = 1_000
"""Characters around a gap that a model is shown, whole lines of them."""
_SHORTEST: Final = 10
_LONGEST: Final = 160
_COMMENT: Final = re.compile(r"\s*(?:#|//|/\*|\*|--|;|%|<!--)")
_WORD: Final = re.compile(r"(?<=\W)(?=\w)|(?<=\w)(?=\W)")
_KINDS: Final = ("code", "style")


class LineGaps(msgspec.Struct, frozen=True):
    """The gaps of a project as a source of samples for `make_dataset`: one line in `every`."""

    project: Project
    settings: CollectSettings
    every: int = 6

    @property
    def name(self) -> str:
        """What reports call it."""
        return "lines"

    @property
    def key(self) -> str:
        """Changes when the project's files do."""
        found = hashlib.blake2b(f"{self.project.root} {self.every}".encode(), digest_size=16)
        for file in find_files(self.project).files:
            found.update(f"{file.path} {file.size} {file.mtime_ns}\n".encode())
        return found.hexdigest()

    def samples(self) -> Iterator[Sample]:
        """One gap in so many lines of every file."""
        for text in project_texts(self.project, self.settings):
            for gap in line_gaps(text):
                if _drawn(text.about.path, gap.about.category, "kept") % self.every == 0:
                    yield msgspec.structs.replace(gap, about=msgspec.structs.replace(gap.about, category=""))


def project_texts(project: Project, settings: CollectSettings) -> Iterator[Text]:
    """The files of code of a project, secrets masked."""
    yield from documents(project, find_files(project), settings, Collected())


def line_gaps(text: Text) -> Iterator[Gap]:
    """The gap of every line that is one to complete; `about.category` is the line's number, from 0."""
    lines = text.text.splitlines(keepends=True)
    start = 0
    for number, line in enumerate(lines):
        cut = _cut(text.about.path, number, line)
        if cut:
            end = start + len(line.rstrip())
            before, after = text.text[: start + cut], text.text[end:]
            about = msgspec.structs.replace(text.about, task="fill", category=str(number))
            yield Gap(_last(before), text.text[start + cut : end], _first(after), about)
        start += len(line)


def _cut(path: str, number: int, line: str) -> int:
    """How much of a line is typed already, 0 for a line that nobody is asked to complete."""
    words = line.strip()
    if not _SHORTEST <= len(words) <= _LONGEST or _COMMENT.match(line):
        return 0
    indent = len(line) - len(line.lstrip())
    low, high = indent + max(3, len(words) // 5), indent + len(words) - 3
    places = [found.start() for found in _WORD.finditer(line) if low <= found.start() <= high]
    return places[_drawn(path, str(number), "cut") % len(places)] if places else 0


def _drawn(path: str, place: str, what: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{path}\0{place}\0{what}".encode(), digest_size=8).digest(), "big")


def _last(text: str) -> str:
    if len(text) <= BEFORE:
        return text
    cut = text.find("\n", len(text) - BEFORE)
    return text[cut + 1 :] if cut >= 0 else text[-BEFORE:]


def _first(text: str) -> str:
    if len(text) <= AFTER:
        return text
    cut = text.rfind("\n", 0, AFTER)
    return text[: cut + 1] if cut >= 0 else text[:AFTER]


def choose_gaps(texts: list[Text], most: int) -> list[Gap]:
    """At most so many gaps, as evenly from the files as they have lines."""
    found = [gap for text in texts for gap in line_gaps(text)]
    found.sort(key=lambda gap: _drawn(gap.about.path, gap.about.category, "chosen"))
    chosen = found[:most]
    return sorted(chosen, key=lambda gap: (gap.about.path, int(gap.about.category)))
