"""From the parts that are kept of a file to what AICCL says of its units at a resolution."""

from __future__ import annotations

from typing import Literal

from aifirst_compiler.aiccl.low.write import low_texts
from aifirst_compiler.aiccl.medium.write import medium_texts

from aifirst_memory.shadow.part import ShadowPart

UnitResolution = Literal["outline", "low", "medium"]
"""The resolutions by units that have less than all of the code."""


def unit_texts(part: ShadowPart, resolution: UnitResolution) -> list[str]:
    """What stands behind the name of each unit, by index; first what stands behind the file's path."""
    if resolution == "outline":
        return list(part.signatures)
    if resolution == "low":
        return low_texts(part.signatures, part.flows)
    return medium_texts(part.signatures, part.key_lines)
