"""What of a model's answer is shown at the cursor, and answers that are kept while a person types along them.

A model knows only roughly where to stop: what stands behind the cursor already is cut, and so is a line that it had no
room to finish. Left out: asking the model (`model_endpoint`), and when it is asked (`features/inline_completion`).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Final

import msgspec

_SPECIAL: Final = re.compile(r"<[|｜][^\s<>]{1,40}[|｜]>|<EOT>|</s>")
_DISGUISED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters and marks of direction: text that looks different from what it is, or is none."""
_BRACKETS: Final = re.compile(r"[()\[\]{}]")
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_MOST_KEPT: Final = 32
_COMPARED: Final = 1024


def shape_completion(text: str, line: str, after: str, *, whole: bool = True, is_chat: bool = False) -> str:
    """The text to show for a model's answer, "" for nothing.

    `line` is the cursor's line before it, `after` the text behind it, to the end of the file or of a window. An
    answer that is not `whole` loses its last line where it has several.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    special = _SPECIAL.search(text)
    text = text[: special.start()] if special is not None else text
    if _DISGUISED.search(text):
        return ""
    if is_chat and line.strip() and text.lstrip().startswith(line.strip()):
        text = text.lstrip()[len(line.strip()) :]
    rest, _, below = after.partition("\n")
    if rest.strip():
        shown = _before_rest(text.partition("\n")[0], line, rest.strip())
    else:
        lines = text.split("\n")
        lines = lines[:-1] if not whole and len(lines) > 1 else lines
        shown = "\n".join(_before_repeated(lines, line, below))
    return shown.rstrip() if shown.strip() else ""


def _before_rest(shown: str, line: str, rest: str) -> str:
    """One line without what follows the cursor on its line: that text, or the bracket or quote it begins with."""
    if len(rest) > 1 and shown.rstrip().endswith(rest):
        return shown.rstrip()[: -len(rest)]
    first = rest[0]
    if first in "\"'`" and line.count(first) % 2 and first in shown:
        return shown[: shown.index(first)]
    open_ones: list[str] = []
    for match in _BRACKETS.finditer(shown):
        one = match[0]
        if one in _CLOSING:
            open_ones.append(_CLOSING[one])
        elif open_ones and open_ones[-1] == one:
            open_ones.pop()
        elif one == first:
            return shown[: match.start()]
    return shown


def _before_repeated(lines: list[str], line: str, below: str) -> list[str]:
    """The lines before the first that is the same as the next one in the file."""
    following = next((one.rstrip() for one in below.split("\n") if one.strip()), None)
    whole = [line + lines[0], *lines[1:]]
    for number, one in enumerate(whole):
        if one.rstrip() == following and lines[number].strip():
            return lines[:number]
    return lines


class _Kept(msgspec.Struct, frozen=True):
    """An answer at a byte: what stood before and behind it then, and what would be inserted."""

    at: int
    before: bytes
    after: bytes
    shown: bytes


class KeptAnswers:
    """The last answers, by document and model."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()

    def keep(self, key: tuple[str, ...], data: bytes, at: int, shown: str) -> None:
        """Keep what was shown at a byte of a text, "" for nothing; one answer a key and place, the oldest goes."""
        kept = _Kept(
            at, data[max(0, at - _COMPARED) : at], data[at : at + _COMPARED], shown.encode("utf-8", "replace")
        )
        place = (*key, str(at))
        self._kept.pop(place, None)
        self._kept[place] = kept
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def find(self, key: tuple[str, ...], data: bytes, at: int) -> str | None:
        """What is left of an answer after what was typed since, None where nothing typed goes along with one."""
        for place, kept in reversed(self._kept.items()):
            if (
                place[:-1] == key
                and kept.at <= at <= kept.at + len(kept.shown)
                and _goes_along(kept, data, at)
            ):
                left = kept.shown[at - kept.at :]
                if left or at == kept.at:
                    return left.decode("utf-8", "replace")
        return None


def _goes_along(kept: _Kept, data: bytes, at: int) -> bool:
    return (
        data[kept.at : at] == kept.shown[: at - kept.at]
        and data[max(0, kept.at - _COMPARED) : kept.at] == kept.before
        and data[at : at + _COMPARED] == kept.after
    )
