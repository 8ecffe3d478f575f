"""The three controls of the definition, on files whose answer is known, and the laws of the measure."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from aifirst_validator.connectivity import background as table
from aifirst_validator.connectivity.carry import (
    MIN_GLUE_TERMS,
    Evidence,
    excess,
    plain_carry,
)
from aifirst_validator.connectivity.layers import split_layers
from aifirst_validator.connectivity.measure import measure_connectivity
from aifirst_validator.connectivity.weights import GLUE, KINDS
from aifirst_validator.connectivity.weights import TICKET as TICKET_WEIGHTS
from connectivity_readings import (
    CACHE,
    CACHE_CODE,
    CACHE_DOC,
    SETTINGS,
    STRANGE_CACHE,
    STRANGE_TICKET,
    TICKET,
    file_of,
    reading_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def score_of(text: str, source: str = "glue") -> float | None:
    measured = measure_connectivity(reading_of(text), settings=SETTINGS)
    return next(carry.score for carry in measured.carries if carry.source == source)


def test_a_file_with_its_own_comments_passes() -> None:
    score = score_of(CACHE)
    assert score is not None
    assert score > 0.9


def test_a_file_with_the_comments_of_another_fails() -> None:
    score = score_of(STRANGE_CACHE)
    assert score is not None
    assert score < 0.1


def test_the_own_ticket_passes_and_that_of_another_file_fails() -> None:
    own, strange = score_of(TICKET + CACHE, "ticket"), score_of(STRANGE_TICKET + CACHE, "ticket")
    assert own is not None
    assert strange is not None
    assert strange < 0.1 < 0.9 < own


def test_a_ticket_kept_apart_is_judged_like_one_in_the_file() -> None:
    apart = measure_connectivity(reading_of(CACHE), ticket=STRANGE_TICKET, settings=SETTINGS)
    assert apart.verdict == "broken"
    assert [reason.part for reason in apart.reasons] == ["C2"]


def test_a_broken_carry_names_the_terms_that_do_not_come_back_and_a_place_among_the_comments() -> None:
    reading = reading_of(STRANGE_CACHE)
    (reason,) = measure_connectivity(reading, settings=SETTINGS).reasons
    assert "pawn" in reason.message
    assert b"pawn" in reading.data[reason.start : reason.end]


def test_a_ticket_does_not_count_as_glue() -> None:
    layers = split_layers(file_of(TICKET + CACHE))
    assert layers.glue.terms == split_layers(file_of(CACHE)).glue.terms
    assert layers.ticket is not None
    assert layers.ticket.terms["evict"] == 2


def test_comments_are_no_part_of_the_code_layer() -> None:
    assert split_layers(file_of(STRANGE_CACHE)).code.terms == split_layers(file_of(CACHE)).code.terms


def test_a_file_with_few_words_in_its_comments_is_not_judged() -> None:
    text = CACHE_CODE.format('"""Pawns, rooks."""', '"""Bishops."""', "Knights.", '"""Kings."""')
    measured = measure_connectivity(reading_of(text), settings=SETTINGS)
    assert len(split_layers(file_of(text)).glue.terms) < MIN_GLUE_TERMS
    assert measured.c2 is None
    assert measured.verdict == "not judged"


def test_comments_in_another_language_are_not_judged() -> None:
    german = "Der Läufer schlägt den Bauern und der König wird mit dem Turm nicht in die Ecke gestellt. "
    text = CACHE_CODE.format(*(f'"""{german * 2}"""' if n != 2 else german for n in range(4)))
    assert score_of(text) is None


def test_swapping_two_units_comments_lowers_the_score_although_every_word_is_in_the_file() -> None:
    pieces = [
        '"""Keeps downloaded pages in a folder until their lifetime ends."""',
        '"""The bytes of the page at an address, from the folder when it is young enough to be returned."""',
        "A page past its lifetime is downloaded again.",
        '"""Unlink the oldest pages until the size of the folder is within its limit, oldest first."""',
    ]
    swapped = [pieces[0], pieces[3], pieces[2], pieces[1]]
    evidence = [
        measure_connectivity(reading_of(CACHE_DOC + CACHE_CODE.format(*each)), settings=SETTINGS)
        .carries[0]
        .evidence
        for each in (pieces, swapped)
    ]
    assert evidence[0].words == evidence[1].words
    assert evidence[0].place > evidence[1].place
    assert evidence[0].names > evidence[1].names


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [("a a b c", "a b c d", 1.0), ("a b c d", "a b", 0.5), ("a b", "c d", 0.0), ("", "a", 0.0)],
)
def test_the_plain_carry_is_the_share_of_top_terms(source: str, target: str, expected: float) -> None:
    assert plain_carry(Counter(source.split()), Counter(target.split())) == expected


def test_the_plain_carry_looks_at_twenty_terms_only() -> None:
    source = Counter({f"term{n:02}": 50 - n for n in range(40)})
    assert plain_carry(source, Counter({f"term{n:02}": 1 for n in range(20, 40)})) == 0.0


@settings(derandomize=True, max_examples=80)
@given(st.lists(st.tuples(st.booleans(), st.floats(0.02, 0.97), st.floats(0.1, 2.0)), max_size=30))
def test_excess_grows_with_every_hit_and_its_share_stays_below_one(
    trials: list[tuple[bool, float, float]],
) -> None:
    score, share = excess(trials)
    assert share <= 1.0
    for index, (_, chance, weight) in enumerate(trials):
        better = [*trials[:index], (True, chance, weight), *trials[index + 1 :]]
        assert excess(better)[0] >= score
        assert excess(better)[1] >= share


def test_excess_is_nothing_when_hits_are_as_frequent_as_chance() -> None:
    assert excess([(True, 0.5, 1.0), (False, 0.5, 1.0)] * 10) == (0.0, 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_more_evidence_of_any_kind_never_lowers_the_score(kind: str) -> None:
    assert getattr(GLUE, kind) > 0
    assert GLUE.score(Evidence(**{kind: 2.0})) > GLUE.score(Evidence(**{kind: 1.0})) > GLUE.score(Evidence())


def test_no_evidence_at_all_fails() -> None:
    assert GLUE.score(Evidence()) < 0.05
    assert TICKET_WEIGHTS.score(Evidence()) < 0.05


def test_the_measure_gives_the_same_answer_every_time() -> None:
    first, second = (measure_connectivity(reading_of(TICKET + CACHE), settings=SETTINGS) for _ in range(2))
    assert first == second


def test_the_shipped_table_is_the_one_the_weights_were_fitted_with() -> None:
    assert hashlib.sha256(table.table_path().read_bytes()).hexdigest() == table.TABLE_DIGEST


def test_common_words_weigh_less_than_rare_ones() -> None:
    rates = table.load_background().rates
    assert rates("read").code > rates("socket").code > rates("zygomorph").code
    assert rates("socket").weight > rates("read").weight
