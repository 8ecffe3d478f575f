"""AF208: a comment marker is not written so that it can be found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

if TYPE_CHECKING:
    from aifirst_codebase.tickets import Marker

_ALL = '[glue]\nquality = "all"\n'


class MarkerGrammar(FileRule):
    """Markers (`WHY:`, `STEP 2:`, `EDGE CASE:`) let a search, an index and a model find the reason for a
    line. They are written in capitals with a colon, a STEP with its number. Reported are other spellings
    of a marker and steps of one unit that skip or repeat a number.

    Judged where `glue.quality` says.
    """

    code: ClassVar[str] = "AF208"
    name: ClassVar[str] = "marker-grammar"
    summary: ClassVar[str] = "A comment marker is not written so that it can be found."
    severity = "note"
    by_preset: ClassVar = {"full": "warning"}
    valid = (
        Example(
            "# WHY: the ledger rounds late\n# STEP 1: read\na = 1\n# STEP 2: add\nb = 2\n", settings=_ALL
        ),
    )
    invalid = (
        Example("# why: the ledger rounds late\na = 1\n", lines=(1,), settings=_ALL, title="small letters"),
        Example(
            "# STEP 1: read\na = 1\n# STEP 3: add\nb = 2\n", lines=(3,), settings=_ALL, title="a skipped step"
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each misspelt marker and each step out of sequence."""
        if not file.applies(file.settings.glue.quality):
            return
        by_unit: dict[int, list[Marker]] = {}
        for marker in self._markers(file):
            start, _ = file.to_bytes(marker.start, marker.end)
            by_unit.setdefault(file.reading.unit_at(start), []).append(marker)
        for index, unit in enumerate(file.reading.units):
            markers = by_unit.get(index, [])
            yield from self._spelling(file, markers)
            if unit.kind in {"function", "module"}:
                yield from self._steps(file, markers)

    def _markers(self, file: FileContext) -> list[Marker]:
        from aifirst_codebase.tickets import find_markers

        text = file.reading.text
        found: list[Marker] = []
        for comment in file.reading.comments:
            if comment.kind == "comment" and not comment.kept:
                lines = file.reading.lines
                found.extend(
                    find_markers(text, lines.char_offset(comment.start), lines.char_offset(comment.end))
                )
        return found

    def _spelling(self, file: FileContext, markers: list[Marker]) -> Iterator[Problem]:
        for marker in markers:
            if not marker.well_formed:
                start, end = file.to_bytes(marker.start, marker.end)
                shown = file.data[start:end].decode("utf-8", "replace")
                yield Problem(start, end, f"the marker is written {shown!r}", f"Write {marker.canonical}")

    def _steps(self, file: FileContext, markers: list[Marker]) -> Iterator[Problem]:
        expected = 1
        for marker in markers:
            if marker.kind != "STEP" or marker.number is None or not marker.number.isdigit():
                continue
            number = int(marker.number)
            if number not in (1, expected):
                start, end = file.to_bytes(marker.start, marker.end)
                yield Problem(
                    start, end, f"STEP {number} comes where STEP {expected} is expected",
                    "Number the steps of a unit from 1 without gaps.",
                )  # fmt: skip
            expected = number + 1
