"""Judges a model's answer to a question of a pair by the codec, and says in which of four ways it fails.

The first judge, and the one that decides: it reads, expands and compares trees or lines. Left out: whether code that is
told in the same lines is good code.
"""

from __future__ import annotations

import re
from typing import Literal, cast

import msgspec

from aifirst_model.aiccl.codec import Codec, CodecError, Resolution
from aifirst_model.aiccl.expand_by_model import judge_expansion, mended
from aifirst_model.aiccl.prompt_format import read_question

Category = Literal["", "format mismatch", "incomplete answer", "hallucination", "wrong code logic"]


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether an answer is right, by whom, how it fails, in words, and a score from 0 to 1."""

    passed: bool
    by: str
    category: Category = ""
    reason: str = ""
    score: float = 0.0


def judge_answer(question: str, answer: str, codec: Codec) -> Verdict:
    """The codec's verdict; never raises on an answer. Raises `CodecError` for what is no question of a pair."""
    language, asked, text = read_question(question)
    if not language:
        raise CodecError("this is no question of a pair", "give samples of aiccl-compress or aiccl-expand")
    if asked == "expand":
        return _expansion(text, answer, language, codec)
    try:
        document = codec.read(answer)
    except CodecError as error:
        return Verdict(False, "codec", "format mismatch", str(error))
    if document.resolution != asked:
        return Verdict(
            False, "codec", "format mismatch", f"it is at {document.resolution}, asked was {asked}"
        )
    if asked == "exact":
        if codec.is_same(text, document.expanded, language):
            return Verdict(True, "codec", score=1.0)
        parses = codec.parses(document.expanded, language)
        reason = "it expands to another program" if parses else "it expands to what does not parse"
        return Verdict(False, "codec", "wrong code logic" if parses else "incomplete answer", reason)
    own = codec.read(codec.compress(text, language, cast("Resolution", asked), 0).text)
    return _by_lines(_told(own.expanded), _told(document.expanded))


def _expansion(document: str, answer: str, language: str, codec: Codec) -> Verdict:
    made = judge_expansion(codec.read(document), mended(answer, language, codec), language, codec)
    if made.proof in ("same tree", "same lines"):
        return Verdict(True, "codec", score=1.0)
    if made.proof == "nothing":
        return Verdict(False, "codec", "format mismatch", "it does not parse")
    category: Category = "wrong code logic"
    if not made.added:
        category = "incomplete answer"
    elif not made.missing:
        category = "hallucination"
    reason = f"{len(made.missing)} lines are missing, {len(made.added)} are there that should not"
    return Verdict(False, "codec", category, reason, made.score)


def _told(text: str) -> list[str]:
    """The lines of a block that tell something, which a path alone does not."""
    return [line for line in text.split("\n") if line and re.fullmatch(r"unit\.\w+", line) is None]


def _by_lines(ours: list[str], theirs: list[str]) -> Verdict:
    if ours == theirs:
        return Verdict(True, "codec", score=1.0)
    missing = [line for line in ours if line not in theirs]
    added = [line for line in theirs if line not in ours]
    score = 1 - (len(missing) + len(added)) / (len(ours) + len(theirs))
    category: Category = (
        "wrong code logic" if missing and added else "incomplete answer" if missing else "hallucination"
    )
    return Verdict(
        False,
        "codec",
        category,
        f"{len(missing)} lines are missing, {len(added)} are there that should not",
        score,
    )
