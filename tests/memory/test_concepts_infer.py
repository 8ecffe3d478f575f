"""Inference: the walk finds what forward chaining over all facts would, and shows how."""

from __future__ import annotations

from collections.abc import Iterable

import hypothesis.strategies as st
from aifirst_memory.concepts.infer import INVERSE, RULES, Fact, Inference, infer
from hypothesis import given, settings

_NODES = "abcdef"
_Triple = tuple[str, str, str]
_facts = st.lists(
    st.builds(
        Fact,
        st.sampled_from(_NODES),
        st.sampled_from(["is-a", "part-of", "conflicts-with", "related-to", "implements"]),
        st.sampled_from(_NODES),
    ).filter(lambda fact: fact.subject != fact.target),
    max_size=9,
)


def _links(facts: Iterable[Fact]) -> list[tuple[str, str, str, Fact]]:
    both = [(fact.subject, fact.relation, fact.target, fact) for fact in facts]
    return both + [(fact.target, INVERSE[fact.relation], fact.subject, fact) for fact in facts]


def _infer(facts: Iterable[Fact], start: str, *, depth: int = 12, most: int | None = None) -> list[Inference]:
    links = _links(facts)

    def neighbours(node: str, wanted: frozenset[str]) -> list[tuple[str, str, Fact]]:
        return [
            (relation, target, fact)
            for subject, relation, target, fact in links
            if subject == node and relation in wanted
        ]

    return infer(start, neighbours, depth=depth, most=most)


def _chain_forward(facts: Iterable[Fact]) -> set[_Triple]:
    """Every rule applied to every pair of triples until nothing new comes; symmetric ones hold both ways."""
    known: set[_Triple] = {(fact.subject, fact.relation, fact.target) for fact in facts}
    while True:
        new = {
            (a, rule.gives, c)
            for rule in RULES
            for a, first, b in known
            for b2, then, c in known
            if b == b2 and first == rule.first and then == rule.then
        }
        new |= {(b, relation, a) for a, relation, b in known if INVERSE[relation] == relation}
        if new <= known:
            return known
        known |= new


@settings(derandomize=True, max_examples=200, deadline=None)
@given(_facts, st.sampled_from(_NODES))
def test_the_walk_finds_all_that_forward_chaining_does(facts: list[Fact], start: str) -> None:
    found = {(one.relation, one.target) for one in _infer(facts, start)}
    chained = _chain_forward(facts)
    expected = {(relation, b) for a, relation, b in chained if a == start != b}
    expected |= {(INVERSE[relation], a) for a, relation, b in chained if b == start != a}
    assert found == expected


@settings(derandomize=True, max_examples=150, deadline=None)
@given(_facts, st.sampled_from(_NODES), st.integers(1, 4))
def test_a_derivation_is_a_path_of_facts_as_short_as_any(facts: list[Fact], start: str, depth: int) -> None:
    deep = {(one.relation, one.target): one for one in _infer(facts, start)}
    shallow = _infer(facts, start, depth=depth)
    for one in shallow:
        assert 1 <= len(one.derivation) <= depth
        at = start
        for fact in one.derivation:
            assert at in (fact.subject, fact.target)
            at = fact.target if at == fact.subject else fact.subject
        assert at == one.target
        assert one.inferred == (len(one.derivation) > 1)
        assert len(deep[one.relation, one.target].derivation) == len(one.derivation)
    assert {k for k, one in deep.items() if len(one.derivation) <= depth} == {
        (i.relation, i.target) for i in shallow
    }


@settings(derandomize=True, max_examples=80, deadline=None)
@given(_facts.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_the_order_of_facts_does_not_matter(both: tuple[list[Fact], list[Fact]]) -> None:
    assert _infer(both[0], "a") == _infer(both[1], "a")


def test_the_rules_of_the_ontology() -> None:
    facts = [
        Fact("u.py::#1", "implements", "c"), Fact("c", "part-of", "b"), Fact("b", "part-of", "a"),
        Fact("c", "is-a", "d"), Fact("d", "conflicts-with", "e"), Fact("f", "is-a", "e"),
    ]  # fmt: skip
    assert {(one.relation, one.target) for one in _infer(facts, "u.py::#1")} == {
        ("implements", "c"), ("implements", "b"), ("implements", "a"), ("implements", "d"),
    }  # fmt: skip
    assert {(one.relation, one.target) for one in _infer(facts, "c")} == {
        ("implemented-by", "u.py::#1"), ("part-of", "b"), ("part-of", "a"), ("is-a", "d"),
        ("conflicts-with", "e"), ("conflicts-with", "f"),
    }  # fmt: skip
    (conflict,) = [one for one in _infer(facts, "f") if one.target == "c"]
    assert conflict.relation == "conflicts-with"
    assert [(fact.subject, fact.relation, fact.target) for fact in conflict.derivation] == [
        ("f", "is-a", "e"), ("d", "conflicts-with", "e"), ("c", "is-a", "d"),
    ]  # fmt: skip


def test_what_is_asserted_is_told_apart_and_comes_first() -> None:
    found = _infer([Fact("a", "is-a", "b", "x.py:1"), Fact("b", "is-a", "c", "y.py:2")], "a")
    assert [(one.target, one.inferred) for one in found] == [("b", False), ("c", True)]
    assert found[1].derivation == (Fact("a", "is-a", "b", "x.py:1"), Fact("b", "is-a", "c", "y.py:2"))


def test_the_links_of_a_relation_are_bounded_the_nearest_first() -> None:
    facts = [Fact("a", "is-a", other) for other in "fedcb"] + [
        Fact("a", "part-of", "z"),
        Fact("b", "is-a", "y"),
    ]
    found = _infer(facts, "a", most=2)
    assert [(one.relation, one.target) for one in found] == [("is-a", "b"), ("is-a", "c"), ("part-of", "z")]


def test_a_ring_of_kinds_ends() -> None:
    found = _infer([Fact("a", "is-a", "b"), Fact("b", "is-a", "c"), Fact("c", "is-a", "a")], "a")
    assert {(one.relation, one.target) for one in found} == {
        ("is-a", "b"), ("is-a", "c"), ("has-kind", "b"), ("has-kind", "c"),
    }  # fmt: skip
