"""Does token connectivity tell a file's own comments and ticket from another file's? Error rates on real code.

    python benchmarks/connectivity_corpora.py CORPORA      once: get the projects
    python benchmarks/connectivity.py CORPORA              the controls of docs/connectivity.md
    python benchmarks/connectivity.py CORPORA --background counts the background table again
    python benchmarks/connectivity.py CORPORA --fit        fits the weights again and prints them

Controls: a file as it is must pass; a file with all its comments replaced by those of another file must fail
(`foreign`: any file of another project; `project`: any other file of the project; `neighbour`: the next
file of the same folder); a file with the
ticket of another function must fail. Comments are really replaced in the text and the text is read again.
Test folders, generated files and tables are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import re
import textwrap
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aifirst_codebase.config.settings import Settings
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.glue.span import Comment
from aifirst_codebase.languages import Language, language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tickets import SectionData, TagData, TicketData, TicketDataError, slugify, write_ticket
from aifirst_codebase.tokens import get_counter
from aifirst_validator.connectivity import background as table
from aifirst_validator.connectivity import carry as measure
from aifirst_validator.connectivity.layers import FileLayers, split_layers
from aifirst_validator.connectivity.weights import KINDS, TICKET_KINDS
from aifirst_validator.file_context import FileContext
from connectivity_corpora import PROJECTS, Project, project_folder

LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing|testdata|test_\w+|site-packages|idlelib|lib2to3|turtledemo|encodings|pydoc_data"
    r"|migrations|locale|languages|node_modules|dist|fp|_\w+_test)/|_test\.go$|\.min\.js$|(^|/)test_\w+\.py$"
)
"""Tests, vendored copies, tables (`encodings`, `locale`, `languages`) and mappings (lodash's `fp`)."""
SUFFIXES = (".py", ".js", ".mjs", ".ts", ".go")
MAX_BYTES = 400_000
MIN_GLUE_LINES = 5
OWN_FAILING = 0.06
"""Share of untouched tuning files on the wrong side of the border."""
OWN_TICKETS_FAILING = 0.015
"""Likewise for tickets; lower, because made tickets vary more from project to project."""
BORDER = 0.5
PRIOR = 6.0
"""Files that the usual carry counts for beside a term's own."""
MIN_FILES = 6
"""Files a term occurs in before the table knows it."""
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
class Sample:
    """One file with enough glue to count, and its layers."""

    project: str
    reading: Reading
    layers: FileLayers

    @property
    def folder(self) -> str:
        """The folder it lies in."""
        return self.reading.path.rpartition("/")[0]


def read_text(path: str, data: bytes, language: Language) -> Reading:
    """A reading of a text."""
    return read(decode_source(path, data), language, get_counter())


def layers_of(reading: Reading) -> FileLayers:
    """The layers of a reading."""
    return split_layers(FileContext(reading, Settings()))


def glue_lines(reading: Reading) -> int:
    """Lines of comments and docstrings."""
    return sum(reading.data.count(b"\n", c.start, c.end) + 1 for c in reading.comments if not c.kept)


@cache
def load(project: Project, corpora: Path) -> tuple[Sample, ...]:
    """The files of a project that have at least five lines of glue, in path order."""
    folder = project_folder(project, corpora)
    found: list[Sample] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix not in SUFFIXES or LEFT_OUT.search(name) or not path.is_file():
            continue
        data = path.read_bytes()
        language = language_of(name, data)
        if language is None or len(data) > MAX_BYTES or generated_reason(name, data):
            continue
        reading = read_text(f"{project.name}/{name}", data, language)
        if glue_lines(reading) >= MIN_GLUE_LINES:
            found.append(Sample(project.name, reading, layers_of(reading)))
    return tuple(found)


# --- comments of another file -------------------------------------------------------------------------


def plain_text(raw: str) -> list[str]:
    """The lines of a comment or docstring without its marks."""
    raw = re.sub(r"^[rRuUbB]*(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$", "", raw.strip())
    return [re.sub(r"^\s*(?:#+|//+|/\*+|\*+/?|--)?\s?|\s*\*+/\s*$", "", line) for line in raw.split("\n")]


def dress(lines: Sequence[str], slot: str, indent: str, alone: bool) -> str:
    """The lines written in the manner of the comment that stands in the slot."""
    lines = [line.rstrip() for line in lines if line.strip()] or ["."]
    if slot[:1] in "\"'rRuUbB" and ('"' in slot or "'" in slot):
        body = f"\n{indent}".join(lines).replace("\\", "/").replace('"', "'")
        return f'"""{body} """'
    mark = next((m for m in ("//", "/*", "#", "--") if slot.startswith(m)), "#")
    if mark == "/*":
        return "/* " + f"\n{indent} * ".join(line.replace("*/", "* /") for line in lines) + " */"
    return (
        f"\n{indent}{mark} ".join([f"{mark} {lines[0]}", *lines[1:]])
        if alone
        else f"{mark} {' '.join(lines)}"
    )


def with_comments_of(target: Sample, donor: Sample) -> FileLayers:
    """The layers of the target with each of its comments replaced by the donor's, in order, all of them.

    A target with more places than the donor has comments keeps empty comments in the rest.
    """
    data, other = target.reading.data, donor.reading.data
    slots, gifts = target.layers.blocks, donor.layers.blocks
    pieces: list[bytes] = []
    at = 0
    for index, slot in enumerate(slots):
        given = gifts[index * len(gifts) // len(slots) : (index + 1) * len(gifts) // len(slots)]
        lines = [line for gift in given for line in plain_text(other[gift.start : gift.end].decode())]
        begin = data.rfind(b"\n", 0, slot.start) + 1
        before = data[begin : slot.start]
        indent = before[: len(before) - len(before.lstrip())].decode()
        alone = not before.strip()
        text = dress(lines, data[slot.start : slot.end].decode(), indent, alone)
        pieces += [data[at : slot.start], text.encode()]
        at = slot.end
    pieces.append(data[at:])
    reading = read_text(target.reading.path, b"".join(pieces), target.reading.language)
    return layers_of(reading)


def foreign_pairs(samples: Sequence[Sample], pool: Sequence[Sample]) -> list[tuple[Sample, Sample]]:
    """Each file with one of any other project in the same language, drawn with a fixed seed."""
    draw = random.Random(1)  # noqa: S311 - a reproducible draw, not a secret
    found: list[tuple[Sample, Sample]] = []
    for sample in samples:
        language = sample.reading.language.name
        others = [s for s in pool if s.project != sample.project and s.reading.language.name == language]
        if others:
            found.append((sample, draw.choice(others)))
    return found


def project_pairs(samples: Sequence[Sample]) -> list[tuple[Sample, Sample]]:
    """Each file with another of its project, drawn with a fixed seed."""
    order = list(samples)
    random.Random(1).shuffle(order)  # noqa: S311 - a reproducible draw, not a secret
    return [(a, b) for a, b in zip(order, order[1:] + order[:1], strict=True) if _may_pair(a, b)]


def neighbour_pairs(samples: Sequence[Sample]) -> list[tuple[Sample, Sample]]:
    """Each file with the next of its folder."""
    folders: dict[str, list[Sample]] = {}
    for sample in samples:
        folders.setdefault(sample.folder, []).append(sample)
    return [
        (a, b)
        for group in folders.values()
        for a, b in zip(group, group[1:] + group[:1], strict=True)
        if _may_pair(a, b)
    ]


def _may_pair(a: Sample, b: Sample) -> bool:
    # Files whose comments are mostly the same words are copies; exchanging them changes nothing.
    left, right = a.layers.glue.terms.keys(), b.layers.glue.terms.keys()
    same_language = a.reading.language.name == b.reading.language.name
    return a is not b and same_language and 2 * len(left & right) <= len(left | right)


# --- tickets ------------------------------------------------------------------------------------------


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
    text = "\n".join(plain_text(reading.data[docstring.start : docstring.end].decode()))
    lines = [line for line in text.split("\n") if not re.match(r"\s*(>>>|\.\.\. |[-=~+|]{3,})", line)]
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()]
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


# --- counting the background table --------------------------------------------------------------------


def count_background(samples: Sequence[Sample]) -> str:
    """The text of the background table, counted over the samples."""
    code_sets = [sample.layers.code.terms.keys() for sample in samples]
    glue_sets = [sample.layers.glue.terms.keys() for sample in samples]
    code, rare_code = term_rates(code_sets)
    glue, rare_glue = term_rates(glue_sets)
    hits: Counter[str] = Counter()
    beyond: dict[str, float] = {}
    room: dict[str, float] = {}
    for mine, theirs in zip(code_sets, glue_sets, strict=True):
        for term in theirs:
            by_chance = 1.0 - math.exp(-code.get(term, rare_code) * len(mine))
            hits[term] += 1
            beyond[term] = beyond.get(term, 0.0) + (term in mine) - by_chance
            room[term] = room.get(term, 0.0) + 1.0 - by_chance
    usual = sum(beyond.values()) / sum(room.values())

    def row(term: str) -> str:
        carry = (beyond.get(term, 0.0) + PRIOR * usual) / (room.get(term, 0.0) + PRIOR)
        return _row(term, code.get(term, rare_code), glue.get(term, rare_glue), carry)

    seen = Counter(term for terms in code_sets for term in terms) + hits
    kept = sorted(term for term, count in seen.items() if count >= MIN_FILES)
    head = "# term, -10 ln(rate in code), -10 ln(rate in comments), 100 * carry; see background.py\n"
    return head + _row("*", rare_code, rare_glue, usual) + "".join(map(row, kept))


def _row(term: str, code: float, glue: float, carry: float) -> str:
    rates = "\t".join(str(round(-math.log(rate) * table.RATE_STEPS)) for rate in (code, glue))
    return f"{term}\t{rates}\t{round(min(0.95, max(0.01, carry)) * table.CARRY_STEPS)}\n"


def term_rates(texts: Sequence[Collection[str]]) -> tuple[dict[str, float], float]:
    """The rate of each term (see `TermRates`), and that of a term seen in one text only."""
    sizes = sorted(map(len, texts))
    steps = [sizes[(2 * i + 1) * len(sizes) // 40] for i in range(20)]
    solved: dict[int, float] = {}

    def rate(count: int) -> float:
        low, high = 1e-9, 5.0
        for _ in range(40):
            middle = math.sqrt(low * high)
            expected = sum(1.0 - math.exp(-middle * size) for size in steps) / len(steps)
            low, high = (middle, high) if expected < count / len(texts) else (low, middle)
        return low

    found: dict[str, float] = {}
    for term, count in Counter(term for terms in texts for term in terms).items():
        if count not in solved:
            solved[count] = rate(count)
        found[term] = solved[count]
    return found, rate(1)


# --- measuring ----------------------------------------------------------------------------------------

Measured = tuple[measure.Carry, ...]


@dataclass(frozen=True)
class Control:
    """The carries of one project: untouched, and with the text of a stranger from each distance."""

    own: Measured
    foreign: Measured
    project: Measured
    neighbour: Measured


DISTANCES = ("foreign", "project", "neighbour")


def glue_control(samples: Sequence[Sample], pool: Sequence[Sample]) -> Control:
    """Comments: untouched, of another project's file, of another file, of the neighbouring file."""
    known = table.load_background()

    def strange(pairs: list[tuple[Sample, Sample]]) -> Measured:
        return tuple(measure.carry_of_glue(with_comments_of(a, b), known) for a, b in pairs)

    return Control(
        tuple(measure.carry_of_glue(sample.layers, known) for sample in samples),
        strange(foreign_pairs(samples, pool)), strange(project_pairs(samples)), strange(neighbour_pairs(samples)),
    )  # fmt: skip


def ticket_control(samples: Sequence[TicketSample], pool: Sequence[TicketSample]) -> Control:
    """Tickets, likewise."""
    known = table.load_background()

    def judge(pairs: Iterable[TicketPair]) -> Measured:
        found: list[measure.Carry] = []
        for sample, giver in pairs:
            layers = ticket_layers(sample, giver.ticket)
            if layers.ticket is not None:
                found.append(measure.carry_of_ticket(layers, known))
        return tuple(found)

    return Control(
        judge((sample, sample) for sample in samples), judge(foreign_tickets(samples, pool)),
        judge(project_tickets(samples)), judge(neighbour_tickets(samples)),
    )  # fmt: skip


def thinned(samples: list[TicketSample]) -> list[TicketSample]:
    """At most MAX_TICKETS of them, evenly chosen."""
    return samples[:: -(-len(samples) // MAX_TICKETS)] if samples else samples


def judged(carries: Measured) -> Measured:
    """Those with enough to judge."""
    return tuple(carry for carry in carries if carry.score is not None)


def share_failing(carries: Measured, border: float) -> float:
    """The share of the judged below the border."""
    known = judged(carries)
    return (
        sum(carry.score < border for carry in known if carry.score is not None) / len(known) if known else 0.0
    )


def report(title: str, controls: dict[str, Control], splits: dict[str, str], border: float) -> None:
    """One line a project, then one a split: share caught, and of how many judged."""
    print(f"\n{title} (border {border})")
    print(f"{'project':<12}{'split':<8}{'files':>6}{'judged':>8}{'own fails':>11}"
          + "".join(f"{distance:>18}" for distance in DISTANCES))  # fmt: skip
    rows = [(name, splits[name], [control]) for name, control in controls.items()]
    rows += [
        (f"ALL {split}", split, [c for name, c in controls.items() if splits[name] == split])
        for split in ("table", "tuning", "test")
    ]
    for name, split, group in rows:
        own = tuple(carry for control in group for carry in control.own)
        if not own:
            continue
        line = f"{name:<12}{split:<8}{len(own):>6}{len(judged(own)) / len(own):>8.1%}{share_failing(own, border):>11.1%}"
        for distance in DISTANCES:
            strange = tuple(carry for control in group for carry in getattr(control, distance))
            line += f"{share_failing(strange, border):>10.1%} of {len(judged(strange)):>4}"
        print(line)


def report_plain(controls: dict[str, Control], splits: dict[str, str]) -> None:
    """The best that plain top-20 carry does: its border set so that 5 % of the untouched files fail."""
    print("\nplain top-20 carry, border chosen on the same files so that at most 5 % of the untouched fail")
    for split in ("tuning", "test"):
        group = [control for name, control in controls.items() if splits[name] == split]
        own = sorted(carry.plain for control in group for carry in judged(control.own))
        border = own[len(own) // 20] if own else 0.0
        line = f"{split:<12}border {border:.2f}"
        for distance in DISTANCES:
            known = [carry for control in group for carry in judged(getattr(control, distance))]
            line += f"  {distance} {sum(carry.plain < border for carry in known) / max(1, len(known)):.1%}"
        print(line)


# --- fitting ------------------------------------------------------------------------------------------


def fit(controls: Sequence[Control], kinds: Sequence[str], own_failing: float) -> dict[str, float]:
    """Weights of a ridge logistic regression, both classes counted alike, 0.5 at the allowed own failures."""
    own = [_features(carry, kinds) for control in controls for carry in judged(control.own)]
    strange = [_features(carry, kinds) for c in controls for carry in judged(c.project + c.neighbour)]
    rows = [(row, 1.0, 0.5 / len(own)) for row in own] + [(row, 0.0, 0.5 / len(strange)) for row in strange]
    weights = [0.0] * (len(kinds) + 1)
    for _ in range(30):
        weights = _newton_step(rows, weights, ridge=1e-4)
    totals = sorted(sum(w * x for w, x in zip(weights, row, strict=True)) for row in own)
    border = totals[int(len(totals) * own_failing)]
    fitted = {"intercept": weights[0] - border, **dict(zip(kinds, weights[1:], strict=True))}
    return {kind: round(weight, 3) for kind, weight in fitted.items()}


def _features(carry: measure.Carry, kinds: Sequence[str]) -> list[float]:
    return [1.0, *(math.asinh(getattr(carry.evidence, kind)) for kind in kinds)]


def _newton_step(
    rows: Sequence[tuple[list[float], float, float]], weights: list[float], ridge: float
) -> list[float]:
    size = len(weights)
    slope = [-ridge * w for w in weights]
    curve = [[ridge if i == j else 0.0 for j in range(size)] for i in range(size)]
    for row, label, part in rows:
        p = 1.0 / (
            1.0 + math.exp(-max(-40.0, min(40.0, sum(w * x for w, x in zip(weights, row, strict=True)))))
        )
        for i in range(size):
            slope[i] += part * (label - p) * row[i]
            for j in range(size):
                curve[i][j] += part * p * (1.0 - p) * row[i] * row[j]
    step = _solve(curve, slope)
    return [w + s for w, s in zip(weights, step, strict=True)]


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination; the matrix is positive definite."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i in range(size):
        for j in range(i + 1, size):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    found = [0.0] * size
    for i in range(size - 1, -1, -1):
        rest = sum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - rest) / rows[i][i]
    return found


# --- speed --------------------------------------------------------------------------------------------


def report_speed(samples: Sequence[Sample]) -> None:
    """Milliseconds a file, layers and carry together, reading left out."""
    known = table.load_background()
    started = time.perf_counter()
    for sample in samples:
        measure.carry_of_glue(layers_of(sample.reading), known)
    spent = time.perf_counter() - started
    size = sum(len(sample.reading.data) for sample in samples)
    print(
        f"\nspeed: {1000 * spent / len(samples):.2f} ms a file of {size / len(samples) / 1000:.1f} kB on average"
    )


def main() -> None:
    """Parse the command line and do what it asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--background", action="store_true", help="count the background table again")
    parser.add_argument("--fit", action="store_true", help="fit the weights again and print them")
    options = parser.parse_args()
    corpora: Path = options.corpora
    present = [project for project in PROJECTS if project_folder(project, corpora).is_dir()]
    missing = sorted({project.name for project in PROJECTS} - {project.name for project in present})
    if missing:
        print(f"missing, left out: {', '.join(missing)}")
    if options.background:
        text = count_background([s for p in present if p.split == "table" for s in load(p, corpora)])
        table.table_path().write_text(text, encoding="ascii")
        print(
            f"{text.count(chr(10)) - 2} terms; TABLE_DIGEST = {hashlib.sha256(text.encode()).hexdigest()!r}"
        )
        return
    splits = {project.name: str(project.split) for project in present}
    files = {project.name: load(project, corpora) for project in present}
    tickets = {name: thinned(ticket_samples(samples)) for name, samples in files.items()}
    pool = [sample for samples in files.values() for sample in samples]
    stock = [sample for samples in tickets.values() for sample in samples]
    glue_controls: dict[str, Control] = {}
    ticket_controls: dict[str, Control] = {}
    for name, split in splits.items():
        if options.fit and split != "tuning":
            continue
        glue_controls[name] = glue_control(files[name], pool)
        ticket_controls[name] = ticket_control(tickets[name], stock)
    if options.fit:
        print("GLUE", fit(list(glue_controls.values()), KINDS, OWN_FAILING))
        print("TICKET", fit(list(ticket_controls.values()), TICKET_KINDS, OWN_TICKETS_FAILING))
        return
    report("comments of another file", glue_controls, splits, BORDER)
    report("ticket of another file", ticket_controls, splits, BORDER)
    report_plain(glue_controls, splits)
    report_speed(files["stdlib"])


if __name__ == "__main__":
    main()
