"""A context from a request: the steps find units, the ranks are fused, the best are packed and written.

The text that comes out is counted by the tokenizer as a whole, and never has a token more than the budget.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec
from aifirst_codebase.tokens import get_counter
from aifirst_model.relevance.tree_file import RelevanceFileError

from aifirst_memory.context.arrange import arrange, make_items
from aifirst_memory.context.asked_lines import make_parts
from aifirst_memory.context.candidate import LONG, Candidate, Parts
from aifirst_memory.context.count_pieces import counts_by_piece
from aifirst_memory.context.file_text import FileTexts
from aifirst_memory.context.find import FoundUnits, find_units
from aifirst_memory.context.formats.json import write_json
from aifirst_memory.context.formats.write import WRITERS
from aifirst_memory.context.pack import LARGEST_SHARE, Holders, Pack, pack
from aifirst_memory.context.request import ContextAnswer, ContextError, ContextRequest
from aifirst_memory.context.resolutions.meta import fill_meta
from aifirst_memory.context.sources import ContextSources
from aifirst_memory.context.targets import find_targets

_MOST_CANDIDATES = 120
_SLACK = 0.04
"""Share of the budget that may be left unused rather than planning again."""
_SHARED_HEADINGS = 1.065
"""A plan counts a heading for every unit; adjacent ones share theirs, which saves about so much."""
_ROUNDS = 3
_MOST_IN_PARTS = 4
"""Long units, the best ones, that may be given in parts: choosing lines takes a millisecond a unit."""
_LEAST_FOR_PARTS = 4_000
"""Tokens of a budget from which long units are given in parts: in less, whole ones found more of what commits change."""
_BEST_RANKS = 3
"""Units of which one is told where they are too large to be given whole."""


def assemble(sources: ContextSources, texts: FileTexts, request: ContextRequest) -> ContextAnswer:
    """The answer to a request. Raises `ContextError` for files that are not there and an empty request."""
    started = time.perf_counter()
    if not request.query.strip() and not request.files:
        raise ContextError("there is nothing to go by. Say the task in words, or name a file.")
    counter = get_counter(sources.tokenizer)
    count = counter.count
    targets = find_targets(sources, texts, request.files)
    if request.docs:
        from aifirst_memory.context.documentation import assemble_package

        answer = assemble_package(sources, texts, request, targets, count)
    else:
        found = find_units(sources, texts, request, targets)
        parts, told = _parts(sources, request)
        candidates = open_candidates(sources, texts, found, count, _words(request.query), parts)
        if request.resolution == "meta":
            answer = fill_meta(sources, request, candidates, count)
        else:
            answer = fill(request, candidates, count, counts_by_piece(counter))
        answer = msgspec.structs.replace(
            answer, notices=(*found.notices, *told, *answer.notices), considered=len(found.ranked)
        )
        if request.format == "json":
            text = write_json(request.query, answer.budget, answer.tokens, answer.items, answer.notices)
            answer = msgspec.structs.replace(answer, text=text)
    return msgspec.structs.replace(answer, seconds=round(time.perf_counter() - started, 6))


def _parts(sources: ContextSources, request: ContextRequest) -> tuple[Parts | None, tuple[str, ...]]:
    """What gives long units in parts, where that is wanted; a notice where the ranker's file is damaged."""
    if not request.relevance or request.resolution != "auto" or request.tokens < _LEAST_FOR_PARTS:
        return None, ()
    try:
        return make_parts(sources, request.query), ()
    except RelevanceFileError as error:
        return None, (f"long units are given whole or in short: {error}",)


def _words(query: str) -> dict[str, str]:
    """The words of a query that tell, the weightiest first, each with how the person wrote it."""
    from aifirst_memory.search.query import read_query
    from aifirst_memory.search.reasons import Spelling

    weights = read_query(query).weights
    spelling = Spelling(query)
    telling = sorted((word for word in weights if len(word) > 2), key=lambda word: (-weights[word], word))
    return {word: spelling[word] for word in telling}


def open_candidates(
    sources: ContextSources, texts: FileTexts, found: FoundUnits, count: Callable[[str], int],
    asked: Mapping[str, str] = MappingProxyType({}), parts: Parts | None = None,
) -> list[Candidate]:  # fmt: skip
    """The units named and the best ranked ones with their files; what is gone from disk is left out."""
    connection = sources.connection
    made: dict[tuple[str, int], Candidate] = {}
    for place in found.named:
        file = texts.open(connection, place.path)
        if file is not None:
            unit = file.outermost(place.unit)
            made.setdefault(
                (place.path, unit),
                Candidate(
                    file, unit, count, rank=len(made), score=1.0, step="target", reasons=("asked for",), named=True
                ),
            )  # fmt: skip
    present_number = texts.at_one_moment(connection)
    long = 0
    for one in found.ranked:
        if len(made) >= _MOST_CANDIDATES + len(found.named):
            break
        present = present_number(*one.place)
        if present is None:
            continue
        file, unit = present[0], present[0].outermost(present[1])
        key = one.place.path, unit
        if key not in made:
            long += file.tokens(unit) >= LONG
            made[key] = Candidate(
                file,
                unit,
                count,
                rank=len(made),
                score=one.score,
                step=one.step,
                reasons=one.reasons,
                asked=asked,
                parts=parts if long <= _MOST_IN_PARTS else None,
            )
    return list(made.values())


