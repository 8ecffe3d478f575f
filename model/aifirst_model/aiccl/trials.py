"""Trials: what a model answered to the questions of a dataset, and the verdicts, a line each; cut, a run goes on.

The failures among them are exported with their counts and a sample of a hundred, to be judged again or mended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from aifirst_model.aiccl.codec import Codec, CodecError
from aifirst_model.aiccl.journal import append_line
from aifirst_model.aiccl.judge_answer import Verdict, judge_answer
from aifirst_model.aiccl.prompt_format import chat_of
from aifirst_model.ask_what_fits import ask_what_fits
from aifirst_model.dataset.lines import BYTE_ORDER_MARK, SampleWriter
from aifirst_model.dataset.record import About, Conversation, Message, Preference, Sample, sample_id
from aifirst_model.request import Options
from aifirst_model.text_model import TextModel

_SAMPLE = 100
_TOO_LONG = Verdict(False, "codec", "incomplete answer", "the question is longer than the model has room for")


class Trial(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An answer and what judges said of it, the first verdict first."""

    id: str
    question: str
    reference: str
    output: str
    model: str
    task: str = ""
    language: str = ""
    category: str = ""
    """Of the code, as the dataset has it."""
    verdicts: tuple[Verdict, ...] = ()
    rounds: int = 0
    """How often the output was revised."""

    @property
    def passed(self) -> bool:
        """What the codec said, or, where it did not judge, who judged last."""
        by_codec = [verdict.passed for verdict in self.verdicts if verdict.by == "codec"]
        return by_codec[-1] if by_codec else bool(self.verdicts) and self.verdicts[-1].passed


class TrialLog:
    """Trials in a file by their ids; what is there when it is opened is not done again. Use as a context manager."""

    def __init__(self, path: Path, *, clean: bool = False) -> None:
        """`clean` begins anew. Raises `CodecError` for a file that holds something else."""
        self.path = path
        self.done: set[str] = set()
        self._encoder = msgspec.json.Encoder()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if clean:
                path.unlink(missing_ok=True)
            end = 0
            for end, trial in _read(path):  # noqa: B007 - the last end is where the file is cut
                self.done.add(trial.id)
            self._stream: BinaryIO = path.open("r+b") if path.exists() else path.open("w+b")
            self._stream.truncate(end)
            self._stream.seek(end)
        except OSError as error:
            raise CodecError(
                f"{path} cannot be written: {error.strerror or error}", "give another file with -o"
            ) from error

    def write(self, trial: Trial) -> None:
        """Append a trial; it is on its way to the disk when this returns. Raises `CodecError`."""
        append_line(self._stream, self.path, self._encoder.encode(trial))
        self.done.add(trial.id)

    def __enter__(self) -> TrialLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()


def read_trials(path: Path) -> Iterator[Trial]:
    """The trials of a file in order. Raises `CodecError` with the line for what is none."""
    for _, trial in _read(path, must_exist=True):
        yield trial


def _read(path: Path, *, must_exist: bool = False) -> Iterator[tuple[int, Trial]]:
    """Each trial, and where its line ends; a last line without its end, which may be cut, is passed over.

    Of a file that a person gives (`must_exist`) it is taken where it is whole.
    """
    decoder = msgspec.json.Decoder(Trial)
    try:
        with path.open("rb") as stream:
            end = 0
            for number, line in enumerate(stream, 1):
                end += len(line)
                is_cut = not line.endswith(b"\n")
                if is_cut and not must_exist:
                    return
                try:
                    yield end, decoder.decode(line.removeprefix(BYTE_ORDER_MARK))
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    if is_cut:
                        return
                    raise CodecError(
                        f"{path}:{number} is no trial: {error}", "give a file that `try` wrote"
                    ) from None
    except FileNotFoundError:
        if must_exist:
            raise CodecError(f"{path} is not there", "make it: aifirst model dataset try") from None
    except OSError as error:
        raise CodecError(f"{path} cannot be read: {error.strerror or error}", "check its path") from error


async def try_samples(
    model: TextModel,
    samples: Iterable[Sample],
    codec: Codec,
    log: TrialLog,
    options: Options,
    tell: Callable[[int], None] | None = None,
) -> None:
    """Ask the model every question of a pair that is not in the log yet; the codec judges. Raises `ModelError`."""
    for number, sample in enumerate(samples, 1):
        if not isinstance(sample, Conversation) or not sample.about.task.startswith("aiccl-"):
            continue
        key = sample_id(sample)
        if key not in log.done:
            question = sample.messages[0].content
            answer = await ask_what_fits(model, chat_of(question), options)
            verdict = _TOO_LONG if answer is None else judge_answer(question, answer.text, codec)
            log.write(
                Trial(
                    key,
                    question,
                    sample.messages[-1].content,
                    "" if answer is None else answer.text,
                    model.name,
                    sample.about.task,
                    sample.about.language,
                    sample.about.category,
                    (verdict,),
                )
            )
        if tell is not None:
            tell(number)


class Statistics(msgspec.Struct, frozen=True):
    """How many trials, how many passed, and the failures by how they failed, language and task."""

    trials: int
    passed: int
    failures: dict[str, int]
    by_language: dict[str, int]
    by_task: dict[str, int]


def statistics(trials: Iterable[Trial]) -> Statistics:
    """The counts of some trials."""
    total = passed = 0
    failures: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    for trial in trials:
        total += 1
        if trial.passed:
            passed += 1
            continue
        failures[trial.verdicts[-1].category if trial.verdicts else "not judged"] += 1
        languages[trial.language] += 1
        tasks[trial.task] += 1
    return Statistics(
        total,
        passed,
        dict(sorted(failures.items())),
        dict(sorted(languages.items())),
        dict(sorted(tasks.items())),
    )


def export_failures(trials: Path, folder: Path) -> Statistics:
    """Write `failures.jsonl`, `statistics.json` and `sample.jsonl`, the first hundred by id; the statistics.

    `preferences.jsonl` has the failures as samples to train on: the reference is to be preferred to the answer.
    """
    encoder = msgspec.json.Encoder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        first: list[Trial] = []
        preferences = SampleWriter(folder / "preferences.jsonl")
        with (folder / "failures.jsonl").open("wb") as stream, preferences:
            for trial in read_trials(trials):
                if not trial.passed:
                    stream.write(encoder.encode(trial) + b"\n")
                    if trial.output.strip() and trial.output != trial.reference:
                        preferences.write(_preference(trial))
                    first.append(trial)
                    if len(first) > 2 * _SAMPLE:
                        first = sorted(first, key=lambda one: one.id)[:_SAMPLE]
        first = sorted(first, key=lambda one: one.id)[:_SAMPLE]
        (folder / "sample.jsonl").write_bytes(b"".join(encoder.encode(trial) + b"\n" for trial in first))
        found = statistics(read_trials(trials))
        (folder / "statistics.json").write_bytes(msgspec.json.format(encoder.encode(found), indent=1) + b"\n")
    except OSError as error:
        raise CodecError(
            f"{folder} cannot be written: {error.strerror or error}", "give another folder"
        ) from error
    return found


def _preference(trial: Trial) -> Preference:
    about = About(
        task="preference", language=trial.language, category=trial.category, group=trial.id,
        source=f"failures of {trial.model}",
    )  # fmt: skip
    return Preference((Message("user", trial.question),), trial.reference, trial.output, about)
