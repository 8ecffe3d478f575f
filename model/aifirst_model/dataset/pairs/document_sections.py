"""What a project's own documents say: a section's heading asked, its text answered.

A section is a principle where its headings speak of principles, conventions, design or style, a pattern where they
speak of patterns, practices, how something is done, or where it shows code; any other is project context. Changelogs,
licences and tables of contents answer no question and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from aifirst_model.dataset.english import is_english
from aifirst_model.dataset.pairs.material import Material, ask
from aifirst_model.dataset.record import Sample

_PRINCIPLE = re.compile(
    r"(?i)\b(?:principles?|philosoph\w*|conventions?|guidelines?|goals?|non-goals|rationale|design|architecture|invariants?"
    r"|style|contributing|why|motivation|overview|values|decisions?|concepts?|policy|security model|rules?)\b"
)
_PATTERN = re.compile(
    r"(?i)\b(?:patterns?|best practices?|practices?|recipes?|examples?|how to|howto|usage|using|tutorial|cookbook"
    r"|tips|quick ?start|getting started|guide|writing|adding|creating|implementing|extending)\b"
)
_LEFT_OUT = re.compile(
    r"(?i)change ?log|changes\b|history|release|licen[cs]e|authors|contributors|sponsors?|backers|contents"
    r"|\bv?\d+\.\d+|badge|acknowledg|thanks|credits|news"
)
_CODE = re.compile(r"^(?:```|~~~|    \S)", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)
_LINKS_ONLY = re.compile(r"^[ \t]*[-*+][ \t]+\[[^\]]*\]\([^)]*\)[ \t]*$", re.MULTILINE)
SHORTEST, LONGEST = 120, 6_000


def make_sections(material: Material) -> Iterator[Sample]:
    """A conversation a section of a Markdown document that says something."""
    if material.language.kind != "prose" or _LEFT_OUT.search(material.path):
        return
    for headings, body in _sections(material.text):
        trail = " / ".join(headings).rstrip("?!. ")
        if any(_LEFT_OUT.search(heading) for heading in headings) or not SHORTEST <= len(body) <= LONGEST:
            continue
        if len(_LINKS_ONLY.findall(body)) * 3 > body.count("\n") + 1 or not is_english(_FENCE.sub("", body)):
            continue
        if _PRINCIPLE.search(trail):
            task, question = "principle", f"What does {material.about.project} hold about {trail}?"
        elif _PATTERN.search(trail) or _CODE.search(body):
            task, question = "pattern", f"How is it done in {material.about.project}: {trail}?"
        else:
            task, question = (
                "project-question",
                f"What does the documentation of {material.about.project} say about {trail}?",
            )
        yield ask(question, body, msgspec.structs.replace(material.about, task=task, language="en"))


def _sections(text: str) -> Iterator[tuple[list[str], str]]:
    """(headings from the outermost on, text up to the next heading) of each section with a text of its own."""
    fences = [match.span() for match in _FENCE.finditer(text)]
    heads = [
        match
        for match in _HEADING.finditer(text)
        if not any(start < match.start() < end for start, end in fences)
    ]
    trail: list[tuple[int, str]] = []
    for number, head in enumerate(heads):
        level = len(head[1])
        trail = [one for one in trail if one[0] < level]
        trail.append((level, re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", head[2]).strip()))
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        body = text[head.end() : end].strip()
        if body:
            yield [name for _, name in trail], body
