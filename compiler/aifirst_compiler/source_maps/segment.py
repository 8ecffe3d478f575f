"""One place of an output and where it came from.

This module and those that read maps (`vlq`, `read`, `find_map`, `trace`, `hook`) need the standard library alone, so
that they can be bundled into a program.
"""

from __future__ import annotations

from typing import NamedTuple


class Segment(NamedTuple):
    """A place of the output and the place of the source it came from, all from 0, columns in UTF-16 code units.

    `source` is a number in the map's list of sources; `name` is what stood there before, empty where nothing was renamed.
    """

    line: int
    column: int
    source_line: int
    source_column: int
    source: int = 0
    name: str = ""
