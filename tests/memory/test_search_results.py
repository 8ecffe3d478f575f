"""What a search finds in a small project in five languages with a history, at each level and by all together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from aifirst_memory.memory import Memory
from aifirst_memory.search.named_files import certain_files
from aifirst_memory.search.query import read_query
from aifirst_memory.search.result import SOURCES, SearchLevel, SearchRequest
from aifirst_memory.store import StoreError
from aifirst_memory.update import UpdateRequest, update_memory
from search_project import FILES, ORDER, Shop, ask, places

PYTHON_TRACE = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/runpy.py", line 12, in main
    order.pay(card)
  File "/somewhere/else/shop/order.py", line 20, in pay
    return card.charge(total(self.basket.rows))
  File "/somewhere/else/shop/price.py", line 6, in total
    return sum(row.price * (1 + row.tax) for row in rows)
TypeError: unsupported operand: basket session customer card order order order
"""
JS_TRACE = """\
TypeError: rows is undefined, in the basket session of the order
    at show (/srv/web/show.js:2:10)
    at drawCart (/srv/web/cart.js:4:10)
"""
JAVA_TRACE = """\
java.lang.IllegalStateException: order basket price
	at java.util.List.of(List.java:30)
	at com.shop.Warehouse.reserveItem(Warehouse.java:7)
"""
GO_TRACE = "panic: order basket price\n\ngoroutine 1 [running]:\nf(...)\n\t/home/x/cmd/ship.go:5 +0x1d\n"
RUST_TRACE = "thread 'main' panicked at crates/label/src/lib.rs:3:5:\norder basket price\n"
DIFF = """\
--- a/shop/price.py
+++ b/shop/price.py
@@ -11,1 +11,1 @@ def rebate(rows, percent):
-    return total(rows) * percent / 100
+    return session_basket_order_card(rows)
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The project with its index; tests of this module only read it."""
    with pytest.MonkeyPatch.context() as patch:
        made = Shop(tmp_path_factory.mktemp("shop"), patch)
        made.update()
    return made


@pytest.fixture
def own_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """One to change."""
    made = Shop(tmp_path / "shop", monkeypatch)
    made.update()
    return made


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("where are customers forgotten who were idle", ("shop/session.py", "expire_sessions")),
        ("discount for loyal customers", ("shop/price.py", "rebate")),
        ("expire_sessions", ("shop/session.py", "expire_sessions")),
        ("Order.cancel", ("shop/order.py", "Order.cancel")),
        ("drawCart", ("web/cart.js", "drawCart")),
        ("reserve an item on the shelf", ("src/main/java/com/shop/Warehouse.java", "Warehouse.reserveItem")),
        ("hand the parcel to the carrier", ("cmd/ship.go", "DispatchParcel")),
        ("print the address label", ("crates/label/src/lib.rs", "print_label")),
        ("shop/session.py:12", ("shop/session.py", "expire_sessions")),
        ("order.py:24", ("shop/order.py", "Order.cancel")),
        (PYTHON_TRACE, ("shop/price.py", "total")),
        (JS_TRACE, ("web/show.js", "show")),
        (JAVA_TRACE, ("src/main/java/com/shop/Warehouse.java", "Warehouse.reserveItem")),
        (GO_TRACE, ("cmd/ship.go", "DispatchParcel")),
        (RUST_TRACE, ("crates/label/src/lib.rs", "print_label")),
    ],
)
def test_the_unit_that_is_meant_comes_first(shop: Shop, query: str, place: tuple[str, str]) -> None:
    found = shop.search(query)
    assert places(found)[0] == place
    assert found[0].score == 1


@pytest.mark.parametrize("query", ["shop/price.py", "price.py", DIFF, "./shop/price.py"])
def test_the_file_that_is_meant_comes_first(shop: Shop, query: str) -> None:
    assert shop.search(query)[0].path == "shop/price.py"
    found = shop.search(query, kind="file")[0]
    assert (found.path, found.unit, found.kind, found.line) == ("shop/price.py", "", "file", 1)


def test_a_file_of_which_nothing_speaks_is_no_result(shop: Shop) -> None:
    found = shop.search("round taxes half to even", kind="file")
    assert "cmd/ship.go" not in {one.path for one in found}
    assert not [one for one in found if len(one.reasons) == 1 and one.reasons[0].startswith("changed often")]


def test_a_document_is_found_by_its_heading(shop: Shop) -> None:
    assert ("shop/README.md", "the-shop/refund-policy") in places(shop.search("refund policy"))[:3]


