"""Questions that need several paragraphs (HotpotQA, Yang et al. 2018, the distractor setting): found, and answered.

Read is the published file: a JSON list of objects with _id, question, answer, context ([title, sentences] each) and
supporting_facts ([title, number of the sentence] each). Paragraphs are ranked by BM25 (Robertson and Zaragoza 2009), and
the best are what a model is shown. Answers are compared as the paper's own program does it: without case, punctuation and
articles. Left out: naming the supporting sentences, pictures of documents.
"""

from __future__ import annotations

import json
import math
import re
import string
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.request import Chat, Message

_WORD: Final = re.compile(r"\w+")
_ARTICLE: Final = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)
_CLOSED: Final = frozenset({"yes", "no", "noanswer"})
_GROWTH, _LENGTH = 1.2, 0.75
"""BM25's k1 and b."""


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of the context."""

    title: str
    text: str


class HotpotQuestion(msgspec.Struct, frozen=True):
    """A question with its paragraphs; those with a title of `needed` hold what the answer follows from."""

    name: str
    question: str
    answer: str
    paragraphs: tuple[Paragraph, ...]
    needed: frozenset[str]


class _Row(msgspec.Struct, rename={"name": "_id"}):
    name: str
    question: str
    answer: str
    context: list[tuple[str, list[str]]]
    supporting_facts: list[tuple[str, int]]


def read_hotpot(path: Path) -> tuple[HotpotQuestion, ...]:
    """The questions of a file, in its order. Raises EvaluationError for one of another form."""
    try:
        rows = msgspec.convert(_decoded(path), list[_Row])
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror})", "check its path") from None
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise EvaluationError(
            f"{path} is no file of HotpotQA's distractor setting ({error})", "give its own file, unchanged"
        ) from None
    questions = tuple(
        HotpotQuestion(
            row.name, row.question, row.answer,
            tuple(Paragraph(title, "".join(sentences)) for title, sentences in row.context),
            frozenset(title for title, _ in row.supporting_facts),
        )
        for row in rows
    )  # fmt: skip
    if not questions or not all(question.paragraphs and question.needed for question in questions):
        raise EvaluationError(
            f"{path} has no questions, or one without paragraphs", "give the distractor file"
        )
    return questions


def _decoded(path: Path) -> Any:
    return json.loads(path.read_bytes().removeprefix(BOM_UTF8))


def rank_paragraphs(question: HotpotQuestion) -> list[Paragraph]:
    """The paragraphs, likeliest first by BM25 over titles and texts; equals in their order."""
    told = [Counter(_words(f"{one.title} {one.text}")) for one in question.paragraphs]
    sizes = [sum(words.values()) for words in told]
    mean = sum(sizes) / len(sizes) or 1.0
    asked = set(_words(question.question))
    rarity = {
        word: math.log(1 + (len(told) - found + 0.5) / (found + 0.5))
        for word in asked
        if (found := sum(word in words for words in told))
    }

    def score(at: int) -> float:
        room = _GROWTH * (1 - _LENGTH + _LENGTH * sizes[at] / mean)
        return math.fsum(
            rare * told[at][word] * (_GROWTH + 1) / (told[at][word] + room)
            for word, rare in sorted(rarity.items())
        )

    order = sorted(range(len(told)), key=lambda at: -score(at))
    return [question.paragraphs[at] for at in order]


def ask_hotpot(question: HotpotQuestion, shown: Sequence[Paragraph]) -> Chat:
    """The question put to a model that is shown some of the paragraphs."""
    told = "\n\n".join(f"{one.title}\n{one.text.strip()}" for one in shown)
    return Chat((
        Message("system", "Answer with the fewest words that answer, taken from the text: no sentence, no reason."),
        Message("user", f"{told}\n\nQuestion: {question.question}"),
    ))  # fmt: skip


def score_answer(given: str, right: str) -> tuple[float, float]:
    """Exact match and F1 over words, as the paper's program computes them; only the first line given counts."""
    ours, theirs = _plain(given.strip().partition("\n")[0]), _plain(right)
    exact = float(ours == theirs)
    if ours != theirs and (ours in _CLOSED or theirs in _CLOSED):
        return exact, 0.0
    left, wanted = ours.split(), theirs.split()
    common = (Counter(left) & Counter(wanted)).total()
    if not common:
        return exact, exact
    precision, recall = common / len(left), common / len(wanted)
    return exact, 2 * precision * recall / (precision + recall)


def _plain(text: str) -> str:
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
