"""A run asks what is missing, tests what is untested, and stops for what a later run can mend."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aifirst_cli.model_wiring.code_runner import open_runner
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.errors import UnreachableError
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.problem import Problem
from aifirst_model.evaluation.protocols import CodeRunner, RunOutcome
from aifirst_model.evaluation.run_folder import AnswerRecord, Plan, RunFolder, add_line
from aifirst_model.evaluation.run_suite import Pace, Progress, SuiteRun
from aifirst_model.evaluation.suite_result import suite_result

PROBLEMS = tuple(
    Problem(
        name=f"MBPP/{number}", entry=f"add_{number}", prompt="", task=f"Add {number} to a number.",
        shown_tests=(f"assert add_{number}(1) == {number + 1}",), tests=(f"assert add_{number}(1) == {number + 1}",),
        solution=f"def add_{number}(a):\n    return a + {number}\n",
    )
    for number in range(6)
)  # fmt: skip
PLAN = Plan("mbpp", "0", len(PROBLEMS), "scripted", samples=2, temperature=0.5, seed=3)


def right(problem: Problem, times: int = 0) -> Step:
    """The step that solves a problem."""
    return Step(when=problem.task, answer=problem.solution, times=times)


@pytest.fixture(scope="module")
def runner() -> CodeRunner:
    """The sandbox of this machine."""
    try:
        return open_runner()
    except EvaluationError as error:
        pytest.skip(str(error))


def go(
    model: Scripted, runner: CodeRunner, folder: Path, plan: Plan = PLAN, pace: Pace | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, float]:  # fmt: skip
    """Run, and give the figures by name."""
    with RunFolder(folder, plan) as run:
        asyncio.run(SuiteRun(model, runner, PROBLEMS, run, pace or Pace(), report).run())
        return {name: metric.value for name, metric in suite_result(run, (1, 2), {}).metrics.items()}


def test_each_sample_is_asked_once_with_a_seed_of_its_own(tmp_path: Path, runner: CodeRunner) -> None:
    model = Scripted(Script(tuple(map(right, PROBLEMS))))
    told: list[Progress] = []
    figures = go(model, runner, tmp_path / "run", pace=Pace(requests=3), report=told.append)
    assert (figures["pass@1"], figures["pass@2"]) == (1.0, 1.0)
    assert len(model.asked) == 12
    assert len({options.seed for _, options in model.asked}) == 12
    assert told[-1] == Progress(12, 12, 12, 12)
    again = Scripted(Script(()))
    assert go(again, runner, tmp_path / "run")["pass@1"] == 1.0
    assert not again.asked


def test_one_right_of_two_counts_half_for_one_and_whole_for_two(tmp_path: Path, runner: CodeRunner) -> None:
    wrong = [
        Step(when=problem.task, answer=problem.solution.replace("+", "-"), times=0)
        for problem in PROBLEMS[3:]
    ]
    steps = (
        [right(problem, times=1) for problem in PROBLEMS[3:]]
        + wrong
        + [right(problem) for problem in PROBLEMS[:3]]
    )
    figures = go(Scripted(Script(tuple(steps))), runner, tmp_path / "run")
    # MBPP/0 is "a + 0", which "-" does not change; it is among the first three.
    assert figures["pass@1"] == pytest.approx((3 + 3 * 0.5) / 6)
    assert figures["pass@2"] == 1.0


def test_a_server_that_goes_away_stops_the_run_which_goes_on_later(
    tmp_path: Path, runner: CodeRunner
) -> None:
    steps = [right(problem) for problem in PROBLEMS[:4]] + [Step(when="Add 4", fail="unreachable", times=1)]
    with pytest.raises(UnreachableError):
        go(Scripted(Script(tuple(steps))), runner, tmp_path / "run")
    later = Scripted(Script(tuple(map(right, PROBLEMS))))
    assert go(later, runner, tmp_path / "run")["pass@1"] == 1.0
    assert len(later.asked) == 8


def test_a_prompt_that_is_not_taken_is_a_failed_answer(tmp_path: Path, runner: CodeRunner) -> None:
    steps = [right(problem) for problem in PROBLEMS[1:]] + [Step(when="Add 0", fail="refused", times=0)]
    figures = go(Scripted(Script(tuple(steps))), runner, tmp_path / "run")
    assert figures["pass@1"] == pytest.approx(5 / 6)
    assert figures["refused"] == pytest.approx(1 / 6)


class Sleeping:
    """A runner whose programs never end by themselves."""

    name = "sleeping"

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.lock = threading.Lock()
        self.were_cancelled: list[bool] = []

    def run(
        self, program: str, given: bytes, timeout: float, cancel: threading.Event | None = None
    ) -> RunOutcome:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        assert cancel is not None
        is_cancelled = cancel.wait(60)
        with self.lock:
            self.running -= 1
            self.were_cancelled.append(is_cancelled)
        return RunOutcome("cancelled" if is_cancelled else "exited", None, b"", b"", 0.0)


def test_a_run_that_is_cancelled_ends_its_programs_and_keeps_no_verdict_of_them(tmp_path: Path) -> None:
    sleeping = Sleeping()
    model = Scripted(Script(tuple(map(right, PROBLEMS))))

    async def cancel() -> None:
        with RunFolder(tmp_path / "run", PLAN) as run:
            task = asyncio.create_task(
                SuiteRun(model, sleeping, PROBLEMS, run, Pace(workers=3), lambda _: None).run()
            )
            while sleeping.running < 3:
                await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not run.outcomes
            assert run.answers

    asyncio.run(cancel())
    assert set(sleeping.were_cancelled) == {True}
    assert (sleeping.running, sleeping.most) == (0, 3)


def test_a_sandbox_that_breaks_down_stops_the_run(tmp_path: Path) -> None:
    class Broken(Sleeping):
        def run(
            self, program: str, given: bytes, timeout: float, cancel: threading.Event | None = None
        ) -> RunOutcome:
            raise EvaluationError("there is no sandbox any more", "mend it")

    model = Scripted(Script(tuple(map(right, PROBLEMS))))
    with pytest.raises(EvaluationError, match="no sandbox any more"):
        go(model, Broken(), tmp_path / "run")


def test_a_line_that_a_full_disk_took_a_part_of_is_an_error_and_goes_at_the_next_opening(
    tmp_path: Path,
) -> None:
    class Full(io.BytesIO):
        """Takes half of what it is given, as the last blocks of a disk do."""

        def write(self, data: Any, /) -> int:
            return super().write(data[: len(data) // 2])

    disk = Full()
    with pytest.raises(OSError, match="No space left"):
        add_line(disk, b'{"name": "a"}')
    with RunFolder(tmp_path / "run", PLAN) as run:
        run.add_answer(AnswerRecord("HumanEval/0", 0, "x", "x"))
    with (tmp_path / "run" / "answers.jsonl").open("ab") as stream:
        stream.write(disk.getvalue())
    with RunFolder(tmp_path / "run", PLAN) as run:
        assert list(run.answers) == [("HumanEval/0", 0)]
    assert (tmp_path / "run" / "answers.jsonl").read_bytes().count(b"\n") == 1


def test_a_result_waits_for_the_end_and_for_enough_samples(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(PLAN, samples=1)
    with (
        RunFolder(tmp_path / "run", plan) as run,
        pytest.raises(EvaluationError, match=r"pass@2 cannot be told from 1 answer"),
    ):
        suite_result(run, (1, 2), {})
