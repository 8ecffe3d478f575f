"""The fitted weights that turn evidence into a score.

Fitted by logistic regression (`benchmarks/connectivity.py --fit`) on the projects named there as tuning
projects, then shifted so that 0.5 is the border. The figures are data: change them only by fitting again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from aifirst_validator.connectivity.carry import Evidence


class Weights(msgspec.Struct, frozen=True):
    """One weight a kind of evidence, each applied to asinh of it, and the intercept."""

    intercept: float
    words: float
    share: float
    place: float = 0.0
    near: float = 0.0
    identifiers: float = 0.0
    names: float = 0.0

    def score(self, evidence: Evidence) -> float:
        """Between 0 and 1."""
        total = self.intercept
        for kind in KINDS:
            total += getattr(self, kind) * math.asinh(getattr(evidence, kind))
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))


KINDS: Final = ("words", "share", "place", "near", "identifiers", "names")
TICKET_KINDS: Final = ("words", "share", "identifiers", "names")

GLUE: Final = Weights(
    intercept=-5.682, words=1.083, share=3.482, place=1.579, near=0.524, identifiers=5.998, names=4.203
)
TICKET: Final = Weights(intercept=-5.257, words=1.894, share=3.433, identifiers=3.553, names=3.642)