def fill(
    request: ContextRequest, candidates: Sequence[Candidate], count: Callable[[str], int],
    count_whole: Callable[[str], int] | None = None,
) -> ContextAnswer:  # fmt: skip
    """The best that fits the budget: planned by what each unit costs, then corrected by what the text counts.

    The plan is made again with what it missed the budget by, and last of all units are given up until it fits.
    `count_whole` is what counts the text, `count` by default.
    """
    count_whole = count_whole or count
    budget = request.tokens
    aim = budget if request.format == "json" else int(budget * _SHARED_HEADINGS)
    best = made = Pack(0, request.format)
    text, tokens, most = "", 0, -1
    for _ in range(_ROUNDS):
        made = Pack(aim, request.format)
        pack(candidates, Holders(candidates, count), made, request.resolution)
        written, counted = _written(made, request.format, count_whole)
        if most < counted <= budget:
            best, text, tokens, most = made, written, counted, counted
        missed = budget - counted
        if 0 <= missed <= budget * _SLACK or made.is_complete(candidates):
            break
        aim += missed if missed > 0 else missed - budget // 200
    if most < 0:
        best = made
        text, tokens = _cut_down(best, request.format, budget, count_whole)
    notices = (*_notices(candidates, best, budget), *_too_large(candidates, best, request))
    return ContextAnswer(request.query, tuple(make_items(best.chosen)), tokens, budget, text, notices)


def _written(made: Pack, shape: str, count: Callable[[str], int]) -> tuple[str, int]:
    """The text as it would be given, and its tokens; of `json` the sum of the items'."""
    if shape == "json":
        return "", sum(item.tokens for item in make_items(made.chosen))
    text = WRITERS[shape](arrange(made.chosen))
    return text, count(text)


def _cut_down(made: Pack, shape: str, budget: int, count: Callable[[str], int]) -> tuple[str, int]:
    """Give up the lowest ranked units until the text fits; nothing is left where not one does."""
    text, tokens = _written(made, shape, count)
    while tokens > budget and made.chosen:
        over = tokens - budget
        for candidate in sorted(made.chosen, key=lambda one: -one.rank):
            over -= candidate.tokens(made.chosen[candidate])
            made.drop(candidate)
            if over <= 0:
                break
        text, tokens = _written(made, shape, count)
    return text, tokens


def _too_large(candidates: Sequence[Candidate], made: Pack, request: ContextRequest) -> tuple[str, ...]:
    """Which of the very best units are not given whole because they are so large, and how to have them."""
    if request.resolution not in ("auto", "exact") or not made.chosen:
        return ()
    large = [
        one
        for one in candidates
        if one.rank < _BEST_RANKS and not one.named and one.exact_tokens > request.tokens * LARGEST_SHARE
        if made.chosen.get(one) != "exact"
    ]
    if not large:
        return ()
    told = " and ".join(f"{one.file.path}::{one.name}" if one.name else one.file.path for one in large)
    tokens = " and ".join(f"{one.exact_tokens:,}" for one in large)
    which = (
        "fits well but is too large to be given whole"
        if len(large) == 1
        else "fit well but are too large to be given whole"
    )
    name = "Name it" if len(large) == 1 else "Name them"
    return (
        f"{told} {which}: {tokens} tokens of {request.tokens:,}. {name} with --file, or give a larger --budget.",
    )


def _notices(candidates: Sequence[Candidate], made: Pack, budget: int) -> tuple[str, ...]:
    """What of that named is not given whole, and what to do about it."""
    lower: dict[str, list[str]] = {}
    for candidate in candidates:
        given = made.chosen.get(candidate)
        if candidate.named and given != "exact" and candidate.text("exact"):
            lower.setdefault(given or "left out", []).append(candidate.name or candidate.file.path)
    notices: list[str] = []
    for how, names in lower.items():
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        told = how if how == "left out" else f"given as {how}"
        verb = "is" if len(names) == 1 else "are"
        notices.append(f"{shown} {verb} {told}: more than a budget of {budget:,} tokens holds")
    if not made.chosen and candidates and not notices:
        empty = not any(one.text("exact") for one in candidates)
        advice = f"nothing fits a budget of {budget:,} tokens. Give a larger one with --budget."
        notices.append("what was found is empty: there is nothing to give." if empty else advice)
    if not candidates:
        notices.append("nothing was found. Say the task in other words, or name a file.")
    return tuple(notices)
