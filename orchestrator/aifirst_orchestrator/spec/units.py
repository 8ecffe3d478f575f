"""Finds the units that a specification names: in blocks of code, in lists of signatures, in pipelines.

A unit is one definition at the top of its file, for which one ticket is written. Where the specification says no path,
the unit gets a file of its own in a folder called after the specification.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from keyword import iskeyword

import msgspec
from aifirst_codebase.languages.language import Language
from aifirst_codebase.languages.registry import all_languages, language_named, language_of_name
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tickets import find_references
from aifirst_codebase.tokens import get_counter

from aifirst_orchestrator.spec.document import SpecDocument, SpecProblem, is_about, items
from aifirst_orchestrator.spec.language_names import file_stem_of
from aifirst_orchestrator.spec.sections import Fence, Section

_CALLED = re.compile(
    r"`(?P<whole>(?:def |func |function |fn )?(?P<name>[A-Za-z_$][\w$]*)[ \t]*\([^`]*)`"
    r"[ \t]*(?:[:—–-]+[ \t]*)?(?P<told>.*)$"
)
_BARE = re.compile(r"`(?P<name>[A-Za-z_$][\w$]*)`(?:[ \t]*\([^)]*\))?[ \t]*[:—–-]+[ \t]*(?P<told>.*)$")
_ARROW = re.compile(r"`(?P<from>[A-Za-z_$][\w$]*)`[ \t]*(?:→|->|=>|⟶)[ \t]*(?=`(?P<to>[A-Za-z_$][\w$]*)`)")
_PATH = re.compile(r"(?:^|[\s\"'`=])((?:[\w@.-]+/)*[\w@.-]+\.[A-Za-z]\w{0,9})(?=$|[\s\"'`:])")
_NEEDS = re.compile(r"(?:depends on|uses|needs|calls)[ \t]*:?[ \t]*(.*)", re.IGNORECASE)
_EMPTY_BODY = re.compile(r"(?:\n[ \t]*|(?<![ \t])[ \t]+)(?:\.\.\.|pass)[ \t]*$")
_SAYS_NOTHING = re.compile(r"(?:[\w@.-]+/)*[\w@-]+\.[A-Za-z]\w{0,9}|N?FR[0-9]+[,;:]?")
"""A word that is a path or an id: taken for what it is, it is no word about the unit."""
_LANGUAGE = re.compile(r"^\**language\**[ \t]*:\**[ \t]*(\S+)", re.IGNORECASE)


class SpecUnit(msgspec.Struct, frozen=True):
    """A unit to be written. `signature` is as the specification gives it, without comments, "" where it gives none.

    `told` is what the specification says of it beside its signature; `needs` are names of other units, in order.
    """

    name: str
    path: str
    language: str
    line: int
    kind: str = "function"
    signature: str = ""
    told: str = ""
    requirements: tuple[str, ...] = ()
    """Those that its own text names."""
    needs: tuple[str, ...] = ()
    package: str = ""
    """What other packages import it by, in a language whose imports name packages."""


def find_units(
    document: SpecDocument, sections: Sequence[Section], language_name: str = ""
) -> tuple[tuple[SpecUnit, ...], tuple[SpecProblem, ...]]:
    """The units in the order in which they are named, and what is wrong with how they are given.

    `language_name` is of those that say no language themselves; "" for what the specification says.
    """
    language = language_named(language_name) if language_name else _default_language(sections)
    found: dict[str, SpecUnit] = {}
    problems: list[SpecProblem] = []
    for section in sections:
        wanted = is_about(section, "interfaces")
        for fence in section.fences:
            path = _path_of(fence, section)
            known = _language_of_block(fence, path)
            if known is None or not (wanted or path):
                continue
            units = list(_units_of_code(document, fence, known, path))
            if not units:
                hint = "write each unit as a definition, with a body that is empty"
                message = f"this block of {known.data.title} defines no unit"
                problems.append(SpecProblem("spec-interface", message, hint, fence.number, "warning"))
            for unit in units:
                _add(found, unit, problems)
        if wanted:
            for unit in _units_of_items(document, section, language):
                _add(found, unit, problems)
    for section in sections:
        if is_about(section, "pipeline") or is_about(section, "interfaces"):
            _follow_arrows(found, document, section, language)
    return tuple(_with_needs(found)), tuple(problems)


def _language_of_block(fence: Fence, path: str) -> Language | None:
    """The language of a block of code: that of its path's ending, else that of its fence; None for no code."""
    named = _language_of(fence.info)
    if named is None or named.data.kind != "code":
        return None
    by_ending = language_of_name(path.rpartition("/")[2]) if path else None
    return by_ending if by_ending is not None and by_ending.data.kind == "code" else named


