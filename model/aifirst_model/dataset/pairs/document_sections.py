"""What a project's own documents say: a section's heading asked, its text answered.

A section is a principle where its headings speak of principles, conventions, design or style, a pattern where they
speak of patterns, practices, how something is done, or where it shows code; any other is project context. Changelogs,
licences and tables of contents answer no question and are left out, and so is what is not English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from aifirst_model.dataset.collect.licence_text import licence_of_text
from aifirst_model.dataset.english import is_english
from aifirst_model.dataset.pairs.document_markup import sections
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
    r"(?i)change ?log|changes\b|history|release|licen[cs]e|authors|contributors|copying|copyright|notice|sponsors?"
    r"|backers|contents|\bv?\d+\.\d+|badge|acknowledg|thanks|credits|news"
)
_LINKS_ONLY = re.compile(
    r"^[ \t]*[-*+][ \t]+(?:\[[^\]]*\]\([^)]*\)|`[^`]*`_{0,2}|:doc:`[^`]*`)[ \t]*$", re.MULTILINE
)
SHORTEST, LONGEST = 120, 6_000


def make_sections(material: Material) -> Iterator[Sample]:
    """A conversation a section of a document that says something."""
    if material.language.kind != "prose" or _LEFT_OUT.search(material.path):
        return
    project = material.about.project
    for headings, body, prose, has_code in sections(material.text, material.about.language):
        trail = " / ".join(headings).rstrip("?!. ")
        if any(_LEFT_OUT.search(heading) for heading in headings) or not SHORTEST <= len(body) <= LONGEST:
            continue
        if len(_LINKS_ONLY.findall(body)) * 3 > body.count("\n") + 1 or not _says(prose):
            continue
        if _PRINCIPLE.search(trail):
            task, question = "principle", f"What does {project} hold about {trail}?"
        elif _PATTERN.search(trail) or has_code:
            task, question = "pattern", f"How is it done in {project}: {trail}?"
        else:
            task, question = (
                "project-question",
                f"What does the documentation of {project} say about {trail}?",
            )
        yield ask(question, body, msgspec.structs.replace(material.about, task=task, language="en"))


def _says(prose: str) -> bool:
    """Whether a text without its code is English, and not that of a licence."""
    return is_english(prose) and not licence_of_text(prose)
