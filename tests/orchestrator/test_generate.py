"""A specification becomes code that passes, whatever the model does, and nothing that does not pass gets anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_model.backends.scripted import Scripted, Step
from aifirst_orchestrator.calls.ask import Asker, Call, Reply
from aifirst_orchestrator.calls.budget import OverBudgetError, RunLimits, Spent
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.generate.drive import Generated, generate, open_root
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.integrate import KEPT, ChangedByHandError, write_files
from aifirst_orchestrator.generate.write_unit import Workshop
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.spec.plan import plan_tickets
from aifirst_orchestrator.trajectory.trajectory import open_trajectory
from cart_model import CART, CODE, TESTS, answer_of_tester, block, code_step, critic_step, model


class Trial:
    """Runs a specification with models in a folder; `events` are those of the last run."""

    def __init__(self, root: Path, sandbox: Bubblewrap) -> None:
        self.root = root
        self.sandbox = sandbox
        self.events: list[Event] = []
        self.allow = "the test"

    def __call__(
        self,
        *models: Scripted,
        text: str = CART,
        limits: RunLimits | None = None,
        repairs: int = 5,
        force: bool = False,
        test_seconds: float = 120.0,
    ) -> Generated:
        plan = plan_tickets("specs/cart.md", text)
        open_root(self.root)
        (self.root / KEPT).mkdir(parents=True, exist_ok=True)
        tiers = [
            TierModel(tier, one, 8192, f"scripted {tier}")  # pyright: ignore[reportArgumentType]  a tier
            for tier, one in zip(("small", "medium", "large"), models, strict=False)
        ]
        self.events = []
        with open_trajectory(self.root / KEPT / "cart.steps") as trajectory:
            spent = Spent.start(limits or RunLimits())
            asker = Asker(trajectory, spent, get_counter().count, _unheard)
            shop = Workshop(
                plan, asker, tiers, self.sandbox, trajectory, self.root, self.events.append, repairs,
                test_seconds=test_seconds,
            )  # fmt: skip
            return asyncio.run(generate(shop, text, self._approve, _replace, jobs=2, force=force))

    def _approve(self, _gate: str, _told: str) -> str:
        return self.allow

    def told(self, what: str) -> list[str]:
        return [event.unit for event in self.events if event.what == what]

    def files(self) -> dict[str, bytes]:
        """All that a run wrote, but its own record."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".aifirst" not in path.relative_to(self.root).parts
        }


def _replace(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)


def _unheard(_call: Call, _reply: Reply | None) -> None:
    """Nobody looks on."""


@pytest.fixture
def trial(tmp_path: Path, sandbox: Bubblewrap) -> Trial:
    return Trial(tmp_path / "shop", sandbox)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, sandbox: Bubblewrap) -> dict[str, bytes]:
    """What a model writes that never errs."""
    trial = Trial(tmp_path_factory.mktemp("undisturbed") / "shop", sandbox)
    assert trial(model()).is_done
    return trial.files()


def test_all_is_written_judged_and_traced(trial: Trial) -> None:
    done = trial(model())
    assert done.is_done
    assert {one.state for one in done.units.values()} == {"passed"}
    assert set(trial.files()) == {
        "specs/shopping-cart.md", "cart/item.py", "cart/cart.py", "cart/total.py", "tests/cart/test_item.py",
        "tests/cart/test_cart.py", "tests/cart/test_total.py", "reports/shopping-cart.md", "reports/shopping-cart.json",
    }  # fmt: skip
    assert (
        "| FR2: `remove_item` takes an item out; one that is not there is refused | `remove_item` |"
        in (trial.root / "reports/shopping-cart.md").read_text()
    )
    both = (trial.root / "cart/cart.py").read_text()
    assert both.index("def add_item") < both.index("def remove_item")
    assert both.count("from cart.item import Item") == 1
    assert trial(model()).files == ()  # a second run finds all as it should be


