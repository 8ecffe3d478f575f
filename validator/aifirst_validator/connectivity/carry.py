"""Does what a layer says come back in the next one? The plain carry, and the evidence that chance is out.

`plain_carry` is the textbook measure: the share of a layer's top terms among the next layer's. Over real
files it does not tell a file's own comments from another file's, so the verdict rests on *evidence*: each
way in which comments echo code is counted, compared with what a stranger's comments would score by chance,
and the six figures are weighed into one score by a logistic function whose weights were fitted on open-source
projects (`weights`). Nothing is drawn at random and nothing is learned when it runs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from aifirst_validator.connectivity.background import Background, TermRates, chance
from aifirst_validator.connectivity.layers import FileLayers, GlueBlock, Layer
from aifirst_validator.connectivity.terms import count_terms, terms_of
from aifirst_validator.connectivity.weights import GLUE, TICKET

TOP: Final = 20
"""Key terms of a layer in the plain carry."""
KEY_TERMS: Final = 150
SHARE_TERMS: Final = 80
BLOCK_TERMS: Final = 15
MAX_BLOCKS: Final = 80
SHOWN: Final = 8
BEFORE: Final = 150
AFTER: Final = 300
"""Bytes of code around a comment that it most likely speaks of."""
MIN_GLUE_TERMS: Final = 20
MIN_CODE_TERMS: Final = 10
"""Distinct terms below which there is too little to judge."""
MIN_TICKET_TERMS: Final = 12
MIN_REST_TERMS: Final = 20
NAME_CHANCE: Final = 0.04

Trial = tuple[bool, float, float]
"""Whether a term came back, the probability that it does so by chance, and how much it tells."""


class Evidence(msgspec.Struct, frozen=True):
    """How far each kind of echo is beyond chance. A stranger's text is around 0 in all of them.

    `words` (a standard score) and `share` (excess as a share of what is possible) ask whether the key terms
    occur in the code at all; `place` and `near` (standard scores) whether they occur in the very unit, and
    within a few lines, rather than elsewhere in the file; `identifiers` whether the identifiers spelled out
    exist; `names` whether the words of a unit's name occur in its own comments.
    """

    words: float = 0.0
    share: float = 0.0
    place: float = 0.0
    near: float = 0.0
    identifiers: float = 0.0
    names: float = 0.0


class Carry(msgspec.Struct, frozen=True):
    """How much of `source` comes back in `target`.

    `plain` is the share of top-20 terms among the target's top 20. `score` (0 to 1, 0.5 at the calibrated
    border) is None where there is too little to judge. `missing` are the source's key terms that do not
    occur in the target, the most telling first; [start, end) is the place that most of them stand at.
    """

    source: str
    target: str
    plain: float
    score: float | None
    evidence: Evidence = Evidence()
    missing: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


def plain_carry(source: Counter[str], target: Counter[str], top: int = TOP) -> float:
    """|K(x) & K(y)| / |K(x)|, K the `top` most frequent terms, ties by alphabet; 0 for an empty source."""
    first = _most_frequent(source, top)
    return len(first & _most_frequent(target, top)) / len(first) if first else 0.0


def _most_frequent(terms: Counter[str], top: int) -> set[str]:
    return set(sorted(terms, key=lambda term: (-terms[term], term))[:top])


def carry_of_glue(layers: FileLayers, background: Background) -> Carry:
    """How much of the comments comes back in the code of the same file."""
    glue, code = layers.glue, layers.code
    top = key_terms(glue.terms, background, KEY_TERMS)
    score = None
    evidence = Evidence()
    if glue.english and len(glue.terms) >= MIN_GLUE_TERMS and len(code.terms) >= MIN_CODE_TERMS:
        words, share = _occurrence(_code_trials(top, code.terms, background))
        evidence = Evidence(
            words, share, _place(layers, background), _near(layers, background),
            _identifiers(glue, code.names), _names(layers, background),
        )  # fmt: skip
        score = GLUE.score(evidence)
    missing = [term for term in top if term not in code.terms]
    worst = _where(layers.blocks, missing)
    start, end = (worst.start, worst.end) if worst is not None else (0, 0)
    spelled = _spelled(glue, missing[:SHOWN])
    return Carry("glue", "code", plain_carry(glue.terms, code.terms), score, evidence, spelled, start, end)


def carry_of_ticket(layers: FileLayers, background: Background) -> Carry:
    """How much of the ticket comes back in the comments and code of its file; the file must have a ticket."""
    source = layers.ticket or Layer(Counter(), frozenset())
    rest = layers.glue.terms.keys() | layers.code.terms.keys()
    top = key_terms(source.terms, background, KEY_TERMS)
    score = None
    evidence = Evidence()
    if source.english and len(source.terms) >= MIN_TICKET_TERMS and len(rest) >= MIN_REST_TERMS:
        words, share = _occurrence(_rest_trials(top, layers, background))
        names = layers.code.names | layers.glue.names
        evidence = Evidence(
            words,
            share,
            identifiers=_identifiers(source, names),
            names=_unit_names(source, layers, background),
        )
        score = TICKET.score(evidence)
    missing = [term for term in top if term not in rest]
    start, end = layers.ticket_span
    return Carry(
        "ticket", "glue", plain_carry(source.terms, layers.glue.terms), score, evidence,
        _spelled(source, missing[:SHOWN]), start, end,
    )  # fmt: skip


def carry_between(spec: Layer, ticket: Layer, background: Background) -> Carry:
    """How much of a specification comes back in a ticket: the plain carry alone.

    It has no score: nobody has published specifications with their tickets, so nothing could calibrate it.
    """
    top = key_terms(spec.terms, background, KEY_TERMS)
    missing = [term for term in top if term not in ticket.terms]
    plain = plain_carry(spec.terms, ticket.terms)
    return Carry("spec", "ticket", plain, None, missing=_spelled(spec, missing[:SHOWN]))


def key_terms(terms: Counter[str], background: Background, top: int) -> list[str]:
    """The terms that tell most: frequent here, rare at large, and of a kind that comes back."""
    rates = background.rates
    weighed = sorted([(-(1.0 + math.log(n)) * rates(term).weight, term) for term, n in terms.items()])
    return [term for _, term in weighed[:top]]


def excess(trials: Iterable[Trial]) -> tuple[float, float]:
    """(standard score, share): weighed hits beyond chance over their deviation, and over all possible ones."""
    beyond = variance = room = 0.0
    for hit, by_chance, weight in trials:
        beyond += weight * (hit - by_chance)
        variance += weight * weight * by_chance * (1.0 - by_chance)
        room += weight * (1.0 - by_chance)
    return beyond / math.sqrt(variance + 1.0), beyond / (room + 1.0)


def _occurrence(trials: Sequence[Trial]) -> tuple[float, float]:
    return excess(trials)[0], excess(trials[:SHARE_TERMS])[1]


def _code_trials(top: Sequence[str], code: Counter[str], background: Background) -> list[Trial]:
    size = len(code)
    found: list[Trial] = []
    for term in top:
        rates = background.rates(term)
        by_chance = chance(rates.code, size)
        found.append((term in code, by_chance, _tells(rates, by_chance)))
    return found


def _rest_trials(top: Sequence[str], layers: FileLayers, background: Background) -> list[Trial]:
    code, glue = layers.code.terms, layers.glue.terms
    found: list[Trial] = []
    for term in top:
        rates = background.rates(term)
        by_chance = 1.0 - (1.0 - chance(rates.code, len(code))) * (1.0 - chance(rates.glue, len(glue)))
        found.append((term in code or term in glue, by_chance, _tells(rates, by_chance)))
    return found


def _tells(rates: TermRates, by_chance: float) -> float:
    # The slope of the likelihood ratio where carry sets in, damped so that one rare word cannot decide.
    return min(2.0, (1.0 - by_chance) * rates.carry / (by_chance + 0.05))


def _place(layers: FileLayers, background: Background) -> float:
    """Of the key terms of a unit's comments that the file's code has: are they in that unit?"""
    code = layers.code
    size = max(1, len(code.terms))
    by_unit: dict[int, Counter[str]] = {}
    for block in layers.blocks:
        if block.unit:
            by_unit.setdefault(block.unit, Counter()).update(block.terms)
    trials: list[Trial] = []
    for unit, terms in by_unit.items():
        own = code.of_unit[unit]
        outside = 1.0 - min(0.98, len(own) / size)
        for term in key_terms(terms, background, BLOCK_TERMS):
            if term in code.terms:
                by_chance = min(0.97, max(0.02, 1.0 - outside ** code.units_with[term]))
                trials.append((term in own, by_chance, 1.0 / math.sqrt(by_chance + 0.02)))
    return excess(trials)[0]


def _near(layers: FileLayers, background: Background) -> float:
    """Of the key terms of a comment that the file's code has: are they within a few lines of it?"""
    code = layers.code
    comments = [block for block in layers.blocks if not block.docstring]
    step = max(1, math.ceil(len(comments) / MAX_BLOCKS))
    outside = 1.0 - min(0.9, (BEFORE + AFTER) / max(1, len(code.blank)))
    trials: list[Trial] = []
    for block in comments[::step]:
        beside = code.near(block.start - BEFORE, block.end + AFTER)
        for term in key_terms(block.terms, background, BLOCK_TERMS):
            if term in code.terms:
                by_chance = min(0.97, max(0.02, 1.0 - outside ** code.terms[term]))
                trials.append((term in beside, by_chance, 1.0 / math.sqrt(by_chance + 0.02)))
    return excess(trials)[0]


