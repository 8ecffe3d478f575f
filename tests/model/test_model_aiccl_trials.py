"""Answers tried, judged again and mended: by the codec, by models that err, cut runs and files that are none."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aifirst_cli.model_wiring.codec import CompilerCodec
from aifirst_model.aiccl.codec import CodecError
from aifirst_model.aiccl.expand_by_model import expand_by_model
from aifirst_model.aiccl.judge_answer import Verdict, judge_answer
from aifirst_model.aiccl.prompt_format import ask_to_compress, ask_to_expand
from aifirst_model.aiccl.rejudge import CodecJudge, ModelJudge, agreements, rejudge
from aifirst_model.aiccl.self_critique import CritiqueOptions, improve, improve_all, improved_samples
from aifirst_model.aiccl.trials import Trial, TrialLog, export_failures, read_trials, statistics, try_samples
from aifirst_model.answer import Answer
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.dataset.chunks import ChunkSettings, cut_file
from aifirst_model.dataset.lines import read_samples
from aifirst_model.dataset.record import About, Conversation, Message, Preference
from aifirst_model.errors import RequestRefusedError, StalledError
from aifirst_model.request import Chat, Options
from training_material import limited_files

CODEC = CompilerCodec()
SOURCE = "def total(items, rate):\n    if not items:\n        raise EmptyError(rate)\n    return sum(items) * rate\n"
EXACT = CODEC.compress(SOURCE, "python").text
LOW = CODEC.compress(SOURCE, "python", "low", 0).text
QUESTION = ask_to_compress(SOURCE, "python")
EXPAND = ask_to_expand(LOW, "python")


def _scripted(*answers: str) -> Scripted:
    return Scripted(Script(tuple(Step(answer=answer) for answer in answers)))


@pytest.mark.parametrize(
    ("question", "answer", "category"),
    [
        (QUESTION, EXACT, ""), (QUESTION, EXACT.replace("rate\n", "rates\n"), "wrong code logic"),
        (QUESTION, "<comp:file unit.py>\ndef total(", "incomplete answer"), (QUESTION, "total", "format mismatch"),
        (QUESTION, LOW, "format mismatch"), (EXPAND, SOURCE, ""), (EXPAND, "def (", "format mismatch"),
        (EXPAND, SOURCE + "\n\ndef more():\n    return 1\n", "hallucination"),
        (EXPAND, "x = 1\n", "incomplete answer"), (EXPAND, SOURCE.replace("raise", "return"), "wrong code logic"),
        (ask_to_compress(SOURCE, "python", "low"), LOW, ""),
        (ask_to_compress(SOURCE, "python", "low"), LOW.replace(" total", " more()\n total"), "hallucination"),
        (ask_to_compress(SOURCE, "python", "low"), LOW.replace("sum", "max"), "wrong code logic"),
    ],
)  # fmt: skip
def test_the_codec_says_how_an_answer_fails(question: str, answer: str, category: str) -> None:
    verdict = judge_answer(question, answer, CODEC)
    assert (verdict.category, verdict.passed, verdict.by) == (category, not category, "codec")
    assert 0 <= verdict.score <= 1


def test_what_is_no_question_of_a_pair_is_refused() -> None:
    with pytest.raises(CodecError, match="no question of a pair"):
        judge_answer("What is AICCL?", "x", CODEC)


def _samples(count: int) -> list[Conversation]:
    return [
        Conversation(
            (Message("user", QUESTION.replace("total", f"total_{number}")),
             Message("assistant", EXACT.replace("total", f"total_{number}"))),
            About(task="aiccl-compress", language="python", category="business logic"),
        )
        for number in range(count)
    ]  # fmt: skip


def test_a_run_that_was_cut_asks_only_what_is_missing_and_failures_are_exported(tmp_path: Path) -> None:
    samples = _samples(5)
    right = [sample.messages[-1].content for sample in samples]
    first = Scripted(Script((Step(answer=right[0]), Step(answer="garbage"), Step(fail="stalled"))))
    path = tmp_path / "trials.jsonl"
    with TrialLog(path) as log, pytest.raises(StalledError):
        asyncio.run(try_samples(first, samples, CODEC, log, Options()))
    path.write_bytes(path.read_bytes() + b'{"id":"cut')
    second = _scripted(*right[2:4], right[0])
    with TrialLog(path) as log:
        asyncio.run(try_samples(second, samples, CODEC, log, Options()))
    assert len(second.asked) == 3
    found = export_failures(path, tmp_path / "failures")
    assert (found.trials, found.passed, found.by_language) == (5, 3, {"python": 2})
    assert found.failures == {"format mismatch": 1, "wrong code logic": 1}
    failures = list(read_trials(tmp_path / "failures/failures.jsonl"))
    assert [trial.passed for trial in failures] == [False, False]
    assert len(list(read_trials(tmp_path / "failures/sample.jsonl"))) == 2
    assert json.loads((tmp_path / "failures/statistics.json").read_text())["passed"] == 3
    preferred = list(read_samples(tmp_path / "failures/preferences.jsonl"))
    assert [(one.chosen, one.rejected) for one in preferred if isinstance(one, Preference)] == [
        (trial.reference, trial.output) for trial in failures
    ]
    with TrialLog(path, clean=True) as log:
        assert log.done == set()


def test_what_is_no_file_of_trials_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"id": 1}\n')
    with pytest.raises(CodecError, match=r"other\.jsonl:1 is no trial"):
        list(read_trials(path))
    with pytest.raises(CodecError, match=r"other\.jsonl:1 is no trial"):
        TrialLog(path)
    with pytest.raises(CodecError, match="is not there"):
        list(read_trials(tmp_path / "gone.jsonl"))
    assert path.read_text() == '{"id": 1}\n'


def _trial(key: str, output: str, *verdicts: Verdict) -> Trial:
    return Trial(key, QUESTION, EXACT, output, "tiny", "aiccl-compress", "python", "", verdicts)


class _Short:
    """Has room for short questions only, as a server with little context."""

    name = "short"

    async def generate(self, prompt: Any, _: Any) -> Answer:
        if sum(len(turn.content) for turn in prompt.messages) > 400:
            raise RequestRefusedError("answered 400", "ask for less", 400, is_too_long=True)
        return Answer("no document", "stop")


def test_one_question_that_is_too_long_ends_no_run_and_is_no_pass(tmp_path: Path) -> None:
    model: Any = _Short()
    pair = About(task="aiccl-compress", language="python")
    long = Conversation(
        (Message("user", ask_to_compress("a = 1\n" * 300, "python", "exact")), Message("assistant", "x")),
        pair,
    )
    short = Conversation(
        (Message("user", ask_to_compress("a = 1\n", "python", "exact")), Message("assistant", "x")), pair
    )
    with TrialLog(tmp_path / "trials.jsonl") as log:
        asyncio.run(try_samples(model, [long, short], CODEC, log, Options()))
    trials = list(read_trials(tmp_path / "trials.jsonl"))
    assert [one.verdicts[-1].category for one in trials] == ["incomplete answer", "format mismatch"]
    with TrialLog(tmp_path / "judged.jsonl") as log:
        asyncio.run(rejudge(trials, [ModelJudge(model)], log))
    assert [len(one.verdicts) for one in read_trials(tmp_path / "judged.jsonl")] == [1, 2]
    assert asyncio.run(improve(trials[0], model, CODEC, CritiqueOptions())).rounds == 0
    document = CODEC.compress("def f(a):\n    return g(a)\n" * 40, "python", "low", 0).text
    made = asyncio.run(expand_by_model(model, document, "python", CODEC))
    assert (made.proof, made.tries) == ("too long", 1)
    export_failures(tmp_path / "trials.jsonl", tmp_path / "failures")
    summary = cut_file(
        tmp_path / "failures/failures.jsonl", tmp_path / "chunks", ChunkSettings(count=1, id_every=1)
    )
    assert (summary.samples, summary.ids) == (2, {"1": trials[0].id, "2": trials[1].id})
    assert not list(tmp_path.glob("*.part"))


def test_a_disk_that_takes_no_trial_is_said_and_what_was_written_counts(tmp_path: Path) -> None:
    trial = Trial("1", QUESTION, EXACT, "x" * 3000, "m")
    path = tmp_path / "trials.jsonl"
    with limited_files(5000), TrialLog(path) as log:
        log.write(trial)
        with pytest.raises(CodecError, match="cannot be written: File too large: make room"):
            log.write(msgspec.structs.replace(trial, id="2"))
    with TrialLog(path) as log:
        assert log.done == {"1"}


def test_a_judging_model_is_measured_against_the_codec(tmp_path: Path) -> None:
    trials = [_trial("a", EXACT), _trial("b", EXACT), _trial("c", "garbage"), _trial("d", "garbage")]
    model = _scripted("YES. The same.", "No, a name differs.", "**yes**", "perhaps")
    with TrialLog(tmp_path / "judged.jsonl") as log:
        asyncio.run(rejudge(trials, [CodecJudge(CODEC), ModelJudge(model)], log))
    judged = list(read_trials(tmp_path / "judged.jsonl"))
    assert [trial.passed for trial in judged] == [True, True, False, False]
    (row,) = agreements(judged)
    assert (row.judged, row.passed, row.false_alarms, row.missed) == (4, 2, 1, 1)
    assert judged[1].verdicts[1].reason == "a name differs."
    assert judged[3].verdicts[1].category == "format mismatch"
    with TrialLog(tmp_path / "judged.jsonl") as log:
        asyncio.run(rejudge(trials, [ModelJudge(_scripted())], log))  # nothing is left to ask


def test_a_failed_answer_is_criticised_and_mended_until_it_passes(tmp_path: Path) -> None:
    failed = _trial("a", "garbage", judge_answer(QUESTION, "garbage", CODEC))
    model = _scripted("It is no document.", EXACT.replace("sum", "max"), "It calls max.", EXACT)
    mended = asyncio.run(improve(failed, model, CODEC, CritiqueOptions(rounds=3)))
    assert (mended.passed, mended.rounds, mended.output) == (True, 2, EXACT)
    assert [verdict.category for verdict in mended.verdicts] == ["format mismatch", "wrong code logic", ""]
    prompts = [prompt for prompt, _ in model.asked]
    assert isinstance(prompts[0], Chat)
    assert "format mismatch" in prompts[0].messages[-1].content
    assert isinstance(prompts[1], Chat)
    assert prompts[1].messages[-2].content == "It is no document."
    hard = asyncio.run(improve(failed, _scripted("c", "x", "c", "y"), CODEC, CritiqueOptions()))
    assert (hard.passed, hard.rounds, hard.output) == (False, 2, "y")
    with TrialLog(tmp_path / "mended.jsonl") as log:
        passed = _trial("b", EXACT, Verdict(True, "codec"))
        asyncio.run(improve_all([failed, passed], _scripted("c", EXACT), CODEC, log, CritiqueOptions()))
        assert log.done == {"a"}
    samples = list(improved_samples(read_trials(tmp_path / "mended.jsonl"), CODEC))
    assert [sample.about.task for sample in samples] == ["aiccl-compress", "aiccl-expand"]
    assert samples[1].messages[0].content == ask_to_expand(EXACT, "python")
    assert samples[1].messages[1].content == SOURCE
    fenced = Trial(
        "f", EXPAND, SOURCE, f"```python\n{SOURCE}```", "tiny", verdicts=(Verdict(True, "codec"),), rounds=1
    )
    low, back = improved_samples([fenced], CODEC)
    assert (low.messages[0].content, back.messages[1].content) == (
        ask_to_compress(SOURCE, "python", "low"),
        SOURCE,
    )
    assert list(improved_samples([hard, msgspec.structs.replace(mended, rounds=0)], CODEC)) == []
    assert statistics([mended, hard]).failures == {"format mismatch": 1}
