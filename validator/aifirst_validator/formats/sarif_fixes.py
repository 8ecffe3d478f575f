"""The fix of a finding as a SARIF `fix` object (3.55): regions of lines and columns, not bytes.

A region in bytes would count those of the file on disk, which a byte order mark or another encoding
moves; lines and columns mean the same in every reader.
"""

from __future__ import annotations

from aifirst_codebase.positions import LineIndex

from aifirst_validator.finding import Edit, Finding
from aifirst_validator.formats.source_lines import Sources
from aifirst_validator.formats.visible_text import encodable


class FixWriter:
    """Writes the fixes of one report; keeps the line index of the last file, as findings come by file."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._path: str | None = None
        self._index: LineIndex | None = None

    def write(self, finding: Finding, location: dict[str, object]) -> dict[str, object] | None:
        """The fix object, None where there is no fix or its file cannot be read."""
        if finding.fix is None:
            return None
        index = self._line_index(finding.path)
        if index is None:
            return None
        replacements = [_replacement(edit, index) for edit in finding.fix.edits]
        fix: dict[str, object] = {}
        if finding.suggestion:
            fix["description"] = {"text": encodable(finding.suggestion)}
        fix["artifactChanges"] = [{"artifactLocation": location, "replacements": replacements}]
        return fix

    def _line_index(self, path: str) -> LineIndex | None:
        if path != self._path:
            text = self._sources(path)
            self._path = path
            self._index = None if text is None else LineIndex(text.encode("utf-8", "replace"))
        return self._index


def _replacement(edit: Edit, index: LineIndex) -> dict[str, object]:
    line, column = index.to_line_column(edit.start)
    end_line, end_column = index.to_line_column(edit.end)
    region = {
        "startLine": line + 1,
        "startColumn": column + 1,
        "endLine": end_line + 1,
        "endColumn": end_column + 1,
    }
    return {"deletedRegion": region, "insertedContent": {"text": encodable(edit.text)}}
