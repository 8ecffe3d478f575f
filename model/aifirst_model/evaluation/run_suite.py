"""Asks a model every problem of a suite and tests its answers, both at once; what is done already is not done again."""

from __future__ import annotations

import asyncio
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import msgspec

from aifirst_model.errors import RequestRefusedError, TooLongError
from aifirst_model.evaluation.ask_problem import ask_problem
from aifirst_model.evaluation.check_answer import DEFAULT_TIMEOUT, check_answer
from aifirst_model.evaluation.cut_answer import cut_answer
from aifirst_model.evaluation.problem import Problem
from aifirst_model.evaluation.protocols import CodeRunner
from aifirst_model.evaluation.run_folder import AnswerRecord, OutcomeRecord, RunFolder
from aifirst_model.request import Options
from aifirst_model.text_model import TextModel


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: answers written, answers tested, and how many of those passed, of `total`."""

    answered: int
    tested: int
    passed: int
    total: int


class Pace(msgspec.Struct, frozen=True):
    """How much at once, and how long a test may take; nothing of it changes what is asked."""

    requests: int = 1
    workers: int = 2
    timeout: float = DEFAULT_TIMEOUT


class SuiteRun:
    """One run; `run` may be cancelled at any time and loses at most what is under way."""

    def __init__(
        self, model: TextModel | None, runner: CodeRunner, problems: tuple[Problem, ...], folder: RunFolder,
        pace: Pace, report: Callable[[Progress], None], shots: tuple[Problem, ...] = (),
    ) -> None:  # fmt: skip
        """`model` is None where the folder holds every answer already; `shots` are shown and not asked."""
        self._model, self._runner, self._folder = model, runner, folder
        self._pace, self._report = pace, report
        self._shots = shots
        shown = {problem.name for problem in shots}
        chosen = [problem for problem in problems if problem.name not in shown]
        self._problems = {problem.name: problem for problem in chosen}
        self._total = len(chosen) * folder.plan.samples
        self._queue: asyncio.Queue[AnswerRecord | None] = asyncio.Queue()
        self._todo = self._unanswered()
        self._stop = threading.Event()
        self._passed = sum(outcome.verdict.passed for outcome in folder.outcomes.values())

    async def run(self) -> None:
        """Do what is left. Raises ModelError when the model cannot be asked any more, EvaluationError without sandbox."""
        for key, answer in self._folder.answers.items():
            if key not in self._folder.outcomes and answer.name in self._problems:
                self._queue.put_nowait(answer)
        self._tell()
        pool = ThreadPoolExecutor(self._pace.workers, "check")
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._pace.workers):
                    group.create_task(self._check(pool))
                askers = [group.create_task(self._ask()) for _ in range(self._pace.requests)]
                await asyncio.gather(*askers)
                for _ in range(self._pace.workers):
                    self._queue.put_nowait(None)
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        finally:
            self._stop.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def _unanswered(self) -> Iterator[tuple[Problem, int]]:
        for sample in range(self._folder.plan.samples):
            for problem in self._problems.values():
                if (problem.name, sample) not in self._folder.answers:
                    yield problem, sample

    async def _ask(self) -> None:
        for problem, sample in self._todo:
            answer = await self._answer(problem, sample)
            self._folder.add_answer(answer)
            self._queue.put_nowait(answer)
            self._tell()

    async def _answer(self, problem: Problem, sample: int) -> AnswerRecord:
        plan, model = self._folder.plan, self._model
        if model is None:
            return AnswerRecord(problem.name, sample, "", "", refused="there is no answer to it in the file")
        question = ask_problem(problem, plan.asked_as, self._shots)
        options = Options(
            max_tokens=plan.max_tokens,
            temperature=plan.temperature,
            top_p=plan.top_p,
            seed=zlib.crc32(f"{plan.seed}/{problem.name}/{sample}".encode()) >> 1,
            stop=question.stop,
            alternatives=0 if model.capabilities.log_probabilities else None,
        )
        started = time.perf_counter()
        try:
            answer = await model.generate(question.prompt, options)
        except (RequestRefusedError, TooLongError) as error:
            # Such as a prompt over the model's window: this problem is lost, the others are not.
            return AnswerRecord(problem.name, sample, "", "", refused=str(error))
        seconds = time.perf_counter() - started
        known = answer.usage.answer if answer.usage else len(answer.tokens) or None
        likely = sum(token.log_probability for token in answer.tokens) if answer.tokens else None
        code = cut_answer(problem, answer.text, in_chat=plan.asked_as == "chat")
        return AnswerRecord(problem.name, sample, answer.text, code, answer.finish, known, likely, seconds)

    async def _check(self, pool: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        while (answer := await self._queue.get()) is not None:
            problem = self._problems[answer.name]
            verdict = await loop.run_in_executor(
                pool, check_answer, self._runner, problem, answer.code, self._pace.timeout, self._stop
            )
            if verdict.ending != "cancelled":
                self._folder.add_outcome(OutcomeRecord(answer.name, answer.sample, verdict))
                self._passed += verdict.passed
                self._tell()

    def _tell(self) -> None:
        answered, tested = len(self._folder.answers), len(self._folder.outcomes)
        self._report(Progress(answered, tested, self._passed, self._total))


def _first(error: Any) -> BaseException:
    """The first error of a group, however deep."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("Any", error).exceptions[0]
    return error
