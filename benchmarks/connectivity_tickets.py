"""AI-First files made of real functions, classes and modules: the prose of a docstring becomes the ticket.

Real tickets hardly exist in public code. The procedure is fixed and adds nothing: see `ticket_samples`.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.languages import language_of
from aifirst_codebase.tickets import SectionData, TagData, TicketData, TicketDataError, slugify, write_ticket
from aifirst_validator.connectivity.layers import FileLayers
from connectivity_samples import MIN_GLUE_LINES, Sample, layers_of, plain_text, read_text

FIELDS = re.compile(
    r"(?i)\s*(:\w+|@\w+|(param(eter)?s|arg(ument)?s|keyword arg\w*|returns?|yields?|raises|attributes|examples?"
    r"|references|see also|warnings?|notes?)\b:?\s*(\n|$)|\*?\w+( *, *\*?\w+)* ?:( |$)|\.\. )"
)
"""Paragraphs of a docstring that describe fields: reStructuredText, Google and NumPy style."""
MIN_TICKET_WORDS = 40
"""Words of the shortest text that is called a ticket; real ones have a few hundred."""
MAX_TICKETS = 600
"""Tickets of one project; more are thinned out evenly."""


@dataclass(frozen=True)
class TicketSample:
    """An AI-First file made of a real function, class or module: its ticket, and the rest of its text."""

    project: str
    module: str
    ticket: str
    code: str


def ticket_samples(samples: Sequence[Sample]) -> list[TicketSample]:
    """One file for each Python function, class and module whose docstring says enough.

    The prose of the docstring becomes the ticket (first sentence the title, first paragraph the context, each
    further one a requirement); the descriptions of parameters, results and errors and the references stay
    the docstring, so the two share no sentence. Doctests are dropped; nothing is added. A file counts when it
    has five lines of glue beside the ticket, as with comments.
    """
    found: list[TicketSample] = []
    for sample in samples:
        reading = sample.reading
        if reading.language.name != "python":
            continue
        for comment in reading.comments:
            if comment.kind == "docstring" and not comment.kept:
                made = ticket_sample(sample, comment)
                if made is not None:
                    found.append(made)
    return found


def ticket_sample(sample: Sample, docstring: Comment) -> TicketSample | None:
    """The file made of the definition that has this docstring, or None where it says too little."""
    reading = sample.reading
    paragraphs = paragraphs_of(reading.data[docstring.start : docstring.end].decode())
    fields = [FIELDS.match(paragraph) is not None for paragraph in paragraphs]
    ticket = ticket_of([part for part, field in zip(paragraphs, fields, strict=True) if not field])
    if ticket is None:
        return None
    unit = reading.units[docstring.unit]
    start, end = (0, len(reading.data)) if unit.kind == "module" else (unit.start, unit.end)
    line = reading.data.rfind(b"\n", 0, docstring.start) + 1
    indent = reading.data[line : docstring.start].decode() if unit.kind != "module" else ""
    rest = f"\n{indent}".join(
        "\n\n".join(part for part, field in zip(paragraphs, fields, strict=True) if field)
        .replace("\\", "/")
        .replace('"', "'")
        .split("\n")
    )
    before, after = reading.data[start : docstring.start].decode(), reading.data[docstring.end : end].decode()
    code = textwrap.dedent(f'{before}"""{rest} """{after}')
    made = TicketSample(sample.project, reading.path, ticket, code)
    layers = ticket_layers(made, ticket)
    if layers.ticket is None:
        return None
    data = f"{ticket}\n{code}".encode()
    glue = sum(data.count(b"\n", block.start, block.end) + 1 for block in layers.blocks)
    return made if glue >= MIN_GLUE_LINES else None


def paragraphs_of(docstring: str) -> list[str]:
    """The paragraphs of a docstring, without doctests and rules of dashes."""
    lines = [line for line in plain_text(docstring) if not re.match(r"\s*(>>>|\.\.\. |[-=~+|]{3,})", line)]
    return [part.strip() for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()]


def ticket_of(paragraphs: Sequence[str]) -> str | None:
    """The ticket that says these paragraphs, or None where they are too few words for one."""
    said = [" ".join(paragraph.split()) for paragraph in paragraphs]
    if len(" ".join(said).split()) < MIN_TICKET_WORDS:
        return None
    title = re.split(r"(?<=[.!?])\s", said[0])[0].rstrip(".")[:100].strip()
    requirements = "\n".join(f"FR{n}: {text}" for n, text in enumerate(said[1:], 1)) or "FR1: as above"
    data = TicketData(
        title=title, tags=(TagData("TICKET", slugify(title)[:40].strip("-")),),
        sections=(SectionData("CONTEXT", said[0]), SectionData("REQUIREMENTS", requirements)),
    )  # fmt: skip
    try:
        return write_ticket(data)
    except TicketDataError:
        return None  # a docstring that holds something the grammar has no place for


def ticket_layers(sample: TicketSample, ticket: str) -> FileLayers:
    """The layers of the AI-First file that has this ticket above the sample's text."""
    language = language_of("unit.py", b"")
    assert language is not None
    return layers_of(read_text("unit.py", f"{ticket}\n{sample.code}".encode(), language))


TicketPair = tuple[TicketSample, TicketSample]


def foreign_tickets(samples: Sequence[TicketSample], pool: Sequence[TicketSample]) -> list[TicketPair]:
    """Each sample with a ticket of another project, drawn with a fixed seed."""
    draw = random.Random(1)  # noqa: S311 - a reproducible draw, not a secret
    others = [sample for sample in pool if sample.project != samples[0].project] if samples else []
    return [(sample, draw.choice(others)) for sample in samples] if others else []


def project_tickets(samples: Sequence[TicketSample]) -> list[TicketPair]:
    """Each sample with a ticket of another module of its project."""
    order = list(samples)
    random.Random(1).shuffle(order)  # noqa: S311 - a reproducible draw, not a secret
    return [(a, b) for a, b in zip(order, order[1:] + order[:1], strict=True) if a.module != b.module]


def neighbour_tickets(samples: Sequence[TicketSample]) -> list[TicketPair]:
    """Each sample with a ticket of the next module of its folder."""
    modules: dict[str, list[TicketSample]] = {}
    for sample in samples:
        modules.setdefault(sample.module, []).append(sample)
    folders: dict[str, list[str]] = {}
    for module in modules:
        folders.setdefault(module.rpartition("/")[0], []).append(module)
    found: list[TicketPair] = []
    for names in folders.values():
        for name, following in zip(names, names[1:] + names[:1], strict=True):
            if name != following:
                gifts = modules[following]
                found += [(sample, gifts[i % len(gifts)]) for i, sample in enumerate(modules[name])]
    return found


def thinned(samples: list[TicketSample]) -> list[TicketSample]:
    """At most MAX_TICKETS of them, evenly chosen."""
    return samples[:: -(-len(samples) // MAX_TICKETS)] if samples else samples
