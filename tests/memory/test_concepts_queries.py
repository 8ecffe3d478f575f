"""Questions to level 5 and their answers, on a small project that can be checked by eye."""

from __future__ import annotations

import pytest
from aifirst_memory.concepts.queries import (
    concepts_of,
    concepts_of_unit,
    double_definitions,
    enough_files,
    files_sharing_concepts,
    find_concepts,
    is_concept,
    units_of,
)
from aifirst_memory.concepts.relations import related
from concepts_project import ConceptsProject

_SHOP = {
    "shop/orders/models.py": "class Order: pass\nclass OrderItem: pass\n",
    "shop/orders/serializers.py": "class Serializer: pass\nclass OrderSerializer(Serializer): pass\n",
    "shop/orders/views.py": "class OrderView:\n    def render(self): pass\n",
    "shop/prices/price_list.py": "def load(): pass\n",
    "tests/test_serializers.py": "class OrderSerializerTests: pass\n",
    "doc/glossary.md": (
        "# Glossary\n\n- **Price list**: what things cost.\n- **Order view** conflicts with the price list.\n"
    ),
    "shop/login.py": "# @TAG:FEATURE:user-login\n# @TAG:COMPONENT:password-check\nclass PasswordCheck: pass\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> ConceptsProject:
    """The project, read once."""
    return ConceptsProject(_SHOP)


def test_what_a_query_says_word_for_word_comes_first_then_what_is_like_it(shop: ConceptsProject) -> None:
    found = [
        one.concept
        for one in find_concepts(shop.connection, "How does the OrderSerializer, or order-view, work?")
    ]
    assert found[:4] == ["order serializer", "order view", "serializer", "order"]
    assert "order item" in found[4:]


@pytest.mark.parametrize("query", ["price lists", "PriceList", "price_list", "the price-list!", "PRICE LIST"])
def test_a_concept_is_found_however_it_is_spelled(shop: ConceptsProject, query: str) -> None:
    best = find_concepts(shop.connection, query)[0]
    assert (best.concept, best.files) == ("price list", 2)


@pytest.mark.parametrize("query", ["", "the of and", "zebra", "?" * 1000, "a" * 5000, "登录", "% _ ' \" \0"])
def test_a_query_that_means_nothing_finds_nothing(shop: ConceptsProject, query: str) -> None:
    assert find_concepts(shop.connection, query) == []


def test_an_exact_match_scores_one(shop: ConceptsProject) -> None:
    assert find_concepts(shop.connection, "order serializer")[0].score == 1.0


def test_those_who_define_a_concept_come_before_those_who_speak_of_it(shop: ConceptsProject) -> None:
    assert [(one.path, one.unit, one.role) for one in units_of(shop.connection, "order serializer")] == [
        ("shop/orders/serializers.py", 2, "class"), ("tests/test_serializers.py", 1, "test"),
    ]  # fmt: skip
    assert units_of(shop.connection, "nothing of the kind") == []


def test_a_unit_has_its_concepts_by_index_and_by_id(shop: ConceptsProject) -> None:
    (unit,) = [one for one in units_of(shop.connection, "order view") if one.role == "class"]
    of_unit = concepts_of_unit(shop.connection, unit.unit_id)
    assert of_unit == concepts_of(shop.connection, unit.path, unit.unit)
    assert of_unit[0].concept == "order view"
    assert concepts_of_unit(shop.connection, 0) == concepts_of_unit(shop.connection, 10**9) == []
    assert concepts_of(shop.connection, "no/such/file.py") == []


def test_files_share_rare_concepts_and_say_which(shop: ConceptsProject) -> None:
    (best, *_) = files_sharing_concepts(shop.connection, "tests/test_serializers.py")
    assert best.path == "shop/orders/serializers.py"
    assert best.concepts == ("order serializer", "serializer")
    assert files_sharing_concepts(shop.connection, "no/such/file.py") == []
    limited = files_sharing_concepts(shop.connection, "tests/test_serializers.py", 1)
    assert limited == [best]


def test_relations_are_asserted_by_files_by_names_and_by_folders_or_inferred(shop: ConceptsProject) -> None:
    links = {(one.relation, one.target): one for one in related(shop.connection, "order serializer")}
    assert links["is-a", "serializer"].derivation[0].source == "by its name"
    assert links["part-of", "order"].derivation[0].source == "shop/orders/serializers.py"
    assert not links["implemented-by", "shop/orders/serializers.py::#2"].inferred
    login = {(one.relation, one.target): one for one in related(shop.connection, "user login")}
    assert not login["has-part", "password check"].inferred
    kinds = {(one.relation, one.target): one for one in related(shop.connection, "serializer")}
    assert kinds["implemented-by", "shop/orders/serializers.py::#2"].inferred
    assert not kinds["implemented-by", "shop/orders/serializers.py::#1"].inferred
    views = {(one.relation, one.target) for one in related(shop.connection, "price list")}
    assert ("conflicts-with", "order view") in views
    assert related(shop.connection, "nothing of the kind") == []


def test_a_base_that_the_project_does_not_define_is_no_concept() -> None:
    project = ConceptsProject({"a.py": "class OrderView(ThirdPartyView): pass\n"})
    assert {one.target for one in related(project.connection, "order view")} == {"a.py::#1"}
    assert [one.concept for one in find_concepts(project.connection, "third party view")] == ["order view"]


def test_a_tag_that_one_place_may_define_is_told_where_two_do() -> None:
    text = "# @TAG:FUNCTION:hash-password\ndef f(): pass\n"
    project = ConceptsProject({"a.py": text, "b.py": text, "c.py": text.replace("FUNCTION", "FEATURE")})
    (found,) = double_definitions(project.connection)
    assert found.concept == "hash password"
    assert [path for path, _ in found.places] == ["a.py", "b.py"]


def test_the_threshold_grows_with_the_project() -> None:
    assert [enough_files(files) for files in (0, 1, 99, 100, 999, 1000, 9999, 10_000)] == [
        2,
        2,
        2,
        2,
        2,
        3,
        3,
        4,
    ]
    assert is_concept(1, 1, 9)
    assert is_concept(3, 0, 3)
    assert not is_concept(2, 0, 3)


def test_a_term_of_one_file_becomes_a_concept_when_a_second_speaks_of_it() -> None:
    names = "def load_tax_rate(): pass\ndef save_tax_rate(): pass\n"
    project = ConceptsProject({"a.py": names})
    assert find_concepts(project.connection, "tax rate") == []
    project.write({"b.py": names})
    assert [one.concept for one in find_concepts(project.connection, "tax rate")] == ["tax rate"]
    project.remove("a.py")
    assert find_concepts(project.connection, "tax rate") == []


def test_an_empty_index_answers_nothing() -> None:
    connection = ConceptsProject().connection
    assert (
        find_concepts(connection, "order")
        == related(connection, "order")
        == double_definitions(connection)
        == []
    )
