"""Writes an AICCL document; `parse` gives back its parts exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.notation.document import Code, Map, Mermaid, Part, Prose, Use
from aifirst_compiler.aiccl.notation.entries import write_entries
from aifirst_compiler.aiccl.notation.escape import escape_prose, escape_text, escape_value

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_FILE_PATH = re.compile(r"[^<>\"\n]+")
_VERSION = re.compile(r"[A-Za-z0-9.-]*")


def write(parts: Iterable[Part]) -> str:
    """The document's text. Raises AicclError for names and symbols that the notation cannot hold.

    Prose right behind prose is one piece of prose when it is read again, and prose without text is none.
    """
    written: list[str] = []
    last: Part | None = None
    for part in parts:
        if isinstance(last, Code) and last.file and isinstance(part, Prose):
            written.append("</comp:file>\n")
        written.append(write_part(part))
        last = part
    return "".join(written)


def write_part(part: Part) -> str:
    """One part with the newline behind its closing tag, which files have only where prose follows."""
    match part:
        case Prose():
            return escape_prose(part.text)
        case Mermaid():
            return f"<comp:mermaid>\n{escape_text(part.text)}</comp:mermaid>\n"
        case Code(file=True):
            if _FILE_PATH.fullmatch(part.id) is None or part.uses or part.crlf:
                raise AicclError(f"{part.id!r} cannot be told as a file", "write it as a block of code")
            return f"<comp:file {part.id}>\n{escape_text(part.text)}"
        case Code():
            ident = f' id="{escape_value(part.id)}"' if part.id else ""
            eol = ' eol="crlf"' if part.crlf else ""
            return f"<comp:code{ident}{_uses(part.uses)}{eol}>\n{escape_text(part.text)}</comp:code>\n"
        case Map():
            version = f' version="{_checked(_VERSION, part.version)}"' if part.version else ""
            name = f":{_checked(_NAME, part.name)}" if part.name else ""
            exact = " joined" if part.joined else " exact" if part.exact and not part.holes else ""
            exact += " holes" if part.holes else ""
            return f"<comp:map{name}{_uses(part.uses)}{exact}{version}>\n{write_entries(part)}</comp:map>\n"


def _uses(uses: tuple[Use, ...]) -> str:
    if not uses:
        return ""
    for use in uses:
        _checked(_NAME, use.name)
        _checked(_VERSION, use.version)
    return f' uses="{",".join(map(str, uses))}"'


def _checked(pattern: re.Pattern[str], name: str) -> str:
    if pattern.fullmatch(name) is None:
        raise AicclError(f"{name!r} is no name", "use letters, digits, `-` and `_`, a letter or digit first")
    return name
