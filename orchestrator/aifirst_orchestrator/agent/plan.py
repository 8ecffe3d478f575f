"""The plan of a task: where what is to be changed and why, with places that are there, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from aifirst_model.request import JsonSchema

from aifirst_orchestrator.generate.flaw import Flaw


class PlannedStep(msgspec.Struct, frozen=True):
    """One change: `path:line` is where, for a file that is made line 0."""

    path: str
    line: Annotated[int, msgspec.Meta(ge=0)]
    action: str
    why: str = ""


class TaskPlan(msgspec.Struct, frozen=True):
    """What is understood of the task, what to change, and what has to hold afterwards."""

    understanding: str
    steps: Annotated[tuple[PlannedStep, ...], msgspec.Meta(min_length=1, max_length=30)]
    done_when: str = ""
    questions: tuple[str, ...] = ()

    def told(self) -> str:
        """The plan for a person and for the agent that follows it."""
        lines = [self.understanding]
        lines += [
            f"{number}. {step.path}:{step.line} {step.action}" for number, step in enumerate(self.steps, 1)
        ]
        lines += [f"Done when: {self.done_when}"] if self.done_when else []
        lines += [f"Open: {question}" for question in self.questions]
        return "\n".join(lines)


def plan_schema() -> JsonSchema:
    """The schema of a plan."""
    schema: dict[str, Any] = msgspec.json.schema(TaskPlan)
    return JsonSchema(schema, "plan")


def read_plan(answer: str, text_of: Callable[[str], str | None]) -> TaskPlan | tuple[Flaw, ...]:
    """The plan of an answer, or what is wrong with it: every place has to be there."""
    from aifirst_orchestrator.tools.request import find_object
    from aifirst_orchestrator.tools.tool import ToolError

    try:
        plan = msgspec.convert(find_object(answer), TaskPlan)
    except ToolError as error:
        return (Flaw("plan", str(error)),)
    except msgspec.ValidationError as error:
        return (
            Flaw("plan", f"this is no plan: {error}", "give understanding, steps with path, line and action"),
        )
    flaws: list[Flaw] = []
    for step in plan.steps:
        text = text_of(step.path)
        if text is None and step.line:
            flaws.append(
                Flaw("plan", f"there is no file {step.path}", "name one that is there, or line 0 to make it")
            )
        elif text is not None and step.line > text.count("\n") + 1:
            flaws.append(Flaw("plan", f"{step.path} has no line {step.line}", "look at the file again"))
    return tuple(flaws) or plan
