"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from aifirst_memory.context.formats.block import Block
from aifirst_memory.context.formats.markdown import write_markdown
from aifirst_memory.context.formats.text import write_text
from aifirst_memory.context.formats.xml import write_xml

WRITERS: Final[dict[str, Callable[[Sequence[Block]], str]]] = {
    "text": write_text,
    "markdown": write_markdown,
    "xml": write_xml,
}
"""What a model reads as it stands; `json` is for programs and counted by its items."""
OVERHEAD: Final[dict[str, tuple[int, int]]] = {
    "text": (4, 10), "markdown": (4, 20), "xml": (0, 40), "json": (0, 0),
}  # fmt: skip
"""About how many tokens a file and a run cost besides path, names, reason and text, for planning."""
