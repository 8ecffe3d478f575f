"""What the sources say of the files of a small project, column by column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from aifirst_memory.lexical.words import words
from aifirst_memory.memory import Memory
from aifirst_memory.search.candidates import Candidates
from aifirst_memory.search.compound_names import names_in_path, names_in_text
from aifirst_memory.search.features import Features
from aifirst_memory.search.query import read_query
from aifirst_memory.search.rank import measure_all, weigh_again
from aifirst_memory.search.result import Source
from search_project import ORDER, PRICE, Shop


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        shop = Shop(tmp_path_factory.mktemp("shop") / "project", monkeypatch)
        shop.commit("Offer vouchers", {"shop/gift_card.py": "def offer():\n    return 1\n"})
        both = {"shop/order.py": ORDER + "\n\nREBATES = 1\n", "shop/price.py": PRICE + "\n\nREBATES = 2\n"}
        shop.commit("Give loyal customers a rebate (#4711)", both)
        both = {"shop/order.py": ORDER + "\n\nREBATES = 3\n", "shop/price.py": PRICE + "\n\nREBATES = 4\n"}
        shop.commit("Round the rebate", both)
        shop.update()
        with Memory.open(shop.root) as opened:
            yield opened


def measured(memory: Memory, text: str, *without: Source) -> Features:
    with memory.moment():
        return measure_all(memory, read_query(text), without)


def scored(features: Features, name: str) -> dict[str, float]:
    """The files that a column says something of."""
    column = features.columns[name]
    return {path: float(x) for path, x in zip(features.files.paths, column, strict=True) if x > 0}


def scored_or_none(features: Features, name: str) -> dict[str, float]:
    """The same, nothing where there is no such column."""
    return scored(features, name) if name in features.columns else {}


def test_neighbouring_words_are_looked_for_as_one_name(memory: Memory) -> None:
    assert set(scored(measured(memory, "let one dispatch parcel by hand"), "joined")) == {"cmd/ship.go"}
    assert set(scored(measured(memory, "reserve item of the shelf"), "joined")) == {
        "src/main/java/com/shop/Warehouse.java"
    }
    assert "joined" not in measured(memory, "shelf").columns


def test_a_commit_that_names_the_same_issue_speaks_for_its_files(memory: Memory) -> None:
    found = scored(measured(memory, "Nothing else in common, see #4711"), "same_issue")
    assert set(found) == {"shop/order.py", "shop/price.py"}
    assert not scored(measured(memory, "Nothing else in common, see #4712"), "same_issue")


def test_what_messages_say_of_a_file_counts_with_all_its_commits(memory: Memory) -> None:
    found = scored(measured(memory, "round taxes"), "said_of")
    assert max(found, key=found.__getitem__) == "shop/price.py"


def test_files_of_like_commits_of_the_best_file_are_companions(memory: Memory) -> None:
    found = scored(measured(memory, "rebate of customers"), "together")
    assert {"shop/order.py", "shop/price.py"} & set(found)
    assert "cmd/ship.go" not in found or found["cmd/ship.go"] < max(found.values())


def test_what_the_best_file_uses_is_linked_and_never_itself(memory: Memory) -> None:
    features = measured(memory, "drawCart")
    assert set(scored(features, "linked")) == {"web/show.js"}
    assert sum(scored(features, "linked").values()) == pytest.approx(1)


def test_folders_with_likely_files_lift_what_lies_in_them(memory: Memory) -> None:
    found = scored(measured(memory, "charge the card of an order for customers"), "around")
    assert found["shop/price.py"] > found.get("cmd/ship.go", 0)


def test_the_name_of_a_file_counts_by_how_much_of_it_is_said(memory: Memory) -> None:
    found = scored(measured(memory, "a price for the test of loyal customers"), "stem")
    assert found["shop/price.py"] == 1
    assert found["tests/test_order.py"] == 0.5


@pytest.mark.parametrize("text", ["rebate of customers #4711", "drawCart", "no such thing at all"])
def test_a_source_that_is_left_out_has_no_column(memory: Memory, text: str) -> None:
    of_history = {"like_commits", "said_of", "same_issue", "together", "tests_together", "changed_lately"}
    assert not of_history & set(measured(memory, text, "history").columns)
    of_candidates = {"changed_last", "usual", "companions", "own_commits", "nearest_commits", "commits"}
    assert not of_candidates & set(measured(memory, text, "history").columns)
    assert not {"linked", "tested", "used_by_likely"} & set(measured(memory, text, "graph").columns)
    of_words = {"file", "unit", "joined", "stem", "adds_names", "written", "clause_place"}
    assert not of_words & set(measured(memory, text, "lexical").columns)
    for column in measured(memory, text).columns.values():
        assert len(column) == len(memory.files.paths)


def test_joined_words_and_issues_are_read_from_a_query() -> None:
    query = read_query(
        "Fix the content length of bodies\n\nCloses #1234, see https://host/x/issues/567 and v8901"
    )
    assert words("content_length")[-1] in query.joined
    assert not [word for word in query.joined if word.startswith("the")]
    assert query.issues == ("1234", "567")
    assert read_query("a b c").joined == ()
    long = read_query("alpha beta " * 5_000)
    assert len(long.joined) <= 80


def test_a_file_completes_what_the_likeliest_one_does_not_say(memory: Memory) -> None:
    found = scored(measured(memory, "charge the card and round taxes"), "completes_names")
    assert found["shop/price.py"] > 1
    assert found["shop/price.py"] > found.get("web/cart.js", 0)


def test_every_part_of_a_query_has_a_file_that_is_best_for_it(memory: Memory) -> None:
    features = measured(memory, "Several changes:\n* dispatch the parcel\n* forget idle customers")
    assert scored(features, "clause_place")["cmd/ship.go"] == 1
    assert scored(features, "clause_place")["shop/session.py"] == 1


def test_what_the_fitting_units_of_a_likely_file_use_is_used(memory: Memory) -> None:
    found = scored(measured(memory, "drawCart"), "used_by_likely")
    assert max(found, key=found.__getitem__) == "web/show.js"


def test_a_name_of_several_words_is_found_in_a_path_however_it_is_joined(memory: Memory) -> None:
    path = "src/main/java/com/shop-floor/PriceList.java"
    assert names_in_path(path) == ("shopfloor", "pricelist")
    assert {"shopfloor", "pricelist"} <= names_in_text("Let `shop-floor` show the price_list of shop")
    assert not names_in_text("let the price of a list show, floor by floor")
    assert set(scored(measured(memory, "Let `gift-card` expire"), "written")) == {"shop/gift_card.py"}
    assert not scored_or_none(measured(memory, "a gift on a card"), "written")


def test_candidates_are_weighed_anew_and_all_others_stay_where_they_were(memory: Memory) -> None:
    features = measured(memory, "charge the card and round taxes")
    assert features.before is not None
    assert features.candidates is not None
    scores = weigh_again(features, {"completes_names": 1.0})
    others = [at for at in range(len(scores)) if at not in features.candidates]
    assert scores[others].tolist() == features.before[others].tolist()
    anew = features.columns["completes_names"][features.candidates]
    kept = scores[features.candidates] > features.before[features.candidates] * 0.01
    assert kept.any()
    assert (
        np.argsort(anew[kept], kind="stable").tolist()
        == np.argsort(scores[features.candidates][kept], kind="stable").tolist()
    )


def test_a_candidate_is_compared_with_the_others_by_their_chances() -> None:
    chances = np.array([0.5, 0.3, 0.15, 0.05])
    candidates = Candidates(np.arange(4), chances, np.zeros(4, np.float32), np.arange(4))
    pairs = np.array([[9.0, 1.0, 0.0, 2.0], [4.0, 9.0, 1.0, 0.0]])
    assert candidates.by_others(pairs) == pytest.approx([1.2, 0.5, 0.3, 1.0])
    assert candidates.mean_by_others(pairs) == pytest.approx([4.0, 1.0, 0.375, 1.25])


def test_files_of_commits_like_the_query_are_tied_to_the_likely_ones(memory: Memory) -> None:
    features = measured(memory, "round the rebate of an order")
    for name in ("own_commits", "of_likely_commits"):
        assert {"shop/order.py", "shop/price.py"} & set(scored(features, name))
    nearest = scored(features, "nearest_commits")
    assert nearest["shop/price.py"] > nearest.get("cmd/ship.go", 0)
    assert scored(features, "commits")["shop/order.py"] > scored(features, "commits").get("cmd/ship.go", 0)


def test_files_that_changed_with_the_best_one_in_small_commits_are_its_companions(memory: Memory) -> None:
    features = measured(memory, "round the rebate of an order")
    assert {"shop/order.py", "shop/price.py"} & set(scored(features, "companions"))
    assert "cmd/ship.go" not in scored(features, "companions")


def test_the_files_of_the_last_commit_are_known(memory: Memory) -> None:
    features = measured(memory, "anything of customers")
    assert set(scored(features, "changed_last")) == {"shop/order.py", "shop/price.py"}
    usual = scored(features, "usual")
    assert usual["shop/order.py"] > usual.get("cmd/ship.go", 0)


def test_a_query_is_taken_apart_into_clauses() -> None:
    query = read_query(
        "Fix the login page and the session store\n\n- drop old cookies. Warn of late answers\n- no"
    )
    assert [set(clause) for clause in query.clauses] == [
        set(words("login page fix")),
        set(words("session store")),
        set(words("drop old cookies")),
        set(words("warn late answers")),
    ]
    assert len(read_query("one thing here. " * 50).clauses) == 8
