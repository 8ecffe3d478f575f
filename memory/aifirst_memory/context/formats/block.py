"""What is written, whatever the format: blocks of files, in them runs of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from aifirst_memory.context.request import Resolution

_MOST_NAMES: Final = 4
_MOST_REASONS: Final = 2


def one_line(text: str) -> str:
    """A path or name as it stands in a heading: what breaks lines or steers a terminal is escaped."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


class Run(NamedTuple):
    """A text that stands in one piece: adjacent units whole, or neighbours at lower resolutions.

    `ranges` are the first and last lines, from 1, of what is given, apart where other code stands between. `units`
    are qualified names, `reasons` of the best unit, weightiest first.
    """

    ranges: tuple[tuple[int, int], ...]
    resolution: Resolution
    units: tuple[str, ...]
    reasons: tuple[str, ...]
    text: str

    @property
    def lines(self) -> str:
        """The lines as a person would list them."""
        told = ", ".join(f"{first}-{last}" for first, last in self.ranges[:_MOST_NAMES])
        return told if len(self.ranges) <= _MOST_NAMES else f"{told}, …"

    @property
    def names(self) -> str:
        """The units as a person would list them."""
        named = [one_line(name) for name in self.units if name]
        if not named:
            return "top level" if self.resolution == "exact" else "file"
        listed = ", ".join(named[:_MOST_NAMES])
        return listed if len(named) <= _MOST_NAMES else f"{listed} and {len(named) - _MOST_NAMES} more"

    @property
    def reason(self) -> str:
        """Why it is there, in one line."""
        return "; ".join(" ".join(reason.split()) for reason in self.reasons[:_MOST_REASONS])


class Block(NamedTuple):
    """A file with its runs, in the order of the file. `language` is as a fenced block calls it."""

    path: str
    language: str
    runs: Sequence[Run]
