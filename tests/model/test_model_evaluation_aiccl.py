"""AICCL is evaluated by what comes back: the codec is perfect, one that errs is caught in the figure that it is about."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aifirst_cli.model_wiring.code_runner import open_runner
from aifirst_cli.model_wiring.codec import CompilerCodec
from aifirst_model.aiccl.codec import CodecError
from aifirst_model.aiccl.pieces import PieceSizes
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.evaluation.aiccl_result import AicclEvaluation, AicclSubject, pieces_of
from aifirst_model.evaluation.aiccl_subjects import CodecSubject, ModelSubject
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.kept_answers import KeptSubject
from aifirst_model.evaluation.problem import Problem
from aifirst_model.evaluation.result import Result
from aifirst_model.evaluation.source_files import GivenFile
from aifirst_model.request import Chat, Grammar

CODEC = CompilerCodec()
FUNCTION = '''def total_of_{0}(rows, limit):
    """Return the sum of the rows below the limit."""
    result = 0
    for row in rows:
        if row < limit:
            result = result + row * {0}
    return result
'''
FILES = [GivenFile(f"{number}.py", FUNCTION.format(number), "python") for number in range(4)]
PIECES = pieces_of(FILES, PieceSizes(least=10))


def evaluate(subject: AicclSubject) -> Result:
    """The result over the pieces."""
    return asyncio.run(AicclEvaluation(subject, CODEC, lambda _, __: None).run(PIECES))


class Erring(CodecSubject):
    """The codec with a flaw: what it does with the second of the pieces."""

    def __init__(self, flaw: str) -> None:
        super().__init__(CODEC)
        self.flaw = flaw

    async def compress(self, source: str, language: str) -> str:
        document = await super().compress(source, language)
        if "total_of_1" not in source:
            return document
        if self.flaw == "refuses":
            raise CodecError("it is odd", "none")
        if self.flaw == "spaces":
            return document.replace("row<limit", "row < limit")
        return "no document" if self.flaw == "garbage" else document

    async def expand(self, document: str, language: str) -> str:
        code = await super().expand(document, language)
        return code.replace("<", ">") if self.flaw == "changes" and "total_of_1" in code else code


def test_the_codec_loses_nothing() -> None:
    result = evaluate(CodecSubject(CODEC))
    for name in ("round_trip", "expansion_accuracy", "readable_documents", "pattern_consistency"):
        assert result.metrics[name].value == 1.0, name
    sources, documents = (sum(piece.tokens for piece in PIECES), sum(_tokens(piece.text) for piece in PIECES))
    assert result.metrics["compression_total"].value == pytest.approx(sources / documents)
    assert result.metrics["pattern_consistency"].count == 12  # three lines of each that stand in all


def _tokens(source: str) -> int:
    return CODEC.compress(source, "python").tokens


@pytest.mark.parametrize(
    ("flaw", "lower"),
    [
        ("refuses", {"round_trip", "readable_documents"}),
        ("garbage", {"round_trip", "readable_documents"}),
        ("changes", {"round_trip", "expansion_accuracy"}),
        ("spaces", {"pattern_consistency"}),
    ],
)
def test_a_flaw_shows_in_its_own_figure(flaw: str, lower: set[str]) -> None:
    metrics = evaluate(Erring(flaw)).metrics
    shares = ("round_trip", "expansion_accuracy", "readable_documents", "pattern_consistency")
    assert {name for name in shares if metrics[name].value < 1.0} == lower
    if "round_trip" in lower:
        assert metrics["round_trip"].value == 0.75
        # A document that lost something has not made it small.
        assert metrics["compression"].count == 3


def test_a_model_is_asked_in_the_words_of_its_training_and_held_to_the_grammar() -> None:
    steps: list[Step] = []
    for piece in PIECES:
        document = CODEC.compress(piece.text, "python").text
        steps += [
            Step(when=f"[python]\n{piece.text}", answer=document, times=0),
            Step(when=f"[python expand]\n{document}", answer=CODEC.expand(document), times=0),
        ]
    model = Scripted(Script(tuple(steps)))
    result = evaluate(ModelSubject(model, 500))
    assert result.metrics["round_trip"].value == 1.0
    assert result.metrics["expansion_accuracy"].value == 1.0
    prompt, options = model.asked[0]
    assert isinstance(prompt, Chat)
    assert isinstance(options.constraint, Grammar)


def test_solved_problems_have_to_pass_after_the_round_trip() -> None:
    try:
        runner = open_runner()
    except EvaluationError as error:
        pytest.skip(str(error))
    problems = [
        Problem(
            name=f"one/{number}", entry=f"total_of_{number}", prompt=FUNCTION.format(number), task="", shown_tests=(),
            tests=(f"assert candidate([1, 2, 9], 5) == {3 * number}",), solution="",
        )
        for number in range(2)
    ]  # fmt: skip

    def share(subject: AicclSubject) -> float:
        evaluation = AicclEvaluation(subject, CODEC, lambda _, __: None)
        result = asyncio.run(evaluation.run(PIECES, problems, runner))
        return result.metrics["semantic_preservation"].value

    assert share(CodecSubject(CODEC)) == 1.0
    assert share(Erring("changes")) == 0.5


class Counting(CodecSubject):
    """The codec, which counts what it is asked and gives up after so many."""

    def __init__(self, most: int) -> None:
        super().__init__(CODEC)
        self.asked, self.most = 0, most

    async def compress(self, source: str, language: str) -> str:
        self.asked += 1
        if self.asked > self.most:
            raise KeyboardInterrupt
        return await super().compress(source, language)


def test_an_evaluation_that_was_interrupted_asks_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    with KeptSubject(Counting(2), path) as kept, pytest.raises(KeyboardInterrupt):
        evaluate(kept)
    with path.open("ab") as stream:
        stream.write(b'{"key":"cut of')
    subject = Counting(9)
    with KeptSubject(subject, path) as kept:
        again = evaluate(kept)
    assert subject.asked == len(PIECES) - 2
    assert again.metrics["round_trip"].value == 1.0
    model = ModelSubject(Scripted(Script(())), 9)
    with pytest.raises(EvaluationError, match="holds answers of deterministic codec"):
        KeptSubject(model, path)
    with pytest.raises(EvaluationError, match="holds answers of deterministic codec"):
        KeptSubject(subject, path, "low")
    path.write_text("x\n")
    with pytest.raises(EvaluationError, match="no kept answers"):
        KeptSubject(subject, path)


def test_low_documents_are_smaller_and_the_codec_cannot_expand_them() -> None:
    evaluation = AicclEvaluation(CodecSubject(CODEC, "low"), CODEC, lambda _, __: None, "low")
    metrics = asyncio.run(evaluation.run(PIECES)).metrics
    assert metrics["readable_documents"].value == 1.0
    assert metrics["round_trip"].value == metrics["expansion_accuracy"].value == 0.0
    assert metrics["compression"].count == len(PIECES)
    model = Scripted(Script((Step(answer=FUNCTION.format(2), times=0),)))
    asked = AicclEvaluation(ModelSubject(model, 900, "low"), CODEC, lambda _, __: None, "low")
    told = asyncio.run(asked.run(PIECES)).metrics
    assert told["expansion_accuracy"].value == 0.25
    prompt = model.asked[0][0]
    assert isinstance(prompt, Chat)
    assert prompt.messages[0].content.startswith("[python low]")


def test_compression_is_told_by_kind_of_code() -> None:
    (table,) = evaluate(CodecSubject(CODEC)).tables
    assert table.head[0] == "Kind"
    assert sum(int(row[1]) for row in table.rows) == len(PIECES)


def test_files_without_pieces_are_told() -> None:
    with pytest.raises(EvaluationError, match="no file has a piece"):
        pieces_of([GivenFile("a.py", "x = 1\n", "python")], PieceSizes())
