"""The five levels of a documentation package, and by what names each required document goes in a project.

The levels and their documents are those of `reference` section 5.2. A document is a file of that name, or a
section of that heading in a README or another document of the same place.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Place = Literal["project", "area", "beside"]
"""Where a document is looked for: the root and its documentation, the folders above the target, beside it."""


class RequiredDocument(NamedTuple):
    """One document of a level, by its name and the other names it goes by (stems and headings, in lower case)."""

    name: str
    place: Place
    aliases: frozenset[str]


class RequiredLevel(NamedTuple):
    """A level with its documents, most telling first."""

    number: int
    name: str
    documents: tuple[RequiredDocument, ...]


def _document(name: str, place: Place, *aliases: str) -> RequiredDocument:
    return RequiredDocument(name, place, frozenset((name, *aliases)))


LEVELS: Final[tuple[RequiredLevel, ...]] = (
    RequiredLevel(1, "strategic", (
        _document("vision", "project", "readme", "what_it_is", "overview", "introduction", "about"),
        _document("mission", "project", "goals", "goal", "purpose", "why", "motivation"),
        _document("roadmap", "project", "plan", "plans", "todo", "milestones", "whats_next"),
    )),
    RequiredLevel(2, "development approach", (
        _document(
            "coding_standards", "project", "contributing", "style", "style_guide", "coding_style", "conventions",
            "code_style",
        ),
        _document("ai_first_principles", "project", "principles", "agents", "claude", "ai_first", "copilot_instructions"),
        _document("prompt_engineering", "project", "prompts", "prompting", "prompt"),
        _document("semantic_glue", "project", "comments", "glue", "commenting"),
    )),
    RequiredLevel(3, "own area", (
        _document("module_overview", "area", "readme", "overview", "index"),
        _document("module_architecture", "area", "architecture", "design", "structure"),
        _document("module_spec", "area", "spec", "specification", "specs", "requirements"),
        _document("module_api", "area", "api", "reference", "interface", "usage"),
    )),
    RequiredLevel(4, "own algorithm", (
        _document("function_spec", "beside", "spec", "specification", "ticket"),
        _document("algorithm_description", "beside", "algorithm", "how_it_works"),
        _document("examples", "beside", "example", "usage", "quickstart"),
        _document("edge_cases", "beside", "edge_case", "limits", "limitations", "pitfalls", "gotchas"),
    )),
    RequiredLevel(5, "patterns and principles", (
        _document("design_patterns", "project", "patterns", "architecture", "design"),
        _document("best_practices", "project", "practices", "guidelines", "howto"),
        _document("anti_patterns", "project", "antipatterns", "what_not_to_do"),
        _document("testing_strategy", "project", "testing", "tests", "test_strategy"),
    )),
)  # fmt: skip
