"""A unit at a resolution: exact, medium, low or outline (`meta` is of files, see `resolutions.meta`).

One table, so that a better notation can take a resolution over without anything around it changing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aifirst_codebase.reading import Reading
from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_memory.context.file_text import FileText, text_of_reading
from aifirst_memory.context.request import Resolution
from aifirst_memory.context.resolutions.exact import render_exact
from aifirst_memory.context.resolutions.low import render_low
from aifirst_memory.context.resolutions.medium import render_medium
from aifirst_memory.context.resolutions.outline import render_outline
from aifirst_memory.context.unit_syntax import code_start

RENDERERS: Final[dict[Resolution, Callable[[FileText, int], str]]] = {
    "exact": render_exact,
    "medium": render_medium,
    "low": render_low,
    "outline": render_outline,
}


def render_unit(reading: Reading, unit_index: int, resolution: Resolution) -> str:
    """The text of one unit of a reading at a resolution, secrets masked; "" where there is nothing to say."""
    return render(text_of_reading(reading), unit_index, resolution)


def render(file: FileText, index: int, resolution: Resolution) -> str:
    """The same of a file in hand. What would come out longer than the unit's own text is given as that."""
    text = RENDERERS[resolution](file, index)
    if resolution == "exact":
        return text
    text = mask_secrets(_indented(file, index, text))
    if not index:
        return text  # says what the file holds, which its imports do not
    if sum(end - start for start, end in file.spans(index)) <= 4 * len(text):
        whole = render_exact(file, index)
        return whole if len(whole) <= len(text) else text
    return text


def _indented(file: FileText, index: int, text: str) -> str:
    """A text as far in as its unit stands in the file."""
    start = code_start(file, index)
    line = file.data.rfind(b"\n", 0, start) + 1
    before = file.data[line:start].decode("utf-8", "replace")
    if not index or not before or not before.isspace():
        return text
    return "".join(before + one for one in text.splitlines(keepends=True))