@pytest.mark.parametrize(
    ("first", "attempts"),
    [
        pytest.param([code_step("total", "I would rather not.")], 2, id="prose"),
        pytest.param([code_step("total", "")], 2, id="nothing"),
        pytest.param([code_step("total", "```python\ndef total(")], 2, id="not closed"),
        pytest.param([code_step("total", block("def total(:\n"))], 2, id="no Python"),
        pytest.param([code_step("total", block(CODE["total"]), finish="length")], 2, id="cut off"),
        pytest.param(
            [code_step("total", block(CODE["total"].replace("cart: dict[Item, int]", "basket")))],
            2,
            id="signature",
        ),
        pytest.param(
            [code_step("total", block(CODE["total"].replace("def total", "def sum_up")))], 2, id="name"
        ),
        pytest.param(
            [code_step("total", block(CODE["total"] + "\n\nprint(total({}))\n"))], 2, id="runs at import"
        ),
        pytest.param([code_step("total", block(CODE["total"].replace("* amount", "")))], 2, id="wrong"),
        pytest.param(
            [code_step("total", block(CODE["total"] + '\n\nTOKEN = "ghp_' + "a1B2" * 9 + '"\n'))],
            2,
            id="breaks a rule",
        ),
        pytest.param([code_step("total", block(CODE["total"]) * 2)], 2, id="two blocks"),
        pytest.param([code_step("total", "x", fail="broken")], 2, id="broken answer"),
        pytest.param([code_step("total", "", fail="stalled")], 2, id="no answer"),
        pytest.param([code_step("total", block("x = 1\n" * 800))], 2, id="too long"),
        pytest.param(
            [answer_of_tester("total", block("def test_total_fr3():\n    pass\n"))],
            2,
            id="test checks nothing",
        ),
        pytest.param(
            [
                answer_of_tester(
                    "total", block(TESTS["total"] + "\n\ndef test_more():\n    assert total({}) == 1\n")
                ),
                Step(when="The tests:\n", answer="TESTS\nnobody asked for more"),
            ],
            2,
            id="test besides fails",
        ),
        pytest.param([code_step("total", block("x = '\ud800'"))], 2, id="half a character"),
        pytest.param(
            [answer_of_tester("total", block("def test_other():\n    assert 1 == 1\n"))],
            2,
            id="test not there",
        ),
    ],
)
def test_a_model_that_errs_once_is_told_so_and_the_result_is_the_same(
    trial: Trial, undisturbed: dict[str, bytes], first: Sequence[Step], attempts: int
) -> None:
    done = trial(model(first))
    assert done.is_done
    assert done.units["total"].attempts == attempts
    assert trial.told("flawed") == ["total"]
    same = {name for name in undisturbed if not name.startswith("reports/")}  # they count the attempts
    assert {name: trial.files()[name] for name in same} == {name: undisturbed[name] for name in same}


def test_code_that_ends_the_program_has_not_passed(trial: Trial) -> None:
    leaving = "import os\n" + CODE["total"].replace("    return sum", "    os._exit(0)\n    return sum")
    done = trial(model([code_step("total", block(leaving), times=0)]), repairs=1)
    assert done.units["total"].state == "blocked"
    assert any("ended before its tests did" in flaw.message for flaw in done.units["total"].flaws)
    assert "cart/total.py" not in trial.files()


def test_code_that_would_read_the_home_folder_or_never_ends_harms_nothing(trial: Trial) -> None:
    endless = CODE["total"].replace("    return sum", "    while True:\n        pass\n    return sum")
    reading = "from pathlib import Path\n" + CODE["total"].replace(
        "    return sum",
        f'    Path("{trial.root.parent}/stolen").write_text(Path("/etc/shadow").read_text())\n    return sum',
    )
    shop = trial(
        model([code_step("total", block(reading)), code_step("total", block(endless), times=0)]),
        repairs=1,
        test_seconds=30.0,
    )
    assert shop.units["total"].state == "blocked"
    assert not (trial.root.parent / "stolen").exists()
    assert any(
        "wall_time" in flaw.message or "cpu_time" in flaw.message for flaw in shop.units["total"].flaws
    )


def test_a_wrong_test_is_written_again_where_the_critic_says_so(trial: Trial) -> None:
    wrong = answer_of_tester(
        "total", block("from cart.total import total\n\n\ndef test_total_fr3():\n    assert total({}) == 7\n")
    )
    done = trial(model([wrong, critic_step("TEST\nan empty cart costs nothing")]))
    assert done.is_done
    assert done.units["total"].attempts == 2
    assert "== 7" not in (trial.root / "tests/cart/test_total.py").read_text()