def test_a_line_that_has_moved_is_found_by_its_function(shop: Shop) -> None:
    trace = PYTHON_TRACE.replace('price.py", line 6, in total', 'price.py", line 900, in rebate')
    assert places(shop.search(trace))[0] == ("shop/price.py", "rebate")


def test_a_frame_of_an_installed_package_is_not_taken_for_a_file_of_the_project(shop: Shop) -> None:
    trace = (
        PYTHON_TRACE
        + '  File "/usr/lib/python3.11/site-packages/shop/session.py", line 12, in expire_sessions\n'
    )
    assert places(shop.search(trace))[0] == ("shop/price.py", "total")


def test_a_name_that_several_files_share_is_not_taken_for_one_of_them(own_shop: Shop) -> None:
    own_shop.write({"web/order.py": "def draw():\n    pass\n"})
    own_shop.update()
    with Memory.open(own_shop.root) as memory:
        assert certain_files(memory.files, read_query("order.py:1 gives no rebate")) == []
        meant = certain_files(memory.files, read_query("web/order.py:1 gives no rebate"))
        assert [memory.files.paths[position] for position in meant] == ["web/order.py"]
    assert own_shop.search("web/order.py:1 rebate for loyal customers")[0].path == "web/order.py"


@pytest.mark.parametrize(
    ("query", "meant"),
    [("shop.price", ["shop/price.py"]), ("price.total", []), ("shop.price rebate", []), ("shop", [])],
)
def test_a_dotted_name_that_is_the_whole_query_means_the_module(
    shop: Shop, query: str, meant: list[str]
) -> None:
    with Memory.open(shop.root) as memory:
        found = certain_files(memory.files, read_query(query))
        assert [memory.files.paths[position] for position in found] == meant


def test_a_result_tells_where_it_is_and_why(shop: Shop) -> None:
    found = shop.search("Expired sessions of customers")[0]
    lines = FILES["shop/session.py"].splitlines()
    assert lines[found.line - 1].startswith("def expire_sessions")
    assert (found.end_line, found.kind) == (len(lines), "function")
    assert found.tokens > 20
    assert found.reasons[0].startswith("says ")
    assert "sessions (" in found.reasons[0]
    assert len(set(found.reasons)) == len(found.reasons)


def test_the_words_of_a_reason_are_those_of_the_query(shop: Shop) -> None:
    for query in ("Customers idling in SESSIONS", "BasketSessions"):
        for found in shop.search(query, k=30):
            for reason in found.reasons:
                if reason.startswith("says "):
                    said = {part.split(" (")[0] for part in reason[5:].split("), ")}
                    assert said <= {
                        "Customers",
                        "idling",
                        "SESSIONS",
                        "Basket",
                        "basket",
                        "sessions",
                        "BasketSessions",
                    }


@pytest.mark.parametrize(
    ("level", "query", "place"),
    [
        ("tree", "price", ("shop/price.py", "")), ("tree", "web/cart.js", ("web/cart.js", "")),
        ("tag", "@TAG:FEATURE:checkout", ("shop/order.py", "Order")),
        ("tag", "checkout", ("shop/order.py", "Order")), ("tag", "FEATURE:checkout", ("shop/order.py", "Order")),
        ("tag", "where is feature:checkout", ("shop/order.py", "Order")),
        ("tag", "@TAG:FEATURE", ("shop/order.py", "Order")),
        ("vector", "discount loyal customers", ("shop/price.py", "rebate")),
        ("lexical", "taxes included", ("shop/price.py", "total")),
        ("graph", "rebate", ("shop/price.py", "total")),
    ],
)  # fmt: skip
def test_a_level_alone_answers_from_what_it_knows(
    shop: Shop, level: str, query: str, place: tuple[str, str]
) -> None:
    found = shop.search(query, level=level)
    assert place in places(found)[:2]
    assert found[0].score == pytest.approx(1)
    assert all(before.score >= after.score for before, after in pairwise(found))


def test_the_level_of_concepts_finds_who_defines_one(shop: Shop) -> None:
    assert ("shop/order.py", "Order") in places(shop.search("order", level="concept"))


@pytest.mark.parametrize("source", SOURCES)
def test_any_source_can_be_left_out(shop: Shop, source: str) -> None:
    found = shop.search("total of the rows with taxes", without=frozenset({source}))
    assert found[0].path == "shop/price.py"


@pytest.mark.parametrize(
    ("source", "telling"),
    [("history", "commit "), ("vectors", "means something similar"), ("lexical", "says ")],
)
def test_a_source_that_is_left_out_gives_no_reason(shop: Shop, source: str, telling: str) -> None:
    def reasons(*without: str) -> list[str]:
        results = shop.search("round taxes half to even", without=frozenset(without), kind="file")
        return [reason for one in results for reason in one.reasons]

    assert any(reason.startswith(telling) for reason in reasons())
    assert not any(reason.startswith(telling) for reason in reasons(source))


