"""What is known of one version of a text: findings, units, glue, anchors. Plain data that crosses processes.

All offsets are bytes of the text as UTF-8, `end` excluded; `Snapshot` (in `state`) turns them into what a client counts.
Nothing is imported here but msgspec.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class FoundEdit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Replace [start, end) by `text`."""

    start: int
    end: int
    text: str


class FoundProblem(msgspec.Struct, frozen=True, array_like=True):
    """A finding of the validator at its place; `edits` mend it, `safe` ones change glue only.

    `unit` is the qualified name of the unit; `fingerprint` outlives moved lines; `project` says that it follows from
    what other files say.
    """

    rule: str
    name: str
    severity: Literal["note", "warning", "error"]
    start: int
    end: int
    unit: str
    message: str
    suggestion: str = ""
    fingerprint: str = ""
    edits: tuple[FoundEdit, ...] = ()
    safe: bool = False
    project: bool = False


class FoundUnit(msgspec.Struct, frozen=True, array_like=True):
    """A unit, as `aifirst_codebase.units.Unit`; `id` is `path::Qualified.name`, `parent` an index, -1 for the module.

    The text of the definition without its comments is [code_start, code_end); `line` and `end_line` count from 0.
    """

    id: str
    name: str
    kind: str
    parent: int
    start: int
    end: int
    code_start: int
    code_end: int
    name_start: int
    name_end: int
    line: int
    end_line: int
    tokens: int
    total_tokens: int
    glue_tokens: int
    cyclomatic: int
    nesting: int
    lines: int


class FoundComment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment or docstring. `kept` says why it is not glue, "" where it is; `unit` is an index."""

    start: int
    end: int
    kind: Literal["comment", "docstring"]
    own_line: bool
    kept: str
    unit: int


class FoundGlue(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of glue that goes as one; `unit` is an index."""

    start: int
    end: int
    kind: Literal["comment", "docstring"]
    unit: int


class FoundTag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tag `@TAG:CATEGORY:value`; `role` is definition, reference or label."""

    category: str
    value: str
    role: str
    start: int
    end: int
    unit: int
    alias: bool = False


class FoundMarker(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A marker (`WHY:`, `STEP 2:`, `TODO:`) in a comment; its statement is [text_start, text_end)."""

    kind: str
    number: str
    start: int
    end: int
    text_start: int
    text_end: int
    unit: int
    well_formed: bool


class FoundReference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A requirement id, `path:line` or document that a comment names; `line` counts from 1, 0 for none."""

    kind: Literal["requirement", "anchor", "document"]
    target: str
    start: int
    end: int
    line: int = 0
    end_line: int = 0
    fragment: str = ""


class FoundRequirement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A requirement of a ticket; the id stands at [start, end)."""

    id: str
    text: str
    start: int
    end: int


class FoundSection(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A section of a ticket: heading and content, where the heading stands, and the text without comment marks."""

    name: str
    start: int
    end: int
    title_start: int
    title_end: int
    content_start: int
    content_end: int
    text: str
    known: bool


class FoundTicket(msgspec.Struct, frozen=True, array_like=True):
    """A ticket in the text. `meta` holds (key, value, value's start, value's end)."""

    slug: str
    title: str
    form: str
    start: int
    end: int
    meta: tuple[tuple[str, str, int, int], ...]
    sections: tuple[FoundSection, ...]
    requirements: tuple[FoundRequirement, ...]
    tests: tuple[tuple[str, int, int], ...]
    tasks: tuple[tuple[str, str, int, int], ...]
    log: tuple[int, int] | None = None


class FoundImport(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is imported from where; [start, end) is the module as written. `name` is "" for the module itself."""

    module: str
    name: str
    alias: str
    start: int
    end: int


class FoundAssembly(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An assembly line: `items` are (name, value, start, end) as written."""

    assembly: str
    order: int
    start: int
    end: int
    items: tuple[tuple[str, str, int, int], ...]


class FoundNotice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something about judging the text that is no finding; see `aifirst_validator.report.Notice`."""

    code: str
    message: str
    next_step: str = ""


class Limits(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The settings that features show figures against: tokens of a unit, and the glue band in per cent."""

    unit_warning: int = 0
    unit_error: int = 0
    glue_floor: float = 0.0


class Analysis(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one version of a text.

    `path` is relative to the project's root. `left_out` says why it was not judged ("" where it was): `excluded`,
    `generated`, `too-large`, `language`, `settings`; units may be known all the same. `parsed` is False where some of
    it did not parse. `units[0]` is the module's own code; there are none where the language is not known.
    `milliseconds` is the time of the processor that it took.
    """

    path: str
    language: str = ""
    kind: str = ""
    left_out: str = ""
    parsed: bool = True
    tokens: int = 0
    glue_tokens: int = 0
    units: tuple[FoundUnit, ...] = ()
    problems: tuple[FoundProblem, ...] = ()
    notices: tuple[FoundNotice, ...] = ()
    glue: tuple[FoundGlue, ...] = ()
    comments: tuple[FoundComment, ...] = ()
    tags: tuple[FoundTag, ...] = ()
    tickets: tuple[FoundTicket, ...] = ()
    markers: tuple[FoundMarker, ...] = ()
    references: tuple[FoundReference, ...] = ()
    assembly_lines: tuple[FoundAssembly, ...] = ()
    imports: tuple[FoundImport, ...] = ()
    marked: bool = False
    limits: Limits = Limits()
    preset: str = ""
    milliseconds: float = 0.0
