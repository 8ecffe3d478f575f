"""Has a model answer the questions of a dataset and keeps each answer's code as a file, to be judged as such.

A file that is there is not asked for again, so a run that was interrupted goes on. Left out: questions whose language has
no kind of file, and conversations with tools.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.languages import all_languages

from aifirst_model.dataset.folder import open_dataset
from aifirst_model.dataset.record import Conversation, Split, sample_id
from aifirst_model.errors import RequestRefusedError
from aifirst_model.evaluation.cut_answer import longest_block
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.request import Chat, Message, Options
from aifirst_model.text_model import TextModel

TASKS: Final = ("code", "ticket-to-code", "pattern", "principle")
"""Tasks of datasets whose answers are whole pieces of code."""


class CodeQuestion(msgspec.Struct, frozen=True):
    """What is asked, and the name of the file that the answer goes into."""

    file: str
    prompt: Chat


def read_questions(folder: Path, split: Split, tasks: Iterable[str], most: int | None) -> list[CodeQuestion]:
    """The first questions of a split with one of the tasks. Raises DatasetError, EvaluationError where there is none."""
    wanted = frozenset(tasks)
    questions: list[CodeQuestion] = []
    for sample in open_dataset(folder).samples(split):
        if most is not None and len(questions) >= most:
            break
        if isinstance(sample, Conversation) and sample.about.task in wanted:
            question = _question(sample)
            questions += [question] if question is not None else []
    if not questions:
        raise EvaluationError(
            f"{folder} has no question of {', '.join(sorted(wanted))} in its split {split}",
            "give another --task or --split",
        )
    return questions


async def generate_files(
    model: TextModel, questions: Iterable[CodeQuestion], folder: Path, max_tokens: int, report: Callable[[int, int], None]
) -> int:  # fmt: skip
    """Write what is missing; how many were written. A question that is not taken leaves an empty file.

    Raises ModelError.
    """
    every = list(questions)
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for done, question in enumerate(every):
        report(done, len(every))
        path = folder / question.file
        if path.exists():
            continue
        try:
            answer = await model.generate(question.prompt, Options(max_tokens))
            text = longest_block(answer.text)
        except RequestRefusedError:
            text = ""
        part = path.with_name(f".{path.name}.part")
        part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        part.replace(path)
        written += 1
    return written


def _question(sample: Conversation) -> CodeQuestion | None:
    language = all_languages().get(sample.about.language)
    if language is None or not language.data.extensions:
        return None
    messages: list[Message] = []
    for message in sample.messages[:-1]:
        if message.role == "tool":
            return None
        messages.append(Message(message.role, message.content))
    return CodeQuestion(f"{sample_id(sample)}{language.data.extensions[0]}", Chat(tuple(messages)))