def _identifiers(source: Layer, names: frozenset[bytes]) -> float:
    """Do the identifiers that a text spells out exist?"""
    return excess((name in names, NAME_CHANCE, 1.0) for name in sorted(source.names))[1]


def _names(layers: FileLayers, background: Background) -> float:
    """Do the words of a unit's name occur in its comments, more than in those of other units?"""
    units = layers.code.reading.units if layers.code.reading is not None else []
    by_unit: dict[int, set[str]] = {}
    for block in layers.blocks:
        if block.unit:
            by_unit.setdefault(block.unit, set()).update(block.terms)
    spread = Counter(term for terms in by_unit.values() for term in terms)
    trials: list[Trial] = []
    for unit, terms in by_unit.items():
        for term in count_terms(units[unit].name.rpartition(".")[2]):
            hit = term in terms
            by_chance = chance(background.rates(term).glue, len(terms))
            if len(by_unit) > 3:
                by_chance = max(by_chance, (spread[term] - hit) / (len(by_unit) - 1))
            by_chance = min(0.95, max(0.02, by_chance))
            trials.append((hit, by_chance, 1.0 / (by_chance + 0.2)))
    return excess(trials)[1]


def _unit_names(source: Layer, layers: FileLayers, background: Background) -> float:
    """Do the words of the file's unit names occur in a text?"""
    units = layers.code.reading.units if layers.code.reading is not None else []
    words = sorted({term for unit in units[1:] for term in count_terms(unit.name)})
    trials: list[Trial] = []
    for term in words:
        by_chance = min(0.95, max(0.02, chance(background.rates(term).glue, len(source.terms))))
        trials.append((term in source.terms, by_chance, 1.0 / (by_chance + 0.2)))
    return excess(trials)[1]


def _where(blocks: Sequence[GlueBlock], missing: Sequence[str]) -> GlueBlock | None:
    """The block that most of the missing terms stand in, the first of equals."""
    wanted = set(missing[:SHARE_TERMS])
    best: GlueBlock | None = None
    most = -1
    for block in blocks:
        count = len(wanted & block.terms.keys())
        if count > most:
            best, most = block, count
    return best


def _spelled(layer: Layer, stems: Sequence[str]) -> tuple[str, ...]:
    """The stems as the layer writes them: the shortest plain word, ties by alphabet."""
    spelling: dict[str, bytes] = {}
    wanted = set(stems)
    for word in layer.words:
        terms = terms_of(word)
        if len(terms) == 1 and terms[0] in wanted:
            known = spelling.get(terms[0])
            if known is None or (len(word), word) < (len(known), known):
                spelling[terms[0]] = word
    return tuple(spelling[stem].decode() if stem in spelling else stem for stem in stems)
