"""The critic: reads a plan before a person sees it, and a change before it is written; what it calls critical goes back.

It is given what it needs to judge and nothing of how the others came to it. It cannot block a run: what it answers that
cannot be read counts as no finding, its rounds are counted, and what is left of its findings is for the person to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from aifirst_model.request import JsonSchema

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.prompts.part import Part

Weight = Literal["critical", "important", "nice-to-have"]
_SHORT = 1_600
"""Characters of a task that is always given whole."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong: how much it weighs, what it is about, where, and what has to be done instead."""

    weight: Weight
    about: str
    finding: str
    place: str = ""

    def told(self) -> str:
        """The finding in a line."""
        place = f"{self.place}: " if self.place else ""
        return f"{self.weight} ({self.about}): {place}{self.finding}"


class Review(msgspec.Struct, frozen=True):
    """What a critic finds; nothing where all is well."""

    findings: Annotated[tuple[Finding, ...], msgspec.Meta(max_length=20)] = ()

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """The critical findings, as what has to be mended."""
        return tuple(Flaw("critic", one.told()) for one in self.findings if one.weight == "critical")

    def told(self) -> str:
        """What a person reads of it, "" where there is nothing to say."""
        lines = [f"- {one.told()}" for one in self.findings]
        return "\n".join(["The critic says:", *lines]) if lines else ""


def review_schema() -> JsonSchema:
    """The schema of a review."""
    return JsonSchema(msgspec.json.schema(Review), "review")


def read_review(answer: str) -> Review | Flaw:
    """The review of an answer; a flaw where it is none."""
    from aifirst_orchestrator.tools.request import find_object
    from aifirst_orchestrator.tools.tool import ToolError

    try:
        return msgspec.convert(find_object(answer), Review)
    except (ToolError, msgspec.ValidationError) as error:
        return Flaw("critic", f"the review could not be read: {error}")


def task_part(task: str) -> Part:
    """The task as every agent is given it; the end of a long one gives way before what is asked for."""
    return Part(
        "task", f"The task:\n{task}", 0 if len(task) <= _SHORT else 1, may_be_cut=True, source="the person"
    )


def plan_review_parts(task: str, plan: str, context: str) -> list[Part]:
    """What the critic is given of a plan."""
    return [
        task_part(task),
        Part("context", context, 3, is_material=True, may_be_cut=True),
        Part("plan", f"The plan:\n{plan}", source="the architect"),
        Part(
            "review",
            "Review the plan: is the task understood; is everything there that it needs, its tests too; does it "
            "contradict itself or the code; can it be seen from outside when it is done; does it do anything that was "
            "not asked for? `about` is one of understanding, architecture, completeness, contradiction, testability, "
            f"scope.\n{_form()}",
        ),
    ]


def change_review_parts(task: str, plan: str, difference: str, before: Sequence[Finding]) -> list[Part]:
    """What the critic is given of a change that passes its tests."""
    told = "\n".join(f"- {one.told()}" for one in before)
    earlier = [Part("earlier", f"What you found before it was worked on again:\n{told}", 4)] if before else []
    return [
        task_part(task),
        Part("plan", f"The plan:\n{plan}", 2, may_be_cut=True),
        *earlier,
        Part("difference", difference, 1, is_material=True, may_be_cut=True),
        Part(
            "review",
            "Review the difference. The rules and the tests object to nothing; look for what they cannot see: does it "
            "do the task, does it change anything that the task did not ask for (that alone is critical), are its tests "
            "about the task? `about` is one of understanding, completeness, contradiction, testability, scope.\n"
            f"{_form()}",
        ),
    ]


def _form() -> str:
    schema = msgspec.json.encode(review_schema().schema).decode()
    return f"Answer with one JSON object of the schema of reviews and nothing else:\n{schema}"
