"""How common each term is in code and in comments at large, and how often a comment's word comes back.

A term that any file contains proves nothing when it comes back, and a word that seldom comes back proves
nothing when it does not. The table beside this module was counted over well-kept open-source projects by
`benchmarks/connectivity.py --background`; a project's own words are not in it and count as rare.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

TABLE_DIGEST: Final = "a779d3ddf4a3edc740a7eb06927febbf81b1b4892c0b34aab59256da0a1640bc"
"""SHA-256 of the table, so that results kept by an older table are not taken for new."""

RATE_STEPS: Final = 10
CARRY_STEPS: Final = 100


class TermRates(NamedTuple):
    """Of one term: `code` and `glue` are rates, so that a text of n distinct terms contains it by chance
    with probability 1 - exp(-rate * n); `carry` is how often it comes back beyond chance, 0 to 1; `weight`
    orders terms by how much they tell."""

    code: float
    glue: float
    carry: float
    weight: float


class Background:
    """The table."""

    def __init__(
        self, rows: dict[str, tuple[float, float, float]], unknown: tuple[float, float, float]
    ) -> None:
        self._rates = {term: _with_weight(*row) for term, row in rows.items()}
        self.unknown = _with_weight(*unknown)

    def __len__(self) -> int:
        return len(self._rates)

    def rates(self, term: str) -> TermRates:
        """The rates of a term; those of an unknown one where the table lacks it."""
        return self._rates.get(term, self.unknown)


def _with_weight(code: float, glue: float, carry: float) -> TermRates:
    # 250 distinct terms is the code of an average file.
    return TermRates(code, glue, carry, -math.log(min(0.9, chance(code, 250))) * (carry + 0.1))


def chance(rate: float, size: int) -> float:
    """The probability that a text of `size` distinct terms contains a term of this rate by chance.

    Kept within [0.002, 0.98]: nothing is known so well that one word could decide.
    """
    return min(0.98, max(0.002, 1.0 - math.exp(-rate * size)))


def table_path() -> Path:
    """Where the table lies."""
    return Path(__file__).with_name("background.tsv")


@cache
def load_background() -> Background:
    """The table that ships with aifirst."""
    rows = read_table(table_path().read_text(encoding="ascii"))
    unknown = rows.pop("*")
    return Background(rows, unknown)


def read_table(text: str) -> dict[str, tuple[float, float, float]]:
    """The rows of a table text; `*` is the row of a term that the table lacks."""
    rows: dict[str, tuple[float, float, float]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            term, code, glue, carry = line.split("\t")
            rows[term] = (
                math.exp(-int(code) / RATE_STEPS), math.exp(-int(glue) / RATE_STEPS), int(carry) / CARRY_STEPS,
            )  # fmt: skip
    return rows