def _add(found: dict[str, SpecUnit], unit: SpecUnit, problems: list[SpecProblem]) -> None:
    """Take a unit in; a second time it is named adds what was not said, or is a problem where both have a signature."""
    before = found.get(unit.name)
    if before is None:
        found[unit.name] = unit
    elif before.signature and unit.signature and before.signature != unit.signature:
        hint = "say it once, or give one of them another name"
        message = f"{unit.name} has another signature on line {before.line}"
        problems.append(SpecProblem("spec-unit-twice", message, hint, unit.line))
    else:
        fuller, other = (before, unit) if before.signature or not unit.signature else (unit, before)
        found[unit.name] = msgspec.structs.replace(
            fuller,
            told=" ".join(filter(None, dict.fromkeys((before.told, unit.told)))),
            requirements=tuple(dict.fromkeys((*before.requirements, *unit.requirements))),
            needs=tuple(dict.fromkeys((*before.needs, *unit.needs))),
            line=min(fuller.line, other.line),
        )


def _units_of_code(document: SpecDocument, fence: Fence, language: Language, path: str) -> Iterator[SpecUnit]:
    """The definitions at the top of a block; each goes with its comments and its documentation."""
    source = decode_source(f"specification{language.data.extensions[0]}", fence.text.encode())
    reading = read(source, language, get_counter())
    for unit in reading.units[1:]:
        if unit.parent != 0 or unit.kind not in ("function", "class"):
            continue
        whole = reading.data[unit.start : unit.end].decode()
        told = " ".join(_glue_text(reading, unit.start, unit.end))
        yield SpecUnit(
            unit.name, path or _own_path(document, unit.name, language), language.data.name,
            fence.number + reading.data.count(b"\n", 0, unit.code_start), unit.kind,
            _signature(reading, unit.start, unit.end), told, _ids(whole), _named_needs(told),
        )  # fmt: skip


def _units_of_items(document: SpecDocument, section: Section, language: Language) -> Iterator[SpecUnit]:
    for line in items(section.lines):
        match = _CALLED.match(line.text) or _BARE.match(line.text)
        if match is None:
            continue
        written = match.groupdict().get("whole") or ""
        yield SpecUnit(
            match["name"], _own_path(document, match["name"], language), language.data.name, line.number,
            "function", written.strip(), match["told"].strip(), _ids(line.text), _named_needs(match["told"]),
        )  # fmt: skip


def _follow_arrows(
    found: dict[str, SpecUnit], document: SpecDocument, section: Section, language: Language
) -> None:
    """Let `a` → `b` say that b needs a, and name units that nothing else named."""
    for line in section.lines:
        for arrow in _ARROW.finditer(line.text):
            for name in (arrow["from"], arrow["to"]):
                if name not in found:
                    path = _own_path(document, name, language)
                    found[name] = SpecUnit(name, path, language.data.name, line.number)
            after = found[arrow["to"]]
            needs = tuple(dict.fromkeys((*after.needs, arrow["from"])))
            found[arrow["to"]] = msgspec.structs.replace(after, needs=needs)


