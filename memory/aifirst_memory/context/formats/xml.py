"""XML: a document a run, with where it is from and why as attributes; well-formed whatever the code holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aifirst_memory.context.formats.block import Block, Run

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": " ", "\t": " ", "\r": " "}


def write_xml(blocks: Sequence[Block]) -> str:
    """The blocks as one element `documents`; "" for none."""
    if not blocks:
        return ""
    runs = [(block.path, run) for block in blocks for run in block.runs]
    documents = "".join(_document(number, path, run) for number, (path, run) in enumerate(runs, 1))
    return f"<documents>\n{documents}</documents>\n"


def _document(number: int, path: str, run: Run) -> str:
    shown = "" if run.resolution == "exact" else f' resolution="{run.resolution}"'
    why = f' reason="{_attribute(run.reason)}"' if run.reason else ""
    head = (
        f'<document index="{number}" path="{_attribute(path)}" lines="{run.lines}"'
        f' units="{_attribute(run.names)}"{shown}{why}>'
    )
    return f"{head}\n{_content(run.text)}</document>\n"


def _attribute(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in _NOT_XML.sub(" ", text))


def _content(text: str) -> str:
    """The code as it is: in a CDATA section where it holds what would be markup."""
    clean = _NOT_XML.sub(" ", text)
    if "&" not in clean and "<" not in clean:
        return clean.replace("]]>", "]]&gt;")
    return "<![CDATA[\n" + clean.replace("]]>", "]]]]><![CDATA[>") + "]]>\n"
