"""Real files with their own comments, and with the comments of another file written into their text."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aifirst_codebase.config.settings import Settings
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages import Language, language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_validator.connectivity.layers import FileLayers, split_layers
from aifirst_validator.file_context import FileContext
from connectivity_corpora import Project, project_folder

LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing|testdata|test_\w+|site-packages|idlelib|lib2to3|turtledemo|encodings|pydoc_data"
    r"|migrations|locale|languages|node_modules|dist|fp|_\w+_test)/|_test\.go$|\.min\.js$|(^|/)test_\w+\.py$"
)
"""Tests, vendored copies, tables (`encodings`, `locale`, `languages`) and mappings (lodash's `fp`)."""
SUFFIXES = (".py", ".js", ".mjs", ".ts", ".go")
MAX_BYTES = 400_000
MIN_GLUE_LINES = 5


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
