"""Lets a teacher answer the questions of a dataset: what a smaller model then learns are the teacher's own words.

Sequence-level distillation (https://arxiv.org/abs/1606.07947), for a teacher on any backend. Every answer is kept in a
journal beside the dataset as it comes, so that what was paid for is never asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from aifirst_model.ask_what_fits import ask_what_fits
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.folder import Dataset, DatasetWriter
from aifirst_model.dataset.record import SPLITS, Conversation, Gap, Sample, answer_of, sample_id
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.request import Chat, Infill, Options, Prompt
from aifirst_model.request import Message as Turn
from aifirst_model.text_model import TextModel
from aifirst_model.training.training_error import TrainingError


class TeachSettings(msgspec.Struct, frozen=True):
    """How the teacher is asked; `at_once` requests run together."""

    max_tokens: int = 1024
    temperature: float = 0.0
    at_once: int = 8


class _Answered(msgspec.Struct, frozen=True):
    id: str
    text: str
    is_whole: bool


class _Asked(msgspec.Struct, frozen=True):
    teacher: str
    settings: TeachSettings


async def teach_dataset(
    teacher: TextModel, dataset: Dataset, out: Path, settings: TeachSettings, tell: Callable[[int, int], None]
) -> StepReport:
    """Write a dataset to `out` whose conversations and gaps have the teacher's answers; texts and the test split stay.

    An answer that was cut off or is empty takes its sample out. `tell` takes how many of how many were asked. Raises
    `TrainingError`, `DatasetError`, or what the teacher raises: then what was answered is kept, and is not asked again.
    """
    journal = out.with_name(f"{out.name}.answers.jsonl")
    known = _open_journal(journal, _Asked(teacher.name, settings))
    total = sum(dataset.count(split) for split in SPLITS if split != "test")
    came, kept, done, reasons = 0, 0, 0, {"cut off": 0, "empty": 0}
    with DatasetWriter(out) as writer:
        for split in SPLITS:
            samples = dataset.samples(split)
            while group := list(islice(samples, settings.at_once)):
                asked = group if split != "test" else []
                await _ask(teacher, asked, known, journal, settings)
                done += len(asked)
                tell(done, total)
                came += len(group)
                for sample in group:
                    taught = _taught(sample, known, reasons) if asked else sample
                    if taught is not None:
                        writer.write(split, taught)
                        kept += 1
        if not kept:
            journal.unlink(missing_ok=True)  # other settings may begin anew
            told = ", ".join(f"{count:,} {name}" for name, count in reasons.items() if count)
            raise TrainingError(
                f"nothing can be learned from the teacher's {came:,} answers ({told or 'there are none'})",
                "let them be longer (--max-tokens), or take another teacher",
            )
        report = StepReport(
            "teach", came, kept, {name: count for name, count in reasons.items() if count},
            parameters={"teacher": teacher.name, "max_tokens": settings.max_tokens, "temperature": settings.temperature},
        )  # fmt: skip
        writer.finish([*dataset.manifest.steps, report])
    journal.unlink()
    return report


def _prompt_of(sample: Sample) -> Prompt | None:
    """The question in a sample, None where it has none."""
    if isinstance(sample, Gap):
        return Infill(sample.before, sample.after, sample.about.language)
    if isinstance(sample, Conversation):
        turns = [Turn(m.role, m.content) for m in sample.messages[:-1] if m.role != "tool"]
        return Chat(tuple(turns)) if turns else None
    return None


async def _ask(
    teacher: TextModel,
    group: list[Sample],
    known: dict[str, _Answered],
    journal: Path,
    settings: TeachSettings,
) -> None:
    """Ask what is not known, and keep every answer, those too that came before another failed."""
    options = Options(max_tokens=settings.max_tokens, temperature=settings.temperature)

    async def one(sample: Sample, prompt: Prompt) -> None:
        answer = await ask_what_fits(teacher, prompt, options)
        answered = _Answered(
            sample_id(sample), "", is_whole=False
        )  # too long a question is as good as a cut answer
        if answer is not None:
            answered = _Answered(sample_id(sample), answer.text, answer.is_whole)
        known[answered.id] = answered
        with journal.open("ab") as stream:
            stream.write(msgspec.json.encode(answered) + b"\n")

    wanted = [(s, p) for s in group if (p := _prompt_of(s)) is not None and sample_id(s) not in known]
    outcomes = await asyncio.gather(*(one(*pair) for pair in wanted), return_exceptions=True)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome


def _taught(sample: Sample, known: dict[str, _Answered], reasons: dict[str, int]) -> Sample | None:
    answered = known.get(sample_id(sample))
    if answered is None:
        return sample
    if not answered.is_whole:
        reasons["cut off"] += 1
        return None
    if not answered.text.strip():
        reasons["empty"] += 1
        return None
    about = msgspec.structs.replace(sample.about, source="teacher")
    if isinstance(sample, Gap):
        return msgspec.structs.replace(sample, middle=answered.text, about=about)
    if isinstance(sample, Conversation) and answered.text != answer_of(sample):
        last = msgspec.structs.replace(sample.messages[-1], content=answered.text)
        return msgspec.structs.replace(sample, messages=(*sample.messages[:-1], last), about=about)
    return sample


def _open_journal(path: Path, asked: _Asked) -> dict[str, _Answered]:
    """The answers that are there already; a journal of another teacher or of other settings is refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        path.write_bytes(msgspec.json.encode(asked) + b"\n")
        return {}
    try:
        if msgspec.json.decode(first, type=_Asked) != asked:
            raise TrainingError(
                f"{path} holds the answers of another teacher, or to other settings",
                "remove it, or ask as before",
            )
        found = [msgspec.json.decode(line, type=_Answered) for line in lines]
    except msgspec.DecodeError as error:
        raise DatasetError(
            f"{path} is broken ({error})", "remove it: the questions are asked again"
        ) from None
    return {answered.id: answered for answered in found}


def _lines(path: Path) -> Iterator[bytes]:
    """The whole lines; a last one that was cut off by a crash is taken out of the file."""
    if path.is_file():
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            path.write_bytes(whole)
        yield from whole.splitlines()
