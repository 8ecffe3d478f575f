"""How good AICCL is that a codec or a model writes and reads: size, meaning kept, expansion, the same told the same way.

* round trip: the piece that comes back from the subject's own document has the syntax tree of the source.
* compression: source tokens by tokens of the document, map and tags counted, mean over pieces that come back; in total.
  Below `exact`, which tells less on purpose, over all documents that can be read.
* expansion accuracy: the same from the document that the deterministic codec wrote.
* semantic preservation: solved problems come back from the round trip and still pass their tests.
* pattern consistency: of lines of code that stand in the set at least twice, the share told as most of them are
  (`aiccl.constructs`), map symbols expanded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import msgspec
from aifirst_codebase.tokens import get_counter

from aifirst_model.aiccl.codec import Codec, CodecError, Resolution
from aifirst_model.aiccl.constructs import Construct, SetOfConstructs, constructs_of
from aifirst_model.aiccl.pieces import PieceSizes, cut_pieces
from aifirst_model.dataset.category import category_of
from aifirst_model.errors import RequestRefusedError
from aifirst_model.evaluation.check_answer import check_answer
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.problem import Problem
from aifirst_model.evaluation.protocols import CodeRunner
from aifirst_model.evaluation.result import Item, Metric, MetricKind, Result, Score, Table, metrics_over
from aifirst_model.evaluation.source_files import GivenFile

KINDS = {
    "compression": MetricKind(unit="x", wanted=(5.0, 10.0)),
    "compression_total": MetricKind(unit="x"),
    "round_trip": MetricKind(is_share=True),
    "expansion_accuracy": MetricKind(wanted=(0.85, None), is_share=True),
    "semantic_preservation": MetricKind(wanted=(0.90, None), is_share=True),
    "readable_documents": MetricKind(is_share=True),
    "seconds_per_100_lines": MetricKind("", "s", wanted=(None, 30.0)),
}
EXPECTED = {
    "crud": "8 to 12", "api endpoints": "5 to 8", "business logic": "4 to 6", "frontend": "6 to 10",
    "algorithms": "3 to 5",
}  # fmt: skip
"""Times smaller, as the product expects it of each kind of code."""
CONSISTENCY_WANTED = (0.90, None)


class AicclSubject(Protocol):
    """Writes and reads AICCL: the codec, or a model. What it cannot do it refuses: CodecError, RequestRefusedError."""

    @property
    def name(self) -> str:
        """For reports."""
        ...

    async def compress(self, source: str, language: str) -> str:
        """The document of a source. Raises ModelError where nothing can be asked any more."""
        ...

    async def expand(self, document: str, language: str) -> str:
        """The code of a document. Raises ModelError as above."""
        ...


class SourcePiece(msgspec.Struct, frozen=True):
    """A text that stands by itself, such as a function."""

    name: str
    text: str
    language: str
    tokens: int
    category: str = ""
    """The pattern that it is of, as `dataset.category` tells it."""


def pieces_of(files: Iterable[GivenFile], sizes: PieceSizes) -> list[SourcePiece]:
    """The pieces of all files. Raises EvaluationError where there are none."""
    pieces = [
        SourcePiece(
            f"{file.name}::{piece.name}#{at}",
            piece.text,
            file.language,
            piece.tokens,
            category_of(file.name, piece.name, piece.text),
        )
        for file in files
        for at, piece in enumerate(cut_pieces(file.name, file.text, sizes))
    ]
    if not pieces:
        raise EvaluationError(
            f"no file has a piece of {sizes.least} to {sizes.most} tokens that parses",
            "give more, or other files",
        )
    return pieces


class AicclEvaluation:
    """One evaluation; `codec` is the judge and the teacher."""

    def __init__(
        self,
        subject: AicclSubject,
        codec: Codec,
        report: Callable[[int, int], None],
        resolution: Resolution = "exact",
    ) -> None:
        """`resolution` is what the subject writes, and what it is given to expand."""
        self._subject, self._codec, self._report = subject, codec, report
        self._resolution: Resolution = resolution
        self._counter = get_counter("o200k_base")

    async def run(
        self,
        pieces: Sequence[SourcePiece],
        problems: Sequence[Problem] = (),
        runner: CodeRunner | None = None,
    ) -> Result:
        """Every figure; `problems` are tested where there is a runner. Raises ModelError, EvaluationError."""
        items: list[Item] = []
        told: list[list[Construct]] = []
        total = len(pieces) + (len(problems) if runner else 0)
        for piece in pieces:
            self._report(len(items), total)
            scores, constructs = await self._piece(piece)
            items.append(Item(piece.name, scores))
            told.append(constructs)
        metrics = metrics_over(items, KINDS)
        if any(told):
            metrics["pattern_consistency"] = _consistency(told)
        if runner is not None:
            solved = [
                await self._problem(problem, runner, len(items) + at, total)
                for at, problem in enumerate(problems)
            ]
            metrics |= metrics_over(solved, {"semantic_preservation": KINDS["semantic_preservation"]})
            items += solved
        languages = sorted({piece.language for piece in pieces})
        about = {
            "pieces": str(len(pieces)),
            "languages": ", ".join(languages),
            "resolution": self._resolution,
        }
        tables = (_by_category(pieces, items),)
        return Result("aiccl", self._subject.name, metrics, tuple(items), about, tables)

    async def _piece(self, piece: SourcePiece) -> tuple[dict[str, Score], list[Construct]]:
        started = time.perf_counter()
        document = await _answered(self._subject.compress(piece.text, piece.language)) or ""
        seconds = time.perf_counter() - started
        back = await _answered(self._subject.expand(document, piece.language)) if document else None
        taught = await _answered(self._subject.expand(self._teach(piece), piece.language))
        constructs = self._constructs(piece, document)
        scores = {
            "round_trip": self._same(back, piece),
            "expansion_accuracy": self._same(taught, piece),
            "readable_documents": Score(float(constructs is not None)),
        }
        lines = piece.text.count("\n") + 1
        scores["seconds_per_100_lines"] = Score(100 * seconds / lines, lines)
        is_exact = self._resolution == "exact"
        if scores["round_trip"].value if is_exact else constructs is not None:
            # At exact, a document that lost something has not made it small.
            ratio = piece.tokens / max(1, self._counter.count(document))
            scores["compression"] = Score(ratio)
            # Weighted by the document's tokens, the mean is all source tokens by all tokens of documents.
            scores["compression_total"] = Score(ratio, piece.tokens / ratio)
        return scores, constructs or []

    def _same(self, made: str | None, piece: SourcePiece) -> Score:
        # What has only documentation comes back as nothing, which is right.
        return Score(float(made is not None and self._codec.is_same(made, piece.text, piece.language)))

    def _teach(self, piece: SourcePiece) -> str:
        try:
            return self._codec.compress(piece.text, piece.language, self._resolution).text
        except CodecError as error:
            raise EvaluationError(
                f"the codec cannot tell {piece.name} ({error})", "leave its file out"
            ) from error

    def _constructs(self, piece: SourcePiece, document: str) -> list[Construct] | None:
        """How the document tells the lines of the source; None for what is no document."""
        try:
            expanded = self._codec.read(document).expanded
        except CodecError:
            return None
        return constructs_of(piece.text, expanded, piece.language) if self._resolution == "exact" else []

    async def _problem(self, problem: Problem, runner: CodeRunner, done: int, total: int) -> Item:

        self._report(done, total)
        source = f"{problem.prompt}{problem.solution}"
        document = await _answered(self._subject.compress(source, "python"))
        back = await _answered(self._subject.expand(document, "python")) if document else None
        verdict = await asyncio.to_thread(check_answer, runner, problem, back) if back else None
        return Item(
            problem.name, {"semantic_preservation": Score(float(verdict is not None and verdict.passed))}
        )


async def _answered(asked: Awaitable[str]) -> str | None:
    """What the subject answers; None where it refuses this one."""
    try:
        return await asked
    except (CodecError, RequestRefusedError):
        return None


def _by_category(pieces: Sequence[SourcePiece], items: Sequence[Item]) -> Table:
    """Compression of each kind of code, with what is expected of it where something is."""
    ratios: dict[str, list[float]] = {}
    for piece, item in zip(pieces, items, strict=False):
        if (score := item.scores.get("compression")) is not None:
            ratios.setdefault(piece.category, []).append(score.value)
    rows = tuple(
        (name or "none of these", str(len(found)), f"{sum(found) / len(found):.2f}", EXPECTED.get(name, ""))
        for name, found in sorted(ratios.items())
    )
    return Table("Compression by kind of code", ("Kind", "Pieces", "Times smaller", "Expected"), rows)


def _consistency(told: Iterable[Iterable[Construct]]) -> Metric:
    every = SetOfConstructs()
    for constructs in told:
        every.add(constructs)
    places, agreeing = every.consistency
    return Metric(agreeing / places if places else 1.0, count=places, wanted=CONSISTENCY_WANTED)
