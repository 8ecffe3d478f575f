"""Reads an AICCL document. One pass, linear in its length; what is broken is named by line and column."""

from __future__ import annotations

import re

from aifirst_compiler.aiccl.errors import AicclError, error_at
from aifirst_compiler.aiccl.notation.document import Code, Document, Map, Mermaid, Part, Prose, Use
from aifirst_compiler.aiccl.notation.entries import read_exact, read_joined, read_plain
from aifirst_compiler.aiccl.notation.escape import unescape_prose, unescape_text, unescape_value

_KEYS = {"map": ("uses", "exact", "joined", "holes", "version"), "code": ("id", "uses", "eol"), "mermaid": ()}
_ALONE = ("exact", "joined", "holes")
_OR = ", "
_OPEN = re.compile(
    r'<comp:(map|code|mermaid)(?::([A-Za-z0-9][A-Za-z0-9_-]*))?((?:\s+[a-z]+(?:="(?:[^"\\\n]|\\.)*")?)*)\s*>'
)
_FILE = re.compile(r"<comp:file ([^<>\"\n]+)>\n")
_FILE_END = "</comp:file>"
_ATTRIBUTE = re.compile(r'([a-z]+)(?:="((?:[^"\\\n]|\\.)*)")?')
_MARK = re.compile(r"</?comp:|^```mermaid[^\S\n]*$", re.MULTILINE)
_TAG = re.compile(r"</?comp:")
_FENCE_END = re.compile(r"^```[^\S\n]*$", re.MULTILINE)
_USE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*)(?:@([A-Za-z0-9.-]+))?")


def parse(text: str) -> Document:
    """The document's parts. Raises AicclError with line, column and next step for what is not in the notation."""
    parts: list[Part] = []
    starts: list[int] = []
    at = 0
    while True:
        mark = _MARK.search(text, at)
        end = mark.start() if mark is not None else len(text)
        if end > at:
            parts.append(Prose(unescape_prose(text[at:end])))
            starts.append(at)
        if mark is None:
            return Document(tuple(parts), _lines(text, starts))
        if mark[0] == "</comp:":
            raise error_at(
                text,
                end,
                "a closing tag without an opening one",
                r"remove it, or write `<\/comp:` as `</\comp:`",
            )
        part, at = _read_fenced(text, mark) if mark[0].startswith("`") else _read_block(text, end)
        parts.append(part)
        starts.append(end)


def _lines(text: str, starts: list[int]) -> tuple[int, ...]:
    lines: list[int] = []
    line, before = 1, 0
    for start in starts:
        line += text.count("\n", before, start)
        before = start
        lines.append(line)
    return tuple(lines)


def _read_fenced(text: str, mark: re.Match[str]) -> tuple[Mermaid, int]:
    start = mark.end() + 1
    end = _FENCE_END.search(text, start)
    if end is None:
        raise error_at(
            text, mark.start(), "this Mermaid block is not closed", "end it with a line of three backquotes"
        )
    return Mermaid(unescape_text(text[start : end.start()])), _behind(text, end.end())


def _read_block(text: str, at: int) -> tuple[Part, int]:
    if file := _FILE.match(text, at):
        return _read_file(text, file)
    opening = _OPEN.match(text, at)
    if opening is None:
        raise error_at(
            text,
            at,
            "this tag cannot be read",
            r'write `<comp:map:NAME uses="A,B">`, `<comp:code id="…">` or `<comp:mermaid>`; as plain text `<\comp:`',
        )
    kind, name = opening[1], opening[2] or ""
    if name and kind != "map":
        raise error_at(
            text, at, f"a {kind} block has no name behind its kind", f'write `<comp:{kind} id="{name}">`'
        )
    values = _attributes(text, opening)
    start = _behind(text, opening.end())
    end, behind = _find_end(text, start, at, kind, name)
    if kind == "map":
        joined = "joined" in values
        holes = "holes" in values
        exact = joined or holes or "exact" in values
        read_entries = read_joined if joined else read_exact if exact else read_plain
        entries = read_entries(text, start, end)
        uses = _uses(text, at, values)
        return Map(entries, name, uses, exact, values.get("version", ""), joined, holes), behind
    content = unescape_text(text[start:end])
    if kind == "mermaid":
        return Mermaid(content), behind
    eol = values.get("eol", "lf")
    if eol not in ("lf", "crlf"):
        raise error_at(text, at, f'eol="{eol}" is no line ending', 'write eol="crlf", or leave it out')
    return Code(content, values.get("id", ""), _uses(text, at, values), eol == "crlf"), behind


def _read_file(text: str, opening: re.Match[str]) -> tuple[Code, int]:
    """A file that ends where the next tag begins."""
    tag = _TAG.search(text, opening.end())
    end = tag.start() if tag is not None else len(text)
    block = Code(unescape_text(text[opening.end() : end]), opening[1], file=True)
    closed = text.startswith(_FILE_END, end)
    return block, _behind(text, end + len(_FILE_END)) if closed else end


def _behind(text: str, at: int) -> int:
    """Where the text goes on when the newline there belongs to a tag."""
    return at + 1 if text.startswith("\n", at) else at


def _find_end(text: str, start: int, opened: int, kind: str, name: str) -> tuple[int, int]:
    """Where the block's text ends, and where the document goes on."""
    tag = _TAG.search(text, start)
    where = tag.start() if tag is not None else len(text)
    for closing in (f"</comp:{kind}>", f"</comp:{kind}:{name}>"):
        if text.startswith(closing, where):
            return where, _behind(text, where + len(closing))
    if tag is None:
        raise error_at(text, opened, f"this {kind} block is not closed", f"end it with `</comp:{kind}>`")
    line = text.count("\n", 0, opened) + 1
    raise error_at(
        text,
        where,
        f"the {kind} block of line {line} is still open here",
        rf"end it with `</comp:{kind}>` before; as plain text write `<\comp:` or `</\comp:`",
    )


def _attributes(text: str, opening: re.Match[str]) -> dict[str, str]:
    kind = opening[1]
    values: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(opening[3]):
        key, value = found[1], found[2]
        place = opening.start(3) + found.start()
        if key not in _KEYS[kind] or key in values:
            known = ", ".join(_KEYS[kind]) or "none"
            raise error_at(
                text, place, f"`{key}` cannot stand in this tag", f"a {kind} tag takes once: {known}"
            )
        if (value is None) != (key in _ALONE):
            raise error_at(
                text,
                place,
                f"`{key}` is not written so",
                f'write {_OR.join(_ALONE)} alone, others as KEY="value"',
            )
        values[key] = unescape_value(value or "")
    return values


def _uses(text: str, at: int, values: dict[str, str]) -> tuple[Use, ...]:
    uses: list[Use] = []
    for name in values["uses"].split(",") if "uses" in values else ():
        found = _USE.fullmatch(name.strip())
        if found is None:
            raise error_at(
                text, at, f"{name!r} is no name of a map", 'write uses="A,B" with names of letters and digits'
            )
        uses.append(Use(found[1], found[2] or ""))
    return tuple(uses)


__all__ = ["AicclError", "parse"]
