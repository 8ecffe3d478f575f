"""The prompt that puts a problem to a model: code to go on from for base models, a question for chat models.

Answers are cut by parsing afterwards (`cut_answer`), so stop texts only save time; there are four at most because hosted
services take no more.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.problem import Problem
from aifirst_model.request import Chat, Continuation, Message, Prompt

AskedAs = Literal["continuation", "chat"]
MBPP_SHOTS = ("MBPP/2", "MBPP/3", "MBPP/4")
"""The problems that the paper shows before the question."""


class Question(msgspec.Struct, frozen=True):
    """A prompt and the texts at which its answer is over."""

    prompt: Prompt
    stop: tuple[str, ...]


def ask_problem(problem: Problem, asked_as: AskedAs, shots: tuple[Problem, ...] = ()) -> Question:
    """The question. `shots` are solved problems to show first, for suites whose task is in words."""
    if problem.prompt:
        return _ask_to_complete(problem, asked_as)
    if asked_as == "chat":
        text = (
            f"{problem.task}\n\nThe code has to pass these tests:\n\n```python\n{_tests(problem)}\n```\n\n"
            f"Answer with Python code only, in one code block, with the function `{problem.entry}`."
        )
        return Question(Chat((Message("user", text),)), ())
    if shots:
        shown = "".join(f"{_paper_prompt(shot)}{shot.solution.strip()}\n[DONE]\n\n" for shot in shots)
        return Question(Continuation(shown + _paper_prompt(problem)), ("[DONE]",))
    text = f'"""\n{problem.task}\n{_tests(problem)}\n"""\n'
    return Question(Continuation(text), ("\nassert ", '\n"""', "\nprint(", "\nif __name__"))


def choose_shots(problems: tuple[Problem, ...], count: int) -> tuple[Problem, ...]:
    """The first `count` of the problems that MBPP's paper shows. Raises EvaluationError where the file has them not."""
    by_name = {problem.name: problem for problem in problems}
    if count > len(MBPP_SHOTS) or any(name not in by_name for name in MBPP_SHOTS[:count]):
        raise EvaluationError(
            f"there are no {count} problems to show before the question",
            f"ask for at most {len(MBPP_SHOTS)}, from MBPP's whole file, or for none (--shots 0)",
        )
    return tuple(by_name[name] for name in MBPP_SHOTS[:count])


def _ask_to_complete(problem: Problem, asked_as: AskedAs) -> Question:
    if asked_as == "chat":
        text = (
            "Complete this Python function. Answer with the whole function in one code block.\n\n"
            f"```python\n{problem.prompt.rstrip()}\n```"
        )
        return Question(Chat((Message("user", text),)), ())
    # Tokens join a line's end with the indentation after it, so the last line's end is the model's to write.
    return Question(Continuation(problem.prompt.rstrip()), ("\nclass ", "\ndef ", "\nif ", "\nprint("))


def _paper_prompt(problem: Problem) -> str:
    """As Austin et al. 2021 put it."""
    return (
        f"You are an expert Python programmer, and here is your task: {problem.task} Your code should pass these tests:"
        f"\n\n{_tests(problem)}\n[BEGIN]\n"
    )


def _tests(problem: Problem) -> str:
    return "\n".join(problem.shown_tests)
