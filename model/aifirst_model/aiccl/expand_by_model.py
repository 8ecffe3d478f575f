"""Code from a document by a model, judged by the codec: what `low` or `medium` does not hold is written anew.

Each answer is parsed and compressed again; how far that gives back the document is its score (cycle consistency). The
best of a few tries is given, with what is proved of it and what is not: equal lines say that signatures, calls, effects
and errors are those that the document tells, in its order, and nothing about what it leaves out.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, Literal

import msgspec

from aifirst_model.aiccl.codec import Codec, CodecError, Document
from aifirst_model.aiccl.prompt_format import ask_to_expand, chat_of
from aifirst_model.aiccl.quality import told_lines
from aifirst_model.ask_what_fits import ask_what_fits
from aifirst_model.request import Options
from aifirst_model.text_model import TextModel

Proof = Literal["same tree", "same lines", "in part", "nothing", "too long"]
"""How much is proved: all of it, all that the document tells, a share of its lines, or not even that the code parses."""

_FENCED: Final = re.compile(r"\A\s*```[\w+-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_MOST_CUT: Final = 40
"""Lines that may be taken off the end of an answer that was cut."""


class ExpandOptions(msgspec.Struct, frozen=True):
    """How a document is expanded. The first try is greedy, further ones are drawn at the temperature."""

    tries: int = 4
    max_tokens: int = 1024
    temperature: float = 0.7
    seed: int = 0


class Expansion(msgspec.Struct, frozen=True):
    """The best answer. `score` is the F1 of the document's lines, those of the answer compressed again as the guess.

    `missing` are lines of the document that the code is not told in, `added` those it is told in and should not.
    """

    code: str
    score: float
    proof: Proof
    tries: int
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


async def expand_by_model(
    model: TextModel, document: str, language: str, codec: Codec, options: ExpandOptions | None = None
) -> Expansion:
    """The code of a document of one block. Raises `CodecError` for what is no document, `ModelError` of the model."""
    asked = ExpandOptions() if options is None else options
    read = codec.read(document)
    prompt = chat_of(ask_to_expand(document, language))
    best = Expansion("", -1.0, "nothing", 0)
    for number in range(asked.tries):
        given = Options(
            max_tokens=asked.max_tokens,
            temperature=asked.temperature if number else 0.0,
            seed=asked.seed + number,
        )
        answer = await ask_what_fits(model, prompt, given)
        if answer is None:
            return Expansion("", 0.0, "too long", number + 1)
        made = judge_expansion(read, mended(answer.text, language, codec), language, codec)
        if made.score > best.score:
            best = made
        if best.proof in ("same tree", "same lines"):
            return msgspec.structs.replace(best, tries=number + 1)
    return msgspec.structs.replace(best, score=max(0.0, best.score), tries=asked.tries)


def judge_expansion(document: Document, code: str, language: str, codec: Codec) -> Expansion:
    """How far code is what a document tells of; never raises."""
    if document.resolution == "exact" and codec.is_same(code, document.expanded, language):
        return Expansion(code, 1.0, "same tree", 1)
    try:
        again = codec.read(codec.compress(code, language, document.resolution, 0).text)
    except CodecError:
        return Expansion(code, -0.5, "nothing", 1)  # below any code that parses
    ours, theirs = _lines(document.expanded), _lines(again.expanded)
    missing, added = ours - theirs, theirs - ours
    common = sum((ours & theirs).values())
    score = 2 * common / (sum(ours.values()) + sum(theirs.values())) if ours or theirs else 1.0
    equal = not missing and not added and document.resolution != "exact"
    proof: Proof = "same lines" if equal else "in part"
    return Expansion(code, score, proof, 1, tuple(missing.elements()), tuple(added.elements()))


def _lines(text: str) -> Counter[str]:
    """What the lines tell, the path left out."""
    found = told_lines(text)
    for path in [line for line in found if re.fullmatch(r"unit\.\w+", line)]:
        del found[path]
    return found


def mended(answer: str, language: str, codec: Codec) -> str:
    """The code of an answer: out of its fence, and without a cut end where what is left then parses."""
    fenced = _FENCED.match(answer)
    code = (fenced[1] if fenced is not None else answer).strip("\n") + "\n"
    if codec.parses(code, language):
        return code
    for shorter in _without_end(code):
        for closed in (shorter, shorter + _closers(shorter)):
            if closed.strip() and codec.parses(closed, language):
                return closed
    return code


def _without_end(code: str) -> list[str]:
    lines = code.splitlines(keepends=True)
    return ["".join(lines[: len(lines) - cut]) for cut in range(min(_MOST_CUT, len(lines)))]


def _closers(code: str) -> str:
    """The braces that are open at the end, strings and comments not looked at."""
    return "}\n" * max(0, code.count("{") - code.count("}"))


def what_is_unproved(expansion: Expansion, resolution: str) -> str:
    """A sentence for a person."""
    if expansion.proof == "same tree":
        return "proved: the syntax tree is that of the document"
    if expansion.proof == "same lines":
        told = "signatures, calls, effects and errors" if resolution == "low" else "signatures and key lines"
        return f"{told} are those of the document; everything it leaves out was written by the model and is unproved"
    if expansion.proof == "too long":
        return "left out: the document is longer than the model has room for"
    if expansion.proof == "nothing":
        return "unproved: the model's answer does not parse"
    return (
        f"unproved: {expansion.score:.0%} of the lines agree with the document, {len(expansion.missing)} are missing, "
        f"{len(expansion.added)} are there that it does not tell"
    )