def test_a_larger_model_takes_over_and_then_a_person(trial: Trial) -> None:
    failing = model([code_step("total", "no", times=0)])
    done = trial(failing, model(), repairs=2)
    assert done.is_done
    assert (done.units["total"].tier, done.units["total"].attempts) == ("medium", 4)
    assert done.units["add_item"].tier == "small"


def test_what_needs_a_blocked_unit_waits_and_the_rest_is_kept(trial: Trial) -> None:
    done = trial(model([code_step("add_item", "no", times=0)]), repairs=1)
    assert {name: one.state for name, one in done.units.items()} == {
        "Item": "passed", "add_item": "blocked", "remove_item": "waiting", "total": "waiting",
    }  # fmt: skip
    assert not done.is_done
    assert "cart/item.py" in trial.files()
    assert "cart/cart.py" not in trial.files()
    # a person said more: the next run asks only for what did not pass
    asked = model()
    text = CART.replace("raises its amount", "raises its amount by what is given")
    assert trial(asked, text=text).is_done
    assert not any("Plan the steps of Item." in str(prompt) for prompt, _ in asked.asked)


def test_nothing_happens_where_nobody_allows_it(trial: Trial) -> None:
    trial.allow = ""
    asked = model()
    done = trial(asked)
    assert not done.allowed
    assert asked.asked == []
    assert trial.files() == {}


def test_a_changed_requirement_writes_again_what_it_reaches_and_nothing_else(trial: Trial) -> None:
    trial(model())
    asked = model()
    done = trial(asked, text=CART.replace("amount times price", "amount times price in cents"))
    assert done.is_done
    units = {
        unit
        for unit in CODE
        for prompt, _ in asked.asked
        if f"TICKET: Write {unit}\n" in str(prompt).replace("\\n", "\n")
    }
    assert units == {"total"}
    assert "specs/shopping-cart.md" in done.files
    assert "cart/cart.py" not in done.files


def test_what_a_person_changed_is_not_written_over(trial: Trial) -> None:
    trial(model())
    mine = trial.root / "cart/total.py"
    mine.write_text("# mine\n")
    with pytest.raises(ChangedByHandError, match=r"cart/total\.py was changed by hand"):
        trial(model())
    assert mine.read_text() == "# mine\n"
    assert "cart/total.py" in trial(model(), force=True).files
    assert mine.read_text() != "# mine\n"


def test_a_run_that_ends_at_any_step_goes_on_to_the_same_bytes(tmp_path: Path, sandbox: Bubblewrap) -> None:
    first = [
        code_step("add_item", "no"), code_step("total", block(CODE["total"].replace("* amount", ""))),
        answer_of_tester("remove_item", "no"),
    ]  # fmt: skip
    whole = Trial(tmp_path / "whole", sandbox)
    model_of_whole = model(first)
    assert whole(model_of_whole).is_done
    calls = len(model_of_whole.asked)
    assert calls >= 15
    cut = Trial(tmp_path / "cut", sandbox)
    going_on = model(first)
    ended = 0
    for allowed in range(1, calls):  # each run may ask one more time than all before it
        with pytest.raises(OverBudgetError, match="run the same again"):
            cut(going_on, limits=RunLimits(calls=allowed))
        assert cut.files() == {}
        ended += 1
    assert cut(going_on).is_done
    assert ended == calls - 1
    assert len(going_on.asked) == calls
    assert cut.files() == whole.files()


def test_a_run_that_is_killed_while_it_writes_takes_nothing_for_a_persons(tmp_path: Path) -> None:
    write_files(tmp_path, "cart", {"a.py": "1\n", "b.py": "1\n"}, _replace, force=False)

    def dies(path: Path, raw: bytes) -> None:
        if path.name == "b.py":
            raise KeyboardInterrupt
        _replace(path, raw)

    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, "cart", {"a.py": "2\n", "b.py": "2\n"}, dies, force=False)
    assert write_files(tmp_path, "cart", {"a.py": "3\n", "b.py": "3\n"}, _replace, force=False) == [
        "a.py",
        "b.py",
    ]


def test_nothing_is_written_where_one_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "b.py").mkdir()
    (tmp_path / "c").write_text("mine\n")
    (tmp_path / "d.py").symlink_to(".git/hooks")
    for name in ("b.py", "c/d.py", "d.py"):
        with pytest.raises(ChangedByHandError):
            write_files(tmp_path, "cart", {"a.py": "1\n", name: "1\n"}, _replace, force=True)
    assert not (tmp_path / "a.py").exists()


