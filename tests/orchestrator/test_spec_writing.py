"""Loose prose becomes a specification that the reader takes; what it objects to goes back."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_orchestrator.agents.agent import load_agent
from aifirst_orchestrator.calls.ask import Asker
from aifirst_orchestrator.calls.budget import OverBudgetError, RunLimits, Spent
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.spec.plan import plan_tickets
from aifirst_orchestrator.spec_writing.write_spec import SpecShop, WrittenSpec, write_spec
from aifirst_orchestrator.trajectory.trajectory import open_trajectory

UNITS = '''```python cart/cart.py
def add_item(cart: dict[str, int], item: str) -> dict[str, int]:
    """FR1"""
    ...

def total(cart: dict[str, int], prices: dict[str, int]) -> int:
    """FR2. Uses add_item."""
    ...
```
'''
RIGHT = {
    "Write the title": "# Shopping cart\n\nA shop keeps what people buy.\n",
    "Write the requirements": "- FR1: adding an item twice raises its amount\n- FR2: the total is price times amount\n",
    "Write the units": UNITS,
    "Write the edge cases": "- an empty cart costs 0 (FR2)\n",
}


def model(first: Sequence[Step] = ()) -> Scripted:
    return Scripted(
        Script((*first, *(Step(when=when, answer=text, times=0) for when, text in RIGHT.items())))
    )


def written(folder: Path, *models: Scripted, calls: int | None = None, repairs: int = 5) -> WrittenSpec:
    tiers = [
        TierModel(tier, one, 4096, f"scripted {tier}")  # pyright: ignore[reportArgumentType]  a tier
        for tier, one in zip(("medium", "large"), models, strict=False)
    ]
    with open_trajectory(folder / "it.steps") as trajectory:
        asker = Asker(
            trajectory, Spent.start(RunLimits(calls)), get_counter().count, lambda _call, _reply: None
        )
        shop = SpecShop(asker, tiers, load_agent("spec_writer"), lambda _: None, "specs/cart.md", repairs)
        return asyncio.run(write_spec(shop, "a cart: adding twice raises the amount, the total is the sum"))


def test_every_section_is_asked_for_and_the_whole_is_read(tmp_path: Path) -> None:
    found = written(tmp_path, model())
    assert found.flaws == ()
    assert [ticket.unit for ticket in found.plan.tickets] == ["add_item", "total"]
    assert found.text.startswith(
        "# Shopping cart\n\n@TAG:SPEC:shopping-cart\n\nA shop keeps what people buy.\n"
    )
    assert plan_tickets("specs/cart.md", found.text).is_complete


@pytest.mark.parametrize(
    ("when", "answer", "finish"),
    [
        pytest.param("Write the units", "I would write some code.", "stop", id="no units"),
        pytest.param("Write the units", UNITS.replace("FR2", "FR9"), "stop", id="not covered"),
        pytest.param("Write the units", UNITS.replace("cart/cart.py", "../cart.py"), "stop", id="outside"),
        pytest.param("Write the requirements", "", "stop", id="empty"),
        pytest.param("Write the requirements", "- FR1: a\n" * 6000, "stop", id="endless"),
    ],
)
def test_what_the_reader_objects_to_goes_back_to_its_section(
    tmp_path: Path, when: str, answer: str, finish: str
) -> None:
    asked = model([Step(when=when, answer=answer, finish=finish)])  # pyright: ignore[reportArgumentType]  a finish
    found = written(tmp_path, asked)
    assert (found.flaws, found.plan.is_complete) == ((), True)
    told = [str(prompt) for prompt, _ in asked.asked if "What is wrong with it" in str(prompt)]
    assert told
    assert any(when in one for one in told)


def test_an_answer_that_was_cut_off_goes_on_where_it_ends(tmp_path: Path) -> None:
    half = UNITS.index("def total")
    pieces = [
        Step(when="go on exactly where it ends", answer=UNITS[half:]),
        Step(when="Write the units", answer=UNITS[:half], finish="length"),
    ]
    assert written(tmp_path, model(pieces)).text == written(tmp_path / "..", model()).text


def test_a_larger_model_takes_over_and_then_a_person_sees_what_is_wrong(tmp_path: Path) -> None:
    wrong = [Step(when="Write the units", answer="no", times=0)]
    assert written(tmp_path, model(wrong), model(), repairs=1).flaws == ()
    (tmp_path / "it.steps").unlink()
    flaws = written(tmp_path, model(wrong), repairs=1).flaws
    assert "spec-units" in [flaw.kind for flaw in flaws]


def test_a_run_that_ends_at_any_call_goes_on_to_the_same_text(tmp_path: Path) -> None:
    asked = model([Step(when="Write the units", answer="no")])
    for calls in range(1, 5):
        with pytest.raises(OverBudgetError):
            written(tmp_path, asked, calls=calls)
    found = written(tmp_path, asked)
    assert len(asked.asked) == 5
    (tmp_path / "it.steps").unlink()
    assert found.text == written(tmp_path, model()).text


def test_the_command_writes_it_once_and_only_where_it_is_taken(tmp_path: Path) -> None:
    steps = tuple(Step(when=when, answer=text, times=0) for when, text in RIGHT.items())
    (tmp_path / "script.json").write_bytes(msgspec.json.encode(Script(steps)))
    (tmp_path / ".git").mkdir()

    def run(*more: str) -> tuple[int, str]:
        done = subprocess.run(
            [f"{sysconfig.get_path('scripts')}/aifirst", "tickets", "-", "--write", "specs/cart.md", *more],
            cwd=tmp_path, input=b"a cart\n", capture_output=True, check=False, timeout=300,
            env={
                **os.environ, "AIFIRST_MODEL_BACKEND": "scripted", "AIFIRST_MODEL_SCRIPT": "script.json",
                "XDG_STATE_HOME": str(tmp_path / "state"),
            },
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).decode()

    code, told = run()
    assert (code, "there is nobody to ask" in told) == (2, True)
    assert not (tmp_path / "specs").exists()
    code, told = run("--yes")
    assert (code, "2 of 2 requirements covered" in told) == (0, True)
    (tmp_path / "specs/cart.md").write_text("mine\n")
    code, told = run("--yes")
    assert (code, "nothing is written over" in told) == (2, True)
    assert (tmp_path / "specs/cart.md").read_text() == "mine\n"
