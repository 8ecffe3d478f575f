"""AF602: characters that show a person something else than a program or a model reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

# U+202A..U+202E, U+2066..U+2069 (bidirectional controls), U+E0000..U+E007F (tag characters), in UTF-8
_HIDDEN = re.compile(rb"(?:\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xf3\xa0[\x80\x81][\x80-\xbf])+")
# The flags of England, Scotland and Wales are written in tag characters behind a black flag (Unicode TR51).
_BLACK_FLAG = "\U0001f3f4".encode()
_FLAGS = frozenset(
    "".join(chr(0xE0000 + ord(char)) for char in name).encode() + "\U000e007f".encode()
    for name in ("gbeng", "gbsct", "gbwls")
)
_LEADS = (b"\xe2\x80", b"\xe2\x81", b"\xf3\xa0")


class HiddenText(FileRule):
    """Bidirectional control characters make code look different from what it does ("Trojan Source",
    CVE-2021-42574); Unicode tag characters carry text that no editor shows and every model reads. Neither has a
    place in source, but for the emoji of three flags. Data and documentation may need the former, so only
    code, style and markup are judged.
    """

    code: ClassVar[str] = "AF602"
    name: ClassVar[str] = "hidden-text"
    summary: ClassVar[str] = "Characters show a person something else than a model reads."
    severity = "error"
    kinds = ("code", "style", "markup")
    valid = (
        Example('name = "caf\u00e9 \u2014 \u05e9\u05dc\u05d5\u05dd"\n', title="other scripts are fine"),
        Example(
            'flag = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"\n',
            title="a flag",
        ),
    )
    invalid = (
        Example('access = "user\u202e \u2066# admin only\u2069 \u2066"\n', lines=(1, 1, 1, 1)),
        Example('note = "ok\U000e0069\U000e0067"\n', lines=(1,), title="tag characters"),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each run of hidden characters."""
        data = file.data
        if data.isascii() or not any(lead in data for lead in _LEADS):
            return
        for match in _HIDDEN.finditer(data):
            if match.group() in _FLAGS and data.endswith(_BLACK_FLAG, 0, match.start()):
                continue
            points = " ".join(f"U+{ord(char):04X}" for char in match.group().decode("utf-8"))
            yield Problem(
                match.start(), match.end(), f"hidden control characters: {points}",
                "Delete them, or write them as escapes where a string needs them.", anchor=points,
            )  # fmt: skip
