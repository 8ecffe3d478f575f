"""Rounds of self-critique: a model is told what is wrong with its answer, criticises it, writes it anew, and is judged.

What passes in the end becomes pairs again, both ways, with the codec's proof; what never does stays a hard failure, for
which a teacher's answer is the next thing to ask for (the same rounds with another model).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from aifirst_model.aiccl.codec import Codec
from aifirst_model.aiccl.expand_by_model import mended
from aifirst_model.aiccl.judge_answer import Verdict, judge_answer
from aifirst_model.aiccl.prompt_format import ask_to_compress, ask_to_expand, read_question
from aifirst_model.aiccl.trials import Trial, TrialLog
from aifirst_model.ask_what_fits import ask_what_fits
from aifirst_model.dataset.record import About, Conversation, sample_id
from aifirst_model.dataset.record import Message as Turn
from aifirst_model.request import Chat, Message, Options
from aifirst_model.text_model import TextModel

_CRITICISE: Final = (
    "A parser judged your answer: {category}: {reason}. Say in at most three sentences what is wrong with it. "
    "Write no new answer yet."
)
_REVISE: Final = "Now write the whole answer again, mended, and nothing else."


class CritiqueOptions(msgspec.Struct, frozen=True):
    """How many rounds at most, and how long critiques and answers may be."""

    rounds: int = 2
    critique_tokens: int = 160
    max_tokens: int = 1024
    temperature: float = 0.7


async def improve(trial: Trial, model: TextModel, codec: Codec, options: CritiqueOptions) -> Trial:
    """The trial with the output of its last round and the verdict on it. Raises `ModelError`."""
    verdict = trial.verdicts[-1] if trial.verdicts else judge_answer(trial.question, trial.output, codec)
    output, verdicts, rounds = trial.output, trial.verdicts, trial.rounds
    for number in range(options.rounds):
        if verdict.passed:
            break
        revised = await _revised(trial.question, output, verdict, model, options, number)
        if revised is None:
            break
        output = revised
        verdict = judge_answer(trial.question, output, codec)
        verdicts, rounds = (*verdicts, verdict), rounds + 1
    return msgspec.structs.replace(trial, output=output, verdicts=verdicts, rounds=rounds, model=model.name)


async def _revised(
    question: str, output: str, verdict: Verdict, model: TextModel, options: CritiqueOptions, number: int
) -> str | None:
    """What the model writes after its critique; None where all of it is longer than it has room for."""
    criticise = _CRITICISE.format(category=verdict.category or "wrong", reason=verdict.reason)
    turns = (Message("user", question), Message("assistant", output), Message("user", criticise))
    critique = await ask_what_fits(
        model, Chat(turns), Options(max_tokens=options.critique_tokens, seed=number)
    )
    if critique is None:
        return None
    turns = (*turns, Message("assistant", critique.text), Message("user", _REVISE))
    given = Options(max_tokens=options.max_tokens, temperature=options.temperature, seed=number)
    again = await ask_what_fits(model, Chat(turns), given)
    return again.text if again is not None else None


async def improve_all(
    trials: Iterable[Trial],
    model: TextModel,
    codec: Codec,
    log: TrialLog,
    options: CritiqueOptions,
    tell: Callable[[int], None] | None = None,
) -> None:
    """Every failed trial that the log does not have yet. Raises `ModelError`; the log is kept."""
    for number, trial in enumerate(trials, 1):
        if not trial.passed and trial.id not in log.done:
            log.write(await improve(trial, model, codec, options))
        if tell is not None:
            tell(number)


def improved_samples(trials: Iterable[Trial], codec: Codec) -> Iterator[Conversation]:
    """Those that passed after a revision, both ways, each once: as they were asked and the other way round."""
    seen: set[str] = set()
    for trial in trials:
        if not trial.passed or not trial.rounds:
            continue
        language, asked, text = read_question(trial.question)
        document, code = trial.output, text
        if asked == "expand":
            document, code = text, mended(trial.output, language, codec)
        resolution = codec.read(document).resolution
        pairs = (
            ("aiccl-compress", ask_to_compress(code, language, resolution), document),
            ("aiccl-expand", ask_to_expand(document, language), code),
        )
        for task, question, answer in pairs:
            about = About(
                task=task, language=language, category=trial.category, group=trial.id, quality=trial.verdicts[-1].score,
                source=f"self-critique by {trial.model}, {resolution}",
            )  # fmt: skip
            sample = Conversation((Turn("user", question), Turn("assistant", answer)), about)
            if (key := sample_id(sample)) not in seen:
                seen.add(key)
                yield sample
