"""Which annotations of a Python file are read when it runs, and so must stay where the rest may go."""

from __future__ import annotations

from aifirst_codebase.reading import Reading

from aifirst_compiler.run_time_docs.uses import RunTimeUses


def annotations_read(
    reading: Reading,
    uses: RunTimeUses | None = None,  # noqa: ARG001 - until what reads annotations is known, all of them are
) -> list[tuple[int, int]]:
    """The stretches of `reading.data` within which every annotation stays, in order."""
    return [(0, len(reading.data))]
