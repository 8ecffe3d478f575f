"""Writes the resolution `low`: the lines of the outline, and behind each, after a tab, what its unit does.

So ids follow from where lines stand, as in the outline, and a file's own code is told behind its path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aifirst_codebase.reading import Reading

from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions
from aifirst_compiler.aiccl.low.flow import flows
from aifirst_compiler.aiccl.outline.write import tell_signatures, write_units

BLOCK = "low"
_DEFAULT = ExactOptions()


def write_low(readings: Iterable[Reading], options: ExactOptions = _DEFAULT) -> AicclDocument:
    """Signature, flow, calls, effects and errors of every unit of the files that were read, in order.

    With `max_entries=0` in `options` there is no map, and names stay as the code has them. What options say of glue
    and scripts does not apply.
    """
    return write_units(readings, options, BLOCK, tell_low)


def tell_low(reading: Reading) -> list[str]:
    """What stands behind the name of each unit of the file, by index."""
    return low_texts(tell_signatures(reading), flows(reading))


def low_texts(heads: Sequence[str], flows: Sequence[str]) -> list[str]:
    """The same of units whose signatures and flows are known."""
    return [
        f"{head.replace(chr(9), ' ')}{flow and f'{chr(9)}{flow}'}"
        for head, flow in zip(heads, flows, strict=True)
    ]
