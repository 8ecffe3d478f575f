"""Takes secrets out of the names of units, before any level of the index or answer gets to see them.

A name is text of the file too: the heading of a section, a key of a table. A heading becomes a name in
lower case, in which no secret is known any more, so the text that the name was made of is looked at.
"""

from __future__ import annotations

from aifirst_codebase.reading import Reading
from aifirst_codebase.secrets.mask import mask_secrets


def mask_names(reading: Reading) -> None:
    """Rename, in place, the units whose name holds a secret, with all nested in them, after what it was."""
    data = reading.data
    written = [data[unit.name_start : unit.name_end].decode("utf-8", "replace") for unit in reading.units]
    together = "\n".join([*written, *(unit.name for unit in reading.units)])
    if mask_secrets(together) == together:
        return
    renamed: dict[int, tuple[str, str]] = {}
    for index, unit in enumerate(reading.units):
        masked = mask_secrets(written[index])
        if masked != written[index] or mask_secrets(unit.name) != unit.name:
            new = masked if masked != written[index] else mask_secrets(unit.name)
        elif unit.parent in renamed:
            old_parent, new_parent = renamed[unit.parent]
            new = new_parent + unit.name.removeprefix(old_parent)
        else:
            continue
        renamed[index] = unit.name, new
        unit.name = new