def test_a_commit_that_said_so_is_a_reason(shop: Shop) -> None:
    found = shop.search("round taxes half to even", kind="file")[0]
    assert found.path == "shop/price.py"
    assert any("Round taxes half to even" in reason for reason in found.reasons)


@pytest.mark.parametrize("kind", ["any", "file", "unit"])
@pytest.mark.parametrize("k", [1, 3, 1000])
def test_there_are_at_most_k_results_of_the_kind_no_place_twice(shop: Shop, kind: str, k: int) -> None:
    found = shop.search("rows of the order", kind=kind, k=k)
    assert 0 < len(found) <= k
    assert len(set(places(found))) == len(found)
    if kind != "any":
        assert {one.kind == "file" for one in found} == {kind == "file"}
    full = shop.search("rows of the order", kind=kind, k=1000)
    assert [one.path for one in found][:1] == [one.path for one in full][:1]


@pytest.mark.parametrize("query", ["zzqqxx", "検索", "blorptastic frumious"])
def test_nothing_is_found_where_nothing_says_it(shop: Shop, query: str) -> None:
    assert shop.search(query) == ()


@pytest.mark.parametrize("level", ["hybrid", "tree", "tag", "vector", "lexical", "graph", "concept"])
@pytest.mark.parametrize("query", ["?", "the", "%", "_", "'", "@TAG:", "@TAG::x", "a" * 5000, "検索", "\0"])
def test_an_odd_query_is_answered_at_every_level(shop: Shop, level: str, query: str) -> None:
    assert all(one.path in FILES for one in shop.search(query, level=level))


@pytest.mark.parametrize("level", ["tag", "concept"])
def test_of_a_long_text_a_level_looks_up_so_much_and_no_more(shop: Shop, level: SearchLevel) -> None:
    text = " ".join(f"ident{number}Name" for number in range(60_000))
    statements = [_statements(shop, text[:size], level) for size in (20_000, 300_000)]
    assert statements[0] > 0
    assert statements[1] == statements[0]


def _statements(shop: Shop, query: str, level: SearchLevel) -> int:
    """How many questions a search asks of the database."""
    asked: list[str] = []
    with Memory.open(shop.root) as memory:
        memory.connection.set_trace_callback(asked.append)
        memory.search(SearchRequest(query, level=level))
        memory.connection.set_trace_callback(None)
    return len(asked)


def test_a_tag_that_is_said_again_and_again_is_looked_up_once(shop: Shop) -> None:
    often = _statements(shop, "blorptastic " * 1000, "tag")
    assert often == _statements(shop, "blorptastic", "tag")
    assert shop.search("so " * 6000 + "checkout", level="tag")[0].path == "shop/order.py"


_ASK = """
import json, sys
from pathlib import Path
import msgspec
from aifirst_memory.memory import Memory
from aifirst_memory.search.result import SearchRequest
with Memory.open(Path(sys.argv[1])) as memory:
    for query in json.loads(sys.argv[2]):
        for level in ("hybrid", "tree", "vector", "lexical", "graph", "concept"):
            print(msgspec.json.encode(memory.search(SearchRequest(query, level=level, k=30)).results).decode())
"""


def test_answers_do_not_depend_on_the_hash_seed(shop: Shop) -> None:
    queries = json.dumps(["rows of an order", "expire_sessions", PYTHON_TRACE, DIFF, "customers"])
    said = [
        subprocess.run(
            [sys.executable, "-c", _ASK, shop.root, queries], capture_output=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert len(said[0]) > 5000
    assert said[0] == said[1]


_LOADED = """
import sys
from pathlib import Path
from aifirst_memory.memory import Memory
from aifirst_memory.search.result import SearchRequest
with Memory.open(Path(sys.argv[1])) as memory:
    assert memory.search(SearchRequest("rows of an order")).results
print(*sorted(sys.modules))
"""


def test_a_search_loads_nothing_that_only_reading_files_and_messages_needs(shop: Shop) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED, shop.root], capture_output=True, check=True, text=True
    ).stdout.split()
    assert "aifirst_memory.lexical.reader" in loaded
    unneeded = {
        "aifirst_memory.history.message_words",
        "aifirst_codebase.reading",
        "aifirst_codebase.secrets.find",
        "faiss",
        "torch",
    }
    assert not unneeded.intersection(loaded)


