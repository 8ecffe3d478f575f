"""How complex a unit is: simple, medium, complex or advanced, by what is measured of it.

By McCabe's cyclomatic number, the depth of nesting and the lines, each of which can raise the level and none lower
it. The bounds of the cyclomatic number are the customary ones (10 and 20) with the lower half of the first divided
once more.
"""

from __future__ import annotations

from typing import Final

LEVELS: Final = ("simple", "medium", "complex", "advanced")
_BOUNDS: Final = ((5, 10, 20), (2, 3, 4), (20, 50, 100))
"""The most that a unit of the first three levels has: cyclomatic number, nesting, lines."""


def level_of(cyclomatic: int, nesting: int, lines: int) -> str:
    """The level of a unit."""
    figures = (cyclomatic, nesting, lines)
    highest = max(
        sum(figure > bound for bound in bounds) for figure, bounds in zip(figures, _BOUNDS, strict=True)
    )
    return LEVELS[highest]
