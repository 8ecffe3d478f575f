"""Writes the resolution `medium`: the lines of the outline, and below each, behind tabs, the key lines of its unit.

A tab more stands for each block around a line, and `…` for what is left out. Ids follow from where lines stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aifirst_codebase.reading import Reading

from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions
from aifirst_compiler.aiccl.medium.key_lines import key_lines
from aifirst_compiler.aiccl.outline.write import tell_signatures, write_units

BLOCK = "medium"
_DEFAULT = ExactOptions()


def write_medium(readings: Iterable[Reading], options: ExactOptions = _DEFAULT) -> AicclDocument:
    """Signatures, first lines of documentation and key lines of the files that were read, in order.

    With `max_entries=0` in `options` there is no map, and names stay as the code has them. What options say of glue
    and scripts does not apply.
    """
    return write_units(readings, options, BLOCK, tell_medium)


def tell_medium(reading: Reading) -> list[str]:
    """What stands behind the name of each unit of the file, by index."""
    return medium_texts(tell_signatures(reading), tell_key_lines(reading))


def tell_key_lines(reading: Reading) -> list[str]:
    """The key lines of each unit of the file, by index, each line on one of its own."""
    return ["\n".join(map(str, lines)) for lines in key_lines(reading)]


def medium_texts(heads: Sequence[str], lines: Sequence[str]) -> list[str]:
    """What `tell_medium` gives, of units whose signatures and key lines are known."""
    return [
        f"{head.replace(chr(9), ' ')}{told and f'{chr(10)}{told}'}"
        for head, told in zip(heads, lines, strict=True)
    ]