def test_a_commit_that_head_does_not_reach_changes_nothing(own_shop: Shop) -> None:
    before = own_shop.search("reserve parcels")
    own_shop.git("switch", "-q", "-c", "later")
    for number in range(5):
        own_shop.commit("Reserve parcels", {"web/show.js": FILES["web/show.js"] + f"// {number}\n"})
    own_shop.git("switch", "-q", "main")
    own_shop.update()
    assert own_shop.search("reserve parcels") == before
    own_shop.git("merge", "-q", "later")
    own_shop.update()
    after = [one for one in own_shop.search("reserve parcels") if one.path == "web/show.js"]
    assert any("Reserve parcels" in reason for one in after for reason in one.reasons)


def test_an_open_memory_follows_the_index(own_shop: Shop) -> None:
    with Memory.open(own_shop.root) as memory:
        assert ask(memory, "gift_voucher") == ()
        own_shop.write({"shop/voucher.py": 'def gift_voucher():\n    """A voucher."""\n'})
        own_shop.update()
        assert places(ask(memory, "gift_voucher"))[0] == ("shop/voucher.py", "gift_voucher")
        (own_shop.root / "shop/voucher.py").rename(own_shop.root / "shop/present.py")
        own_shop.update()
        assert places(ask(memory, "gift_voucher"))[0] == ("shop/present.py", "gift_voucher")
        (own_shop.root / "shop/present.py").unlink()
        own_shop.update()
        assert "shop/present.py" not in {one.path for one in ask(memory, "gift_voucher", k=100)}


def test_an_open_memory_answers_as_one_that_is_opened_now(own_shop: Shop) -> None:
    queries = ("rows of the order", "expire_sessions", "round taxes", "parcel", PYTHON_TRACE)
    with Memory.open(own_shop.root) as memory:
        for step in range(4):
            own_shop.commit(f"Round parcels {step}", {"shop/order.py": ORDER.replace("pay", f"pay{step}")})
            own_shop.update()
            for query in queries:
                assert ask(memory, query, k=40) == own_shop.search(query, k=40)


def test_a_reader_sees_one_moment_while_another_writes(own_shop: Shop) -> None:
    with Memory.open(own_shop.root) as memory:
        before = ask(memory, "expire_sessions")
        with memory.moment():
            assert ask(memory, "expire_sessions") == before
            own_shop.write({"shop/session.py": "def purge():\n    pass\n"})
            own_shop.update()
            assert ask(memory, "expire_sessions") == before
        assert ("shop/session.py", "expire_sessions") not in places(ask(memory, "expire_sessions"))


def test_an_index_that_is_made_anew_is_followed(own_shop: Shop) -> None:
    with Memory.open(own_shop.root) as memory:
        before = ask(memory, "expire_sessions")
        update_memory(UpdateRequest(own_shop.root, rebuild=True))
        (own_shop.root / ".aifirst/memory.db").write_bytes(b"damaged")
        with pytest.raises(StoreError, match="aifirst index"):
            ask(memory, "expire_sessions")
        own_shop.write({"shop/voucher.py": "def gift_voucher():\n    pass\n"})
        own_shop.update()
        assert places(ask(memory, "gift_voucher"))[0] == ("shop/voucher.py", "gift_voucher")
        assert ask(memory, "expire_sessions")[0].path == before[0].path


def test_an_index_that_is_gone_is_told(own_shop: Shop) -> None:
    with Memory.open(own_shop.root) as memory:
        for path in (own_shop.root / ".aifirst").iterdir():
            path.unlink()
        with pytest.raises(StoreError, match="run `aifirst index`"):
            ask(memory, "expire_sessions")


@pytest.mark.parametrize(
    "files",
    [
        {}, {"a.py": ""}, {"a_pb2.py": "# Generated by the protocol buffer compiler.  DO NOT EDIT!\nx = 1\n"},
        {"a.py": "def rows():\n    pass\n", "aifirst.toml": '[memory]\nembedder = "none"\n'},
        {"a.md": "# Rows\n"}, {"a.py": "def broken(:\n"},
    ],
)  # fmt: skip
def test_a_project_with_next_to_nothing_is_searched(tmp_path: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    update_memory(UpdateRequest(tmp_path, history=False))
    with Memory.open(tmp_path) as memory:
        for level in ("hybrid", "tree", "tag", "vector", "lexical", "graph", "concept"):
            for query in ("rows", "a.py:1", DIFF, PYTHON_TRACE):
                answer = memory.search(SearchRequest(query, level=level))  # pyright: ignore[reportArgumentType]
                assert all(one.path in files for one in answer.results)
        if "def rows" in files.get("a.py", ""):
            assert places(ask(memory, "rows"))[0] == ("a.py", "rows")
            assert "embedder" in memory.search(SearchRequest("rows", level="vector")).notices[0]
