"""Gives a change that works the shape that the rules ask for: by the refactorer, with the tests as its judge.

A shape under which a test fails, or another rule objects, is thrown away, and the refactorer told why. What it does not
bring about goes back to the editor like any other verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_orchestrator.agent.plan_task import document_parts
from aifirst_orchestrator.agent.review import task_part
from aifirst_orchestrator.agent.sections import Section, TaskRun, recorded_flaws, run_section
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.prompts.part import Part

_TRIES = 3


async def refactor_changes(run: TaskRun, flaws: Sequence[Flaw]) -> tuple[Flaw, ...]:
    """What is still wrong with the shape of changes that pass their tests; they pass them afterwards too."""
    place, left, thrown = run.shop.place, tuple(flaws), ""
    for number in range(min(_TRIES, run.shop.repairs)):
        if not left or run.is_spent:
            break
        before, key = place.workspace.snapshot(), f"shape-{run.verdicts}-{number}"
        ended = await run_section(run, _section(run, key, left, thrown))
        rules = await recorded_flaws(run.shop, f"VERIFY/{key}/rules", place.judge)
        wrong = tuple(flaw for flaw in rules if not flaw.is_of_shape)
        if not wrong and ended:
            wrong = await recorded_flaws(
                run.shop, f"VERIFY/{key}/tests", lambda: place.build() or place.test()
            )
        if wrong or not ended:
            place.workspace.restore(before)
            thrown = wrong[0].told() if wrong else "it did not come to an end"
        else:
            left, thrown = rules, ""
    return left


def _section(run: TaskRun, name: str, flaws: Sequence[Flaw], thrown: str) -> Section:
    agent = run.shop.agent("refactorer")
    told = "\n".join(f"- {flaw.told()}" for flaw in flaws)
    again = (
        [Part("thrown away", f"Your last try was thrown away, since it changed what the code does:\n{thrown}", 1,
              is_material=True, may_be_cut=True, source="the verdict")]
        if thrown
        else []
    )  # fmt: skip

    def brief() -> list[Part]:
        workspace = run.shop.place.workspace
        documents = run.shop.documents(agent.documents, workspace.touched)
        return [
            task_part(run.task),
            *document_parts(documents),
            Part(
                "difference", workspace.difference(), 2, is_material=True, may_be_cut=True,
                source="the changes so far",
            ),
            *again,
            Part("findings", f"The changes pass their tests. Mend their shape alone, then finish:\n{told}"),
        ]  # fmt: skip

    return Section(name, "refactorer", brief, agent.steps or run.shop.most_steps)
