"""Judges trials again: by the codec, which decides, and by a model, to know how far that one can be trusted.

Two ways are compared: the codec compares trees and lines, a model reads question, reference and answer and says yes or
no. How often the model fails what the codec passes (false alarms) and passes what it fails is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import msgspec

from aifirst_model.aiccl.codec import Codec
from aifirst_model.aiccl.judge_answer import Verdict, judge_answer
from aifirst_model.aiccl.trials import Trial, TrialLog
from aifirst_model.ask_what_fits import ask_what_fits
from aifirst_model.request import Chat, Message, Options
from aifirst_model.text_model import TextModel

_QUESTION: Final = (
    "You compare an answer with a reference. Both answer the question. AICCL is a compact notation of code.\n\n"
    "Question:\n{question}\n\nReference:\n{reference}\n\nAnswer:\n{output}\n\n"
    "Does the answer mean the same as the reference? Begin with YES or NO, then give the reason in one sentence."
)
_SAID: Final = re.compile(r"\W*(yes|no)\b\W*(.*)", re.IGNORECASE | re.DOTALL)


class Judge(Protocol):
    """Says whether the answer of a trial is right."""

    async def judge(self, trial: Trial) -> Verdict | None:
        """The verdict, None where the trial is too long to be judged. Raises `ModelError` where there is none."""
        ...


class CodecJudge:
    """By trees and lines; see `judge_answer`."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    async def judge(self, trial: Trial) -> Verdict:
        """The codec's verdict."""
        return judge_answer(trial.question, trial.output, self._codec)


class ModelJudge:
    """By a model that is asked for YES or NO. An answer with neither is no pass."""

    def __init__(self, model: TextModel, options: Options | None = None) -> None:
        self._model = model
        self._options = Options(max_tokens=128) if options is None else options

    async def judge(self, trial: Trial) -> Verdict | None:
        """The model's verdict."""
        asked = _QUESTION.format(question=trial.question, reference=trial.reference, output=trial.output)
        answer = await ask_what_fits(self._model, Chat((Message("user", asked),)), self._options)
        if answer is None:
            return None
        said = _SAID.match(answer.text)
        if said is None:
            return Verdict(False, self._model.name, "format mismatch", "it said neither yes nor no")
        passed = said[1].lower() == "yes"
        return Verdict(passed, self._model.name, reason=said[2].strip()[:300], score=float(passed))


async def rejudge(
    trials: Iterable[Trial], judges: Sequence[Judge], log: TrialLog, tell: Callable[[int], None] | None = None
) -> None:
    """Add every judge's verdict to every trial that the log does not have yet. Raises `ModelError`; the log is kept."""
    for number, trial in enumerate(trials, 1):
        if trial.id not in log.done:
            found = [await judge.judge(trial) for judge in judges]
            verdicts = [verdict for verdict in found if verdict is not None]
            log.write(msgspec.structs.replace(trial, verdicts=(*trial.verdicts, *verdicts)))
        if tell is not None:
            tell(number)


class Agreement(msgspec.Struct):
    """How one judge compares with the codec on the trials that both judged."""

    judge: str
    judged: int = 0
    passed: int = 0
    false_alarms: int = 0
    """It failed what the codec passed."""
    missed: int = 0
    """It passed what the codec failed."""


def agreements(trials: Iterable[Trial]) -> list[Agreement]:
    """A row for each judge other than the codec, by name; the last verdict of each judge counts."""
    rows: dict[str, Agreement] = {}
    for trial in trials:
        last = {verdict.by: verdict.passed for verdict in trial.verdicts}
        decided = last.get("codec")
        for name, passed in last.items():
            if name == "codec" or decided is None:
                continue
            row = rows.setdefault(name, Agreement(name))
            row.judged += 1
            row.passed += passed
            row.false_alarms += decided and not passed
            row.missed += passed and not decided
    return [rows[name] for name in sorted(rows)]
