"""What may not stand raw in a text that a person may see: control characters, and what turns text around or hides.

A file's name may hold them to steer a terminal, or to show another name than it has (CVE-2021-42574).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that show nothing of themselves: controls, and Unicode's `Default_Ignorable_Code_Point`."""


def visible(text: str) -> str:
    """The text with each such character as `\\n`, `\\x1b` or `\\u202e`, spelt by what a person can read."""
    return UNSEEN.sub(lambda found: spelt(found[0]), text)


def spelt(character: str) -> str:
    """A character as Python's literals spell it."""
    return character.encode("unicode_escape").decode()


def escaped_json(text: str) -> str:
    """A JSON text with each such character in its strings as `\\uXXXX`; line feeds and tabs between values stay."""
    return _IN_JSON.sub(lambda found: "".join(f"\\u{half:04x}" for half in _halves(found[0])), text)


_IN_JSON: Final = re.compile(f"(?![\n\t]){UNSEEN.pattern}")


def _halves(character: str) -> Iterator[int]:
    data = character.encode("utf-16-be")
    return (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
