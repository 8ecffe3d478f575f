"""What documentation text says about a function: its parameters, their defaults, whether it returns.

Reads the four layouts in use: Google (`Args:`), NumPy (underlined `Parameters`), Sphinx (`:param x:`) and
`@param` tags (JSDoc, Javadoc, PHPDoc). Text in another layout says nothing.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Returns = Literal["", "none", "value"]

_SPHINX = re.compile(r"^[ \t]*:param(?:eter)?[ \t]++(?:[^:\n]*[ \t])?\*{0,2}(\w+)[ \t]*:(.*)$", re.MULTILINE)
_TAGGED = re.compile(
    r"@param[ \t]+(?:\{(?:[^}\n@]|@(?!param))*+\}[ \t]*)?(?:[A-Z][\w\\|<>?\[\]]*[ \t]+)?[\[$]?(\w+)(?![\w.])(.*)$",
    re.MULTILINE,
)
_PARAMETERS = ("Args", "Arguments", "Parameters", "Params", "Keyword Args", "Keyword Arguments")
_OTHERS = (
    "Returns?",
    "Yields?",
    "Raises",
    "Examples?",
    "Notes?",
    "Attributes",
    "See Also",
    "References",
    "Warnings?",
)
_SECTION = re.compile(rf"^([ \t]*)({'|'.join((*_PARAMETERS, *_OTHERS))})[ \t]*+:?[ \t]*+$")
_RULE = re.compile(r"^[ \t]*-{3,}[ \t]*$")
_GOOGLE_ITEM = re.compile(r"^\*{0,2}(\w+)[ \t]*+(?:\([^)]*\))?[ \t]*+:(?!:)(.*)$")
_NUMPY_ITEM = re.compile(r"^(\*{0,2}\w+(?:[ \t]*,[ \t]*\*{0,2}\w+)*)[ \t]*(?::(.*))?$")
_DEFAULT = re.compile(
    r"\bdefaults?(?:[ \t]+(?:to|is|value is)|[ \t]*[:=])?[ \t]*[`'\"]{0,2}"
    r"(-?\d++(?:\.\d++)?+|True|False|None|true|false|null)(?!\.*+\w)",
    re.IGNORECASE,
)
_SPHINX_RETURN = re.compile(
    r"^[ \t]*[:@]returns?\b[ \t]*+:?[ \t]*+(?:\{[^}\n]*\}[ \t]*+)?(\S.*)?$", re.MULTILINE
)


class Claim(msgspec.Struct, frozen=True):
    """A documented parameter; `default` is the literal the text states, empty for none."""

    name: str
    default: str = ""


class Claims(msgspec.Struct, frozen=True):
    """What one docstring or comment says. `returns` is empty where it says nothing of a result."""

    parameters: tuple[Claim, ...] = ()
    returns: Returns = ""


def read_claims(text: str) -> Claims:
    """The claims of a documentation text; quotes and comment markers may still be on it."""
    found = {m[1]: Claim(m[1], _default(m[2])) for m in _SPHINX.finditer(text)}
    found |= {m[1]: Claim(m[1], _default(m[2])) for m in _TAGGED.finditer(text)}
    returns: Returns = ""
    said = _SPHINX_RETURN.search(text)
    if said is not None:
        returns = _returned(said[1] or "value")
    lines = text.expandtabs().splitlines()
    for number, line in enumerate(lines):
        section = _SECTION.match(line)
        if section is None:
            continue
        underlined = number + 1 < len(lines) and _RULE.match(lines[number + 1]) is not None
        if not underlined and not line.rstrip().endswith(":"):
            continue
        body = _body(lines, number + 1 + underlined, len(section[1]), underlined)
        if section[2] in _PARAMETERS:
            for claim in _items(body, underlined):
                found.setdefault(claim.name, claim)
        elif section[2].startswith(("Return", "Yield")) and body:
            returns = _returned(body[0].strip())
    return Claims(tuple(found[name] for name in sorted(found)), returns)


def _body(lines: list[str], start: int, indent: int, underlined: bool) -> list[str]:
    """The lines of a section, without the indentation that they share."""
    body: list[str] = []
    for number in range(start, len(lines)):
        line = lines[number]
        bare = line.strip()
        own = len(line) - len(line.lstrip())
        if bare and (own < indent or (own == indent and not underlined)):
            break
        if underlined and number + 1 < len(lines) and _RULE.match(lines[number + 1]):
            break
        if bare.strip("\"'"):
            body.append(line)
    least = min((len(line) - len(line.lstrip()) for line in body), default=0)
    return [line[least:] for line in body]


def _items(body: list[str], underlined: bool) -> list[Claim]:
    claims: list[Claim] = []
    starts = [number for number, line in enumerate(body) if not line.startswith(" ")]
    for number, stop in zip(starts, [*starts[1:], len(body)], strict=True):
        item = (_NUMPY_ITEM if underlined else _GOOGLE_ITEM).match(body[number].rstrip())
        if item is None:
            continue
        more = body[number:stop]
        stated = _default(" ".join(more))
        claims.extend(Claim(name.strip().lstrip("*"), stated) for name in item[1].split(","))
    return claims


def _default(text: str) -> str:
    stated = _DEFAULT.findall(text)
    return stated[0] if len(stated) == 1 else ""


def _returned(text: str) -> Returns:
    return "none" if re.match(r"(?:None|void|Nothing|undefined)\b", text) else "value"