def _with_needs(found: dict[str, SpecUnit]) -> Iterator[SpecUnit]:
    """The units with what their signatures name of each other; what is no unit is needed by none."""
    for unit in found.values():
        words = set(re.findall(r"[A-Za-z_$][\w$]*", unit.signature))
        named = (*unit.needs, *(name for name in found if name in words))
        needs = dict.fromkeys(name for name in named if name in found and name != unit.name)
        yield msgspec.structs.replace(unit, needs=tuple(needs))


def _signature(reading: Reading, start: int, end: int) -> str:
    """The definition without its comments, its documentation and an empty body."""
    parts: list[bytes] = []
    at = start
    for span in sorted(reading.glue, key=lambda span: span.start):
        if span.start >= at and span.end <= end:
            parts.append(reading.data[at : span.start])
            at = span.end
    parts.append(reading.data[at:end])
    text = b"".join(parts).decode()
    text = "\n".join(line.rstrip() for line in text.split("\n") if line.strip())
    return _EMPTY_BODY.sub("", text)


def _glue_text(reading: Reading, start: int, end: int) -> Iterator[str]:
    """The words of comments and documentation in a span, without their markers."""
    for comment in reading.comments:
        if comment.start >= start and comment.end <= end:
            text = reading.data[comment.start : comment.end].decode()
            words = " ".join(line.strip().strip("#/*!\"'").strip() for line in text.split("\n")).strip()
            if words.startswith("@TAG:") or all(_SAYS_NOTHING.fullmatch(word) for word in words.split()):
                continue
            yield words


def _ids(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.target for one in find_references(text) if one.kind == "requirement"))


def _named_needs(told: str) -> tuple[str, ...]:
    match = _NEEDS.search(told)
    if match is None:
        return ()
    sentence = match[1].split(". ")[0]
    return tuple(dict.fromkeys(re.findall(r"[A-Za-z_$][\w$]*", sentence)))


def _path_of(fence: Fence, section: Section) -> str:
    """The path that a block is for: behind its fence, in its first line's comment, or in its heading."""
    rest = fence.info.partition(" ")[2]
    first = fence.text.split("\n", 1)[0].strip()
    commented = first.lstrip("#/-*; ") if first[:1] in "#/-*;" and first[:1] else ""
    for text in (rest, commented, " ".join(re.findall(r"`([^`]+)`", section.title))):
        match = _PATH.search(text)
        if match is not None and language_of_name(match[1].rpartition("/")[2]) is not None:
            return match[1]
    return ""


def _own_path(document: SpecDocument, name: str, language: Language) -> str:
    folder = re.sub(r"\W+", "_", document.slug).strip("_") or "generated"
    # A folder that Python cannot import from, or that its own `calendar` goes before, would hold units in vain.
    if not folder.isidentifier() or iskeyword(folder) or folder in sys.stdlib_module_names:
        folder = f"spec_{folder}"
    return f"{folder}/{file_stem_of(language.data.name, name)}{language.data.extensions[0]}"


@cache
def _language_of(info: str) -> Language | None:
    """The language that the word behind a fence names: by its name, its title or an extension."""
    word = re.split(r"[\s,{:]", info.strip(), maxsplit=1)[0].lower() if info.strip() else ""
    if not word:
        return None
    languages = all_languages()
    titled = (one for one in languages.values() if one.data.title.lower() == word)
    return languages.get(word) or next(titled, None) or language_of_name(f"x.{word}")


def _default_language(sections: Sequence[Section]) -> Language:
    """The language that the document says, or that of its first block of code, or Python."""
    for section in sections:
        for line in section.lines:
            match = _LANGUAGE.match(line.text.strip("-*+ "))
            if match is not None and (told := _language_of(match[1].strip("*`."))) is not None:
                return told
    for section in sections:
        for fence in section.fences:
            known = _language_of(fence.info)
            if known is not None and known.data.kind == "code" and known.data.name != "bash":
                return known
    return all_languages()["python"]