def test_the_record_is_not_kept_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/.aifirst").symlink_to("../elsewhere")
    with pytest.raises(ChangedByHandError, match="by a link"):
        open_root(tmp_path / "shop")
    assert list((tmp_path / "elsewhere").iterdir()) == []


LONG = CODE["total"].replace(
    "    return sum(",
    "".join(
        f"    column_{number} = [item.price * {number} for item in cart if item.price]\n"
        for number in range(60)
    )
    + "    return sum(",
)
"""Code of a unit that does what it has to, and is too large."""


def code_of(files: dict[str, bytes]) -> dict[str, bytes]:
    """Code and tests alone."""
    return {name: raw for name, raw in files.items() if name.endswith(".py")}


def shaped(answer: str, **more: object) -> Step:
    """What the refactorer answers for a unit."""
    return Step(when="Give total the shape that is asked for", answer=answer, **more)  # pyright: ignore[reportArgumentType]  fields of Step


def test_code_that_works_and_is_too_large_goes_to_the_refactorer_and_not_to_the_coder(
    trial: Trial, undisturbed: dict[str, bytes]
) -> None:
    asked = model([code_step("total", block(LONG)), shaped(block(CODE["total"]))])
    shop = trial(asked)
    assert shop.is_done
    assert trial.files() == undisturbed
    told = [str(prompt) for prompt, _ in asked.asked if "Give total the shape" in str(prompt)]
    assert len(told) == 1
    assert "You give code that works another shape" in told[0]
    assert "700 are the most" in told[0]
    assert sum("Write total. It will stand in" in str(prompt) for prompt, _ in asked.asked) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(block(CODE["total"].replace("item.price * amount", "item.price")), id="other outcomes"),
        pytest.param(block(CODE["total"].replace("def total", "def sum_of")), id="another unit"),
        pytest.param("I would leave it as it is.", id="no code"),
    ],
)
def test_a_shape_that_changes_the_unit_is_thrown_away_and_asked_for_again(
    trial: Trial, undisturbed: dict[str, bytes], wrong: str
) -> None:
    asked = model([code_step("total", block(LONG)), shaped(wrong), shaped(block(CODE["total"]))])
    assert trial(asked).is_done
    assert code_of(trial.files()) == code_of(undisturbed)  # reports count one attempt more
    told = [str(prompt) for prompt, _ in asked.asked if "Give total the shape" in str(prompt)]
    assert len(told) == 2
    assert "Your last shape was thrown away" in told[1]
    assert "column_59" in told[1]  # the code that works, and not the shape that does not


def test_code_that_nobody_gives_its_shape_waits_for_a_person(trial: Trial) -> None:
    shop = trial(model([code_step("total", block(LONG)), shaped("no", times=0)]), repairs=1)
    assert shop.units["total"].state == "blocked"
    assert "size" in [flaw.kind for flaw in shop.units["total"].flaws]
    assert not (trial.root / "cart/total.py").exists()


def test_a_unit_that_ended_blocked_is_begun_again_and_others_are_not(
    trial: Trial, undisturbed: dict[str, bytes]
) -> None:
    asked = model([code_step("total", "no", times=2)])
    assert trial(asked, repairs=1).units["total"].state == "blocked"
    before = len(asked.asked)
    assert trial(asked, repairs=1).is_done
    assert code_of(trial.files()) == code_of(undisturbed)
    assert len(asked.asked) == before + 3  # steps, tests and code of one unit
    assert all(options.temperature == 0.3 for _, options in asked.asked[before:])
    assert trial(asked, repairs=1).is_done  # what was begun again is in the record like all else
    assert len(asked.asked) == before + 3


def test_a_run_that_was_ended_while_a_unit_was_blocked_is_not_begun_again(trial: Trial) -> None:
    asked = model([code_step("Item", "no", times=0)])
    trial(asked, repairs=0)
    calls = len(asked.asked)
    (trial.root / KEPT / "cart.steps").unlink()
    for limit in range(1, calls):
        with pytest.raises(OverBudgetError):
            trial(asked, repairs=0, limits=RunLimits(calls=limit))
    assert trial(asked, repairs=0).units["Item"].state == "blocked"
    assert len(asked.asked) == 2 * calls
