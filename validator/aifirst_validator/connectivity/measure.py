"""Token connectivity of one file, without any model: C1 tags, C2 terms, C3 requirements, and what an edit broke.

The public face of this package: `measure_connectivity` judges a file, `compare` two measurements of it.
C4 and C5 of the definition need an embedding model and are left out; the score is the mean of the parts
that could be judged.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final, Literal

import msgspec
from aifirst_codebase.config.settings import Settings
from aifirst_codebase.reading import Reading
from aifirst_codebase.tickets import Tag

from aifirst_validator.connectivity.background import load_background
from aifirst_validator.connectivity.carry import Carry, carry_between, carry_of_glue, carry_of_ticket
from aifirst_validator.connectivity.layers import split_layers, text_layer
from aifirst_validator.connectivity.trace import Traced, trace_requirements
from aifirst_validator.file_context import FileContext

Verdict = Literal["connected", "broken", "not judged"]
TagIndex = AbstractSet[tuple[str, str]]
"""The (category, value) of every tag that the project defines."""

_SHOWN: Final = 6


class Reason(msgspec.Struct, frozen=True):
    """Why a part fails: `part` is `C1`, `C2` or `C3`, [start, end) the bytes it is about."""

    part: str
    start: int
    end: int
    message: str


class Connectivity(msgspec.Struct, frozen=True):
    """The measurement of one file; a part is None where there is nothing, or too little, to judge.

    `c1` is the share of tag references that are defined; `c2` the lowest score among `carries` (0 to 1, 0.5 at
    the calibrated border); `c3` the share of the ticket's requirements that the file refers to. `score` is the
    mean of the three that are known.
    """

    c1: float | None
    c2: float | None
    c3: float | None
    carries: tuple[Carry, ...]
    traced: tuple[Traced, ...]
    score: float | None
    verdict: Verdict
    reasons: tuple[Reason, ...]


def measure_connectivity(
    reading: Reading,
    *,
    ticket: str | None = None,
    spec_text: str | None = None,
    tag_index: TagIndex | None = None,
    settings: Settings,
) -> Connectivity:
    """How well one file hangs together.

    `ticket` is the text of a ticket kept apart from the file (by default the one in it), `spec_text` that of
    its specification, `tag_index` the tags of the project (without it C1 is not judged). Never raises on any
    text. The border of C2 is `settings.connectivity.term_carry`.
    """
    file = FileContext(reading, settings)
    reasons: list[Reason] = []
    c1 = _judge_tags(file, tag_index, reasons)
    carries = _carries(file, ticket, spec_text)
    scores = [carry.score for carry in carries if carry.score is not None]
    reasons += term_reasons(carries, settings)
    traced = trace_requirements(file)
    c3 = sum(each.referred for each in traced) / len(traced) if traced else None
    for each in traced:
        if not each.referred:
            start, end = file.to_bytes(each.start, each.end)
            reasons.append(Reason("C3", start, end, f"{each.id} is referred to nowhere in the file"))
    c2 = min(scores) if scores else None
    known = [part for part in (c1, c2, c3) if part is not None]
    score = sum(known) / len(known) if known else None
    verdict: Verdict = "broken" if reasons else "connected" if known else "not judged"
    return Connectivity(c1, c2, c3, carries, tuple(traced), score, verdict, tuple(reasons))


def measure_terms(file: FileContext) -> tuple[Carry, ...]:
    """The carries of a file alone, which need nothing of the project."""
    return _carries(file, None, None)


def term_reasons(carries: tuple[Carry, ...], settings: Settings) -> list[Reason]:
    """A reason for each carry below the border."""
    border = settings.connectivity.term_carry
    return [
        Reason("C2", carry.start, carry.end, _broken_carry(carry))
        for carry in carries
        if carry.score is not None and carry.score < border
    ]


def compare(before: Connectivity, after: Connectivity, drop: float) -> list[Reason]:
    """C6: what an edit broke. A reason for each of C1 to C3 that fell by more than `drop`.

    A part that either side could not judge is left out: glue that an edit removed is rule E1's to report.
    """
    found: list[Reason] = []
    for part, what in (("c1", "resolved tags"), ("c2", "carried terms"), ("c3", "traced requirements")):
        old, new = getattr(before, part), getattr(after, part)
        # The tolerance keeps a drop of exactly the allowed size from failing by rounding.
        if old is not None and new is not None and new < old - drop - 1e-9:
            cause = next((reason for reason in after.reasons if reason.part == part.upper()), None)
            why = f": {cause.message}" if cause is not None else ""
            start, end = (cause.start, cause.end) if cause is not None else _place_of(after, part)
            message = f"{what} fell from {old:.2f} to {new:.2f}, more than {drop:.2f}{why}"
            found.append(Reason(part.upper(), start, end, message))
    return found


def _place_of(after: Connectivity, part: str) -> tuple[int, int]:
    judged = [carry for carry in after.carries if carry.score is not None]
    if part != "c2" or not judged:
        return 0, 0
    worst = min(judged, key=lambda carry: carry.score or 0.0)
    return worst.start, worst.end


def _carries(file: FileContext, ticket: str | None, spec_text: str | None) -> tuple[Carry, ...]:
    layers = split_layers(file, ticket_text=ticket)
    background = load_background()
    found: list[Carry] = []
    if spec_text is not None and layers.ticket is not None:
        found.append(carry_between(text_layer(spec_text), layers.ticket, background))
    if layers.ticket is not None:
        found.append(carry_of_ticket(layers, background))
    if layers.blocks:
        found.append(carry_of_glue(layers, background))
    return tuple(found)


def _broken_carry(carry: Carry) -> str:
    who = "the ticket does" if carry.source == "ticket" else "the comments do"
    gone = f": {', '.join(carry.missing[:_SHOWN])} do not occur in it" if carry.missing else ""
    return f"{who} not speak of the code{gone}"


def _judge_tags(file: FileContext, index: TagIndex | None, reasons: list[Reason]) -> float | None:
    """C1; which tags a file must have is judged where `connectivity.require_tags` says."""
    tags = file.tags
    scope = file.settings.connectivity.require_tags
    share = None
    if index is not None:
        own = {(tag.category, tag.value) for tag in tags if tag.role == "definition"}
        values = {value for _, value in (*index, *own)}
        references = [tag for tag in tags if tag.role == "reference" and not _is_path(tag)]
        unresolved = [tag for tag in references if not _defined(tag, index, own, values)]
        share = 1.0 - len(unresolved) / len(references) if references else None
        for tag in unresolved:
            start, end = file.to_bytes(tag.start, tag.end)
            reasons.append(
                Reason("C1", start, end, f"{file.reading.text[tag.start : tag.end]} is defined nowhere")
            )
    if scope != "off" and file.functions and file.applies(scope):
        reasons += _required(tags)
    return share


def _required(tags: tuple[Tag, ...]) -> list[Reason]:
    leading = [tag for tag in tags if tag.role != "reference"]
    found: list[Reason] = []
    if not any(tag.category in {"FEATURE", "COMPONENT"} for tag in leading):
        found.append(Reason("C1", 0, 0, "the file has no FEATURE or COMPONENT tag"))
    tickets = sum(tag.category == "TICKET" for tag in leading)
    if tickets != 1:
        found.append(Reason("C1", 0, 0, f"the file has {tickets} TICKET tags, one is needed"))
    return found


def _is_path(tag: Tag) -> bool:
    return tag.value is None or "/" in tag.value or "." in tag.value


def _defined(
    tag: Tag, index: TagIndex, own: set[tuple[str, str | None]], values: AbstractSet[str | None]
) -> bool:
    category, value = tag.target
    if category is None:
        return value in values
    return (category, value or "") in index or (category, value) in own
