"""AF205: the same comment stands several times in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_ALL = '[glue]\nquality = "all"\n'
_SAME = "# Amounts are in cents because floats lose pennies.\n"
_ENOUGH_WORDS = 4


class DuplicateComment(FileRule):
    """A comment that is repeated word for word was copied: it raises the glue ratio without adding meaning,
    and one of the copies will be forgotten when the others change. Say it once, where all can refer to it.

    Comments of at least four words are compared, tags and markers left out. Judged where `glue.quality`
    says.
    """

    code: ClassVar[str] = "AF205"
    name: ClassVar[str] = "duplicate-comment"
    summary: ClassVar[str] = "The same comment stands several times in a file."
    valid = (
        Example(_SAME + "total = 1\n# Prices are per gram, before tax is added.\nprice = 2\n", settings=_ALL),
    )
    invalid = (Example(_SAME + "total = 1\n" + _SAME + "price = 2\n", lines=(3,), settings=_ALL),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each copy after the first."""
        if not file.applies(file.settings.glue.quality):
            return
        data = file.data
        first: dict[bytes, int] = {}
        for span in file.reading.glue:
            text = b" ".join(data[span.start : span.end].strip(b"#/*-;!<>\"' \t\r\n").lower().split())
            if text.count(b" ") < _ENOUGH_WORDS - 1 or b"@tag" in text:
                continue
            if text not in first:
                first[text] = span.start
                continue
            line = file.reading.lines.line_of(first[text]) + 1
            raw = data[span.start : span.end]
            start = span.start + len(raw) - len(raw.lstrip())
            yield Problem(
                start, start + len(raw.strip()), f"the same comment stands on line {line}",
                "Keep one; let the other say what is different here, or go.",
            )  # fmt: skip
