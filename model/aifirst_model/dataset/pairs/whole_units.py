"""Code as it is: a unit that is documented, of a size that is edited at once, for learning how such code reads.

A function or class with a docstring or comments of its own, between 30 and 700 o200k tokens. What has no word about why
it is there is left out, because the style that is to be learned has.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from aifirst_model.dataset.pairs.material import Material
from aifirst_model.dataset.record import Sample, Text

SHORTEST = 120
"""Characters; about 30 tokens."""
LONGEST = 3_500
"""Characters before tokens are counted; 700 tokens of code are rarely more."""


def make_units(material: Material) -> Iterator[Sample]:
    """The documented units of a document; a class with its methods where that is short enough, else each for itself."""
    reading = material.reading
    if not reading.parsed or material.language.kind != "code":
        return
    taken_until = 0
    for index, unit in enumerate(reading.units):
        if unit.kind not in ("function", "class") or unit.start < taken_until:
            continue
        size = unit.end - unit.start
        if not SHORTEST <= size <= LONGEST or not material.documentation_of(index):
            if unit.kind == "class" or size > LONGEST or index not in reading.comments_of_units:
                continue
            if size < SHORTEST:
                continue
        node = material.node_of(unit)
        if node is None or node.has_error:
            continue
        taken_until = unit.end
        yield Text(material.whole(unit), msgspec.structs.replace(material.describe(unit), task="code"))


def make_files(material: Material) -> Iterator[Sample]:
    """The whole document as one text, for going on with pre-training."""
    yield Text(material.text, msgspec.structs.replace(material.about, task="file"))
