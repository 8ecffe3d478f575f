"""Plain text: a heading a file, a heading a run, the code."""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_memory.context.formats.block import Block, Run, one_line


def write_text(blocks: Sequence[Block]) -> str:
    """The blocks as text; "" for none."""
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    runs = "".join(f"--- {_heading(run)}\n{run.text}" for run in block.runs)
    return f"=== {one_line(block.path)}\n{runs}"


def _heading(run: Run) -> str:
    shown = "" if run.resolution == "exact" else f" ({run.resolution})"
    why = f" - {run.reason}" if run.reason else ""
    return f"{run.lines} {run.names}{shown}{why}"
