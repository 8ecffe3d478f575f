"""Who works on a task: a critic, a refactorer, an editor with a small context for each step, agents of a person's own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from agent_trial import EDIT, FINISH, FIXED, READ, RIGHT, SHOP, Trial, model, plan, step, use
from aifirst_model.answer import Answer, ToolCall
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.errors import RequestRefusedError
from aifirst_model.request import DEFAULT_OPTIONS, Chat, Options, Prompt
from aifirst_model.text_model import Capabilities
from aifirst_orchestrator.agent.project_tools import PROJECT_TOOLS
from aifirst_orchestrator.agents.own_agents import OwnAgentsError, agent_for, read_agents, standard_agents
from aifirst_orchestrator.calls.agent_budget import AgentSpentError
from aifirst_orchestrator.calls.budget import OverBudgetError, RunLimits
from aifirst_orchestrator.calls.manifest import manifest_as_text
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.trajectory.trajectory import read_trajectory


@pytest.fixture
def trial(tmp_path: Path, sandbox: Bubblewrap) -> Trial:
    trial = Trial(tmp_path / "shop", sandbox)
    trial.is_tested = False
    return trial


def review(*findings: tuple[str, str]) -> str:
    told = [
        {"weight": weight, "about": "scope", "finding": text, "place": "shop.py:7"}
        for weight, text in findings
    ]
    return json.dumps({"findings": told})


def critic(of: str, *answers: str) -> list[Step]:
    return [step(f"Review the {of}", answer) for answer in answers]


def crew(
    steps: list[Step], answers: tuple[object, ...] = RIGHT, plans: tuple[object, ...] = (plan(),)
) -> Scripted:
    told = [step("Answer with one JSON object of this schema", one) for one in plans]
    return Scripted(Script((*steps, *told, *(step("What do you do next?", one) for one in answers))))


def prompts(asked: Scripted, holding: str) -> list[str]:
    told = [
        "\n".join(one.content for one in prompt.messages)
        for prompt, _ in asked.asked
        if isinstance(prompt, Chat)
    ]
    return [text for text in told if holding in text]


def test_what_the_critic_calls_critical_goes_back_to_the_architect(trial: Trial) -> None:
    trial.reviews = 5
    better = {**plan(), "understanding": "ten is in, and its test"}
    steps = [
        *critic("plan", review(("critical", "its test is missing")), review(("important", "say which test"))),
        *critic("difference", review()),
    ]
    asked = crew(steps, plans=(plan(), better))
    outcome = trial(asked)
    assert outcome.state == "done"
    assert trial.shown[0].startswith("ten is in, and its test")
    assert "important (scope): shop.py:7: say which test" in trial.shown[0]
    assert "its test is missing" not in trial.shown[0]
    assert [one.finding for one in outcome.findings] == ["say which test"]
    again = prompts(asked, "Your last plan")
    assert len(again) == 1
    assert "critical (scope): shop.py:7: its test is missing" in again[0]
    assert all(
        "The border is off" not in one for one in prompts(asked, "You change a program")
    )  # its own context


def test_a_critic_that_is_never_content_ends_and_a_person_sees_what_it_says(trial: Trial) -> None:
    trial.reviews = 2
    steps = [Step(when="Review the", answer=review(("critical", "I do not like it")), times=0)]
    told = Step(when="Answer with one JSON object of this schema", answer=json.dumps(plan()), times=0)
    other = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    return name[:8]\n", "replace": "    return name[:9]\n"}],
    )
    back = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    return name[:9]\n", "replace": "    return name[:8]\n"}],
    )
    answers = [step("What do you do next?", one) for one in (EDIT, FINISH, other, FINISH, back, FINISH)]
    asked = Scripted(Script((*steps, told, *answers)))
    outcome = trial(asked)
    assert outcome.state == "done"
    assert len(prompts(asked, "Review the plan")) == 3
    assert len(prompts(asked, "Review the difference")) == 3
    assert trial.shown[1].endswith("The critic says:\n- critical (scope): shop.py:7: I do not like it")
    assert trial.text == FIXED


@pytest.mark.parametrize("answer", ["no idea", "{" * 50_000, '{"findings": [{"weight": "fatal"}]}', ""])
def test_a_critic_that_cannot_be_read_blocks_nothing(trial: Trial, answer: str) -> None:
    trial.reviews = 5
    outcome = trial(crew([Step(when="Review the", answer=answer, times=0)]))
    assert (outcome.state, outcome.findings) == ("done", ())


def test_what_passed_before_a_critic_had_it_changed_is_not_lost(trial: Trial) -> None:
    trial.reviews = 1
    trial.is_tested = True
    worse = use("edit", edits=[{"path": "shop.py", "search": "amount >= 10:\n", "replace": "amount > 99:\n"}])
    worse["arguments"]["edits"][0] = {
        "path": "shop.py", "search": "    if amount >= 10:\n", "replace": "    if amount > 99:\n",
    }  # fmt: skip
    steps = [*critic("plan", review()), *critic("difference", review(("critical", "99 is the border")))]
    outcome = trial(crew(steps, (EDIT, FINISH, worse, FINISH)), repairs=1, steps=4)
    assert (outcome.state, trial.text) == ("done", FIXED)


def test_a_reviewed_run_that_ends_at_any_call_goes_on_to_the_same(trial: Trial) -> None:
    trial.reviews = 5
    steps = [
        *critic("plan", review(("critical", "no test")), review()),
        *critic("difference", review(("critical", "a test is missing")), review()),
    ]
    more = use(
        "edit",
        edits=[{"path": "shop.py", "search": '"""Prices."""\n', "replace": '"""Prices of things."""\n'}],
    )
    asked = crew(steps, (EDIT, FINISH, more, FINISH), (plan(), plan(line=8)))
    for calls in range(1, 10):
        with pytest.raises(OverBudgetError):
            trial(asked, limits=RunLimits(calls=calls))
    assert trial(asked).state == "done"
    assert trial.text == FIXED.replace("Prices.", "Prices of things.")
    assert len(asked.asked) == 10


def ten_steps(trial: Trial) -> tuple[dict[str, Any], list[object], str]:
    """A task of ten steps over a long file, and the answers that do it."""
    lines = [
        f'def part_{number}(value):\n    """Return part {number}."""\n    return value + {number}\n\n\n'
        for number in range(60)
    ]
    text = '"""Parts."""\n\n\n' + "".join(lines)
    (trial.root / "parts.py").write_text(text)
    steps: list[dict[str, Any]] = []
    answers: list[object] = []
    for number in range(0, 60, 6):
        line = text[: text.index(f"value + {number}\n")].count("\n") + 1
        steps.append({"path": "parts.py", "line": line, "action": f"subtract {number} in part_{number}"})
        edit = {
            "path": "parts.py",
            "search": f"    return value + {number}\n",
            "replace": f"    return value - {number}\n",
        }
        answers += [use("edit", edits=[edit]), use("finish", summary=f"part_{number} subtracts")]
        text = text.replace(edit["search"], edit["replace"])
    return {"understanding": "ten parts shrink", "steps": steps, "done_when": "they do"}, answers, text


def test_ten_steps_fit_into_a_window_of_4096_tokens_each_seeing_its_own_place(trial: Trial) -> None:
    trial.window = 4096
    whole, answers, text = ten_steps(trial)
    asked = crew([], tuple(answers), (whole,))
    outcome = trial(asked, steps=60)
    assert outcome.flaws == ()
    assert outcome.state == "done"
    assert (trial.root / "parts.py").read_text() == text
    told = prompts(asked, "Your step now")
    assert len(told) == 20
    last = told[-1]
    assert f"10. parts.py:{whole['steps'][9]['line']} subtract 54 in part_54" in last
    assert "return value - 54" in last
    assert "part_48 subtracts" in last  # what was done before, in a line
    assert "Step 2:" not in last  # and nothing of the history of others
    assert {one.section for one in outcome.steps} == {f"step-{number}" for number in range(1, 11)}
    record = read_trajectory(trial.root / ".aifirst/agent/it.steps")
    assert all(
        int(head.split(" tokens given")[0].rsplit(" ", 1)[1]) <= 4096 - 1000
        for head in _heads(manifest_as_text(record))
    )


def _heads(text: str) -> list[str]:
    return [line for line in text.split("\n") if " tokens given, " in line]


def test_a_step_is_looked_at_from_near_and_a_later_one_may_mend_it(trial: Trial) -> None:
    two = {**plan(), "steps": [*plan()["steps"], {"path": "shop.py", "line": 13, "action": "label"}]}
    broken = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    if amount > 10:\n", "replace": "    if amount >= 10\n"}],
    )
    mended = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    if amount >= 10\n", "replace": "    if amount >= 10:\n"}],
    )
    outcome = trial(crew([], (broken, FINISH, mended, FINISH, FINISH), (two,)))
    assert outcome.state == "done"
    assert "It is not done yet:\nline 7: shop.py cannot be read" in outcome.steps[2].result
    assert trial.text == FIXED


def test_what_the_whole_lacks_is_mended_in_a_context_of_its_own(trial: Trial) -> None:
    trial.is_tested = True
    two = {**plan(), "steps": [*plan()["steps"], {"path": "shop.py", "line": 13, "action": "label"}]}
    wrong = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    if amount > 10:\n", "replace": "    if amount > 11:\n"}],
    )
    mend = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    if amount > 11:\n", "replace": "    if amount >= 10:\n"}],
    )
    asked = crew([], (wrong, FINISH, FINISH, mend, FINISH), (two,))
    assert trial(asked).state == "done"
    told = prompts(asked, "Mend what is still wrong")
    assert len(told) == 2
    assert "+    if amount > 11:" in told[0]
    assert "test_price" in told[0]


def test_one_history_that_grows_is_there_for_who_wants_it(trial: Trial) -> None:
    trial.one_context = True
    two = {**plan(), "steps": [*plan()["steps"], {"path": "shop.py", "line": 13, "action": "label"}]}
    outcome = trial(crew([], (READ, EDIT, FINISH), (two,)))
    assert {one.section for one in outcome.steps} == {"whole"}
    assert outcome.state == "done"


_ROWS = "".join(
    f"    column_{number} = [row[{number}] * 2 + len(row) for row in rows if row]\n" for number in range(45)
)
_HEAD = '\n\ndef report(rows):\n    """Return a report."""\n'
LONG = f"{_HEAD}{_ROWS}    return [column_0, column_44]\n"
SHORT = f"{_HEAD}    return [[row[at] * 2 + len(row) for row in rows if row] for at in (0, 44)]\n"


def test_code_that_works_and_is_too_large_is_given_its_shape_by_the_refactorer(trial: Trial) -> None:
    (trial.root / "report.py").write_text('"""Reports."""\n')
    long = use(
        "edit",
        edits=[{"path": "report.py", "search": '"""Reports."""\n', "replace": f'"""Reports."""\n{LONG}'}],
    )
    short = use(
        "edit", edits=[{"path": "report.py", "search": LONG.lstrip("\n"), "replace": SHORT.lstrip("\n")}]
    )
    shaped = [step("Mend their shape alone", one) for one in (short, use("finish", summary="shorter"))]
    asked = crew(shaped, (long, FINISH))
    outcome = trial(asked)
    assert (outcome.state, outcome.flaws) == ("done", ())
    assert (trial.root / "report.py").read_text() == f'"""Reports."""\n{SHORT}'
    assert outcome.summary == "ten is in the discount now"
    assert [one.section for one in outcome.steps] == ["whole", "whole", "shape-0-0", "shape-0-0"]
    assert "You give code that works another shape" in prompts(asked, "Mend their shape alone")[0]


def test_a_shape_that_changes_what_the_code_does_is_thrown_away(trial: Trial) -> None:
    trial.is_tested = True
    mark = "    # WHY: small orders"
    long = FIXED.replace(mark, _ROWS.replace("in rows if row", "in ()") + mark)

    def edit(old: str, new: str) -> object:
        return use("edit", edits=[{"path": "shop.py", "search": old, "replace": new}])

    wrong, right = edit(long, SHOP), edit(long, FIXED)
    finish = use("finish", summary="shorter")
    shaped = [step("Mend their shape alone", one) for one in (wrong, finish, right, finish)]
    asked = crew(shaped, (edit(SHOP, long), FINISH))
    outcome = trial(asked)
    assert outcome.flaws == ()
    assert (outcome.state, trial.text) == ("done", FIXED)
    assert any("Your last try was thrown away" in one for one in prompts(asked, "Mend their shape alone"))


def test_a_blocked_task_is_begun_again_with_what_was_wrong_in_mind(trial: Trial) -> None:
    trial.is_tested = True
    wrong = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    if amount > 10:\n", "replace": "    if amount > 11:\n"}],
    )
    asked = crew([], (wrong, FINISH, *RIGHT))
    first = trial(asked, repairs=0)
    assert (first.state, trial.text) == ("blocked", SHOP)
    again = trial(asked, repairs=0)
    assert (again.state, trial.text) == ("done", FIXED)
    assert (
        len(prompts(asked, "Answer with one JSON object of this schema")) == 1
    )  # the plan is kept, its gate too
    assert "test_price" in prompts(asked, "was tried before")[0]
    assert [options.temperature for _, options in asked.asked] == [0.0, 0.0, 0.0, 0.3, 0.3, 0.3]


def test_a_run_that_was_ended_is_not_begun_again(trial: Trial) -> None:
    asked = crew([], RIGHT)
    with pytest.raises(OverBudgetError):
        trial(asked, limits=RunLimits(calls=2))
    assert trial(asked).state == "done"
    assert [options.temperature for _, options in asked.asked] == [0.0] * 4


def test_an_architect_looks_around_before_it_plans_and_no_longer_than_it_may(trial: Trial) -> None:
    looks = [
        use("graph", question="dependents", target="price"),
        use("read", path="shop.py"),
        use("edit", edits=[]),
    ]
    asked = crew([], plans=(*looks, *([use("git", what="log")] * 6), plan()))
    assert trial(asked).state == "done"
    told = prompts(asked, "Answer with one JSON object of this schema")
    assert "test_shop.py" in told[1]
    assert "def price" in told[2]
    assert "there is no tool 'edit'" in told[3]  # it may only look
    assert "this is no plan" in told[-1]
    assert "one of these tools" not in told[-1]


class Calling(Scripted):
    """A scripted model with tool calls of its own; where it is `dumb`, its server takes none."""

    def __init__(self, script: Script, *, is_dumb: bool = False) -> None:
        super().__init__(script)
        self.is_dumb = is_dumb

    @property
    def capabilities(self) -> Capabilities:
        """As scripted, and calls of tools."""
        return msgspec.structs.replace(super().capabilities, tool_calls=True)

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        """The next answer; one that is a request as a call."""
        if options.tools and self.is_dumb:
            self.asked.append((prompt, options))
            raise RequestRefusedError("answered 400", "leave tools out", 400)
        answer = await super().generate(prompt, options)
        if not options.tools:
            return answer
        told = json.loads(answer.text)
        call = ToolCall(told["tool"], json.dumps(told["arguments"]))
        return msgspec.structs.replace(answer, text="", calls=(call,))


@pytest.mark.parametrize("is_dumb", [False, True])
def test_a_model_that_calls_tools_by_itself_is_asked_so_and_once_only_where_it_fails(
    trial: Trial, *, is_dumb: bool
) -> None:
    plans = step("Answer with one JSON object of this schema", plan())
    steps = (plans, *(step("What do you do next?", one) for one in RIGHT))
    asked = Calling(Script(steps), is_dumb=is_dumb)
    outcome = trial(asked)
    assert (outcome.state, trial.text) == ("done", FIXED)
    calls = [options for _, options in asked.asked if options.tools]
    assert [one.name for one in calls[0].tools] == list(PROJECT_TOOLS)
    assert all(options.constraint is None for options in calls)
    assert len(calls) == (1 if is_dumb else 3)
    described = prompts(asked, 'Answer with one JSON object and nothing else: {"why"')
    assert len(described) == (4 if is_dumb else 1)  # the architect's alone, where the model is given tools


def test_each_agent_is_given_the_documents_of_its_own_levels(trial: Trial) -> None:
    (trial.root / "README.md").write_text("# Shop\n\nIt sells chairs.\n")
    (trial.root / "TESTING.md").write_text("# Testing\n\nTested by hand.\n")
    (trial.root / "AGENTS.md").write_text("Chairs are sacred.\n")
    asked = model()
    assert trial(asked).state == "done"
    architect, editor = prompts(asked, "You plan a change")[0], prompts(asked, "You change a program")[0]
    assert ("It sells chairs" in architect, "Tested by hand" in architect) == (True, False)
    assert ("It sells chairs" in editor, "Tested by hand" in editor) == (False, True)
    assert '<material name="project AGENTS.md"' in architect
    assert "Chairs are sacred" in editor


def test_own_agents_take_the_place_of_those_that_are_there(tmp_path: Path, trial: Trial) -> None:
    place = tmp_path / "agents"
    place.mkdir()
    (place / "editor.toml").write_text('tools = ["read", "edit", "finish"]\nsteps = 3\n')
    (place / "editor.md").write_text("You are careful.\n")
    (place / "architect.toml").write_text('tier = "small"\ntools = []\n')
    trial.agents = read_agents(place, frozenset(PROJECT_TOOLS))
    asked = model((use("git", what="log"), *RIGHT))
    outcome = trial(asked)
    assert outcome.state == "done"
    assert "there is no tool 'git'" in outcome.steps[0].result
    assert "You are careful." in prompts(asked, "What do you do next?")[0]
    assert "- git " not in prompts(asked, "What do you do next?")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sorcerer]\nprompt = 'x'\n", "names an agent 'sorcerer'"),
        ("[editor]\nmax_tokens = 5000\n", "<= 1000"),
        ("[editor]\ntools = ['rm']\n", "gives editor the tool 'rm'"),
        ("[editor]\ncolour = 'red'\n", "unknown field `colour`"),
        ("editor = 3\n", "outside of a table"),
        ("[editor\n", "is no TOML"),
    ],
)
def test_own_agents_that_cannot_be_used_are_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "agents.toml").write_text(text)
    with pytest.raises(OwnAgentsError, match=said):
        read_agents(tmp_path / "agents.toml", frozenset(PROJECT_TOOLS))


def test_an_agent_uses_no_more_than_its_own_budget(trial: Trial) -> None:
    agents = dict(standard_agents())
    agents["editor"] = msgspec.structs.replace(agents["editor"], tokens=700)
    trial.agents = agents
    with pytest.raises(AgentSpentError, match="the agent editor may use 700 tokens"):
        trial(model())
    agents["editor"] = msgspec.structs.replace(agents["editor"], tokens=None)
    agents["critic"] = msgspec.structs.replace(agents["critic"], tokens=1)
    trial.reviews = 5
    assert trial(model()).state == "done"  # a critic can be done without


def test_who_has_a_prompt_for_a_language_keeps_it_and_own_prompts_stand_for_all() -> None:
    agents = dict(standard_agents())
    assert agent_for(agents, "coder", "typescript").prompt != agents["coder"].prompt
    agents["coder"] = msgspec.structs.replace(agents["coder"], prompt="mine")
    assert agent_for(agents, "coder", "typescript").prompt == "mine"
    assert agent_for(agents, "coder", again=2).temperature == 0.6


def test_the_manifest_says_of_every_part_what_was_given_and_from_where(trial: Trial) -> None:
    trial.window = 2600
    (trial.root / "AGENTS.md").write_text("Be brief.\n" * 400)
    (trial.root / "README.md").write_text("# Shop\n\nIt sells chairs.\n")
    (trial.root / "TESTING.md").write_text("# Testing\n\nBy hand.\n")
    trial(model((use("read", path="shop.py"), *RIGHT)))
    text = manifest_as_text(read_trajectory(trial.root / ".aifirst/agent/it.steps"))
    assert "CODE/whole/small/1: editor asked scripted small, " in text
    assert "  task: whole, " in text
    assert ", from the person, " in text
    assert "  step 1: " in text
    assert re.search(
        r"project AGENTS\.md: cut, \d+ of 1\d\d\d tokens, \d+ of 400 lines, from AGENTS\.md, \w{12}", text
    )
