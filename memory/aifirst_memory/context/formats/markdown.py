"""Markdown: a heading a file, a fenced block a run."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aifirst_memory.context.formats.block import Block, Run, one_line

_TICKS = re.compile(r"`{3,}")


def write_markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown; "" for none."""
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    return f"## {one_line(block.path)}\n" + "".join(_run(run, block.language) for run in block.runs)


def _run(run: Run, language: str) -> str:
    longest = max((len(ticks) for ticks in _TICKS.findall(run.text)), default=2)
    fence = "`" * (longest + 1)
    shown = "" if run.resolution == "exact" else f", {run.resolution}"
    why = f": {run.reason}" if run.reason else ""
    return f"\nLines {run.lines}, {run.names}{shown}{why}\n\n{fence}{language}\n{run.text}{fence}\n"
