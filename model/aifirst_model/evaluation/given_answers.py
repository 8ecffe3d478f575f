"""Answers that were written elsewhere: a line each with task_id and completion, as HumanEval's tools do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from aifirst_model.evaluation.ask_problem import AskedAs
from aifirst_model.evaluation.cut_answer import cut_answer
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.given_lines import read_given_lines
from aifirst_model.evaluation.problem import Suite
from aifirst_model.evaluation.run_folder import AnswerRecord


class _Line(msgspec.Struct, rename={"name": "task_id", "text": "completion"}):
    name: str | int
    text: str


def read_given(path: Path, suite: Suite, asked_as: AskedAs) -> list[AnswerRecord]:
    """The answers, several to a problem numbered as they come; MBPP's task_id may be the bare number.

    Raises EvaluationError with the line for what is no answer, and for a problem that the suite has not; for no answers.
    """
    problems = {problem.name: problem for problem in suite.problems}
    seen: Counter[str] = Counter()
    answers: list[AnswerRecord] = []
    form = "give one object a line, with task_id and completion"
    for number, line in read_given_lines(path, _Line, "answer", form):
        name = f"MBPP/{line.name}" if isinstance(line.name, int) else line.name
        problem = problems.get(name)
        if problem is None:
            raise EvaluationError(
                f"{path}:{number}: the suite has no problem {name!r}",
                "give the suite that the answers are to",
            )
        code = cut_answer(problem, line.text, in_chat=asked_as == "chat")
        answers.append(AnswerRecord(name, seen[name], line.text, code))
        seen[name] += 1
    if not answers:
        raise EvaluationError(f"{path} has no answers, so nothing can be judged", form)
    return answers
