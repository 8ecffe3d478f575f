"""What a query is taken for: its kind, the places and names in it, its words; any text, in linear time."""

from __future__ import annotations

import re
import sys
import time

import hypothesis.strategies as st
import pytest
from aifirst_memory.search.query import Place, read_query
from hypothesis import given, settings

PYTHON_TRACE = """\
Traceback (most recent call last):
  File "/home/ada/shop/cli.py", line 12, in main
    pay(order)
  File "/home/ada/shop/order.py", line 40, in Order.pay
    raise PaymentError("card declined")
shop.errors.PaymentError: card declined
"""
JS_TRACE = """\
TypeError: Cannot read properties of undefined (reading 'total')
    at Cart.sum (/srv/web/cart.js:14:22)
    at async checkout (file:///srv/web/checkout.mjs:7:3)
"""
JAVA_TRACE = """\
Exception in thread "main" java.lang.IllegalStateException: no price
	at com.shop.price.PriceList.find(PriceList.java:88)
	at com.shop.Main.main(Main.java:9)
"""
GO_TRACE = """\
panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
main.total(...)
	/home/ada/shop/price.go:17 +0x1d
main.main()
	/home/ada/shop/main.go:9 +0x25
"""
RUST_TRACE = """\
thread 'main' panicked at src/price.rs:21:9:
no price for this item
stack backtrace:
   3: shop::price::find
             at ./src/price.rs:21:9
   4: shop::main
             at ./src/main.rs:6:5
"""
DIFF = """\
diff --git a/shop/order.py b/shop/order.py
--- a/shop/order.py
+++ b/shop/order.py
@@ -10,2 +10,2 @@ class Order:
-        return discount(rows)
+        return rebate(rows)
 unchangedneighbour = 1
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("where is the basket emptied", "words"), ("OrderSerializer", "identifier"), ("pay_order", "identifier"),
        ("Order.pay()", "identifier"), ("shop::price", "identifier"), ("order", "words"), (PYTHON_TRACE, "trace"),
        (JS_TRACE, "trace"), (JAVA_TRACE, "trace"), (GO_TRACE, "trace"), (RUST_TRACE, "trace"), (DIFF, "diff"),
        ("It fails:\n\n" + DIFF, "diff"), ("a line\n--- and a rule\n", "words"),
    ],
)  # fmt: skip
def test_a_text_is_taken_for_what_it_is(text: str, kind: str) -> None:
    assert read_query(text).kind == kind


@pytest.mark.parametrize(
    ("trace", "places"),
    [
        (PYTHON_TRACE, [("/home/ada/shop/order.py", 40), ("/home/ada/shop/cli.py", 12)]),
        (JS_TRACE, [("/srv/web/cart.js", 14), ("/srv/web/checkout.mjs", 7)]),
        (JAVA_TRACE, [("com/shop/price/PriceList.java", 88), ("com/shop/Main.java", 9)]),
        (GO_TRACE, [("/home/ada/shop/price.go", 17), ("/home/ada/shop/main.go", 9)]),
        (RUST_TRACE, [("src/price.rs", 21), ("./src/price.rs", 21), ("./src/main.rs", 6)]),
    ],
)
def test_the_frames_of_a_trace_come_innermost_first(trace: str, places: list[tuple[str, int]]) -> None:
    found = [(place.path, place.line) for place in read_query(trace).places if place.line]
    assert found[: len(places)] == places


def test_a_frame_keeps_the_function_it_names() -> None:
    assert read_query(PYTHON_TRACE).places[0].function == "Order.pay"
    assert read_query(JAVA_TRACE).places[0].function == "find"


def test_the_error_of_a_trace_weighs_more_than_its_frames() -> None:
    weights = read_query(PYTHON_TRACE).weights
    assert weights["declin"] > weights["main"]
    assert weights["paymenterror"] > weights["main"]


def test_a_diff_names_its_files_and_speaks_by_its_changed_lines() -> None:
    query = read_query(DIFF)
    assert query.places == (Place("shop/order.py"),)
    assert {"discount", "rebat", "order"} <= query.weights.keys()
    assert "unchangedneighbour" not in query.weights


def test_of_a_new_file_no_place_is_nowhere() -> None:
    diff = "--- /dev/null\n+++ b/shop/new.py\n@@ -0,0 +1 @@\n+x = 1\n"
    assert read_query(diff).places == (Place("shop/new.py"),)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("see shop/order.py", Place("shop/order.py")), ("shop/order.py:40", Place("shop/order.py", 40)),
        ("fails in order.py:40:7: wrong", Place("order.py", 40)), ("(web/cart.js)", Place("web/cart.js")),
        ("`docs/guide.md`", Place("docs/guide.md")), ("everything below shop/price/", Place("shop/price")),
    ],
)  # fmt: skip
def test_paths_are_places(text: str, place: Place) -> None:
    assert place in read_query(text).places


@pytest.mark.parametrize("text", ["see https://example.org/shop/order.html", "and so on, e.g. this"])
def test_an_address_and_an_abbreviation_are_no_files_with_lines(text: str) -> None:
    assert not [place for place in read_query(text).places if place.line or place.path.startswith("http")]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("parser: keep comments", ("parser",)), ("fix(router): keep slashes", ("router",)),
        ("[web] redirect", ("web",)), ("fix: keep slashes", ()), ("feat!: keep slashes", ()),
        ("keep: this is not one: but words", ("keep",)), ("redirect after login", ()),
    ],
)  # fmt: skip
def test_what_stands_before_a_colon_is_a_part_of_the_project(text: str, scope: tuple[str, ...]) -> None:
    assert read_query(text).scope == scope


def test_an_issue_gives_the_names_in_its_quotes_and_code() -> None:
    issue = "Login is broken\n\nCalling `redirect` fails:\n\n```python\nsession = open_session(user)\n```\n"
    query = read_query(issue)
    assert query.names[0] == "redirect"
    assert "open_session" in query.names
    assert query.weights["login"] > query.weights["call"]


def test_what_only_a_tracker_understands_counts_for_nothing() -> None:
    query = read_query(
        "Fixed #36750 -- sorted rows\n\nReviewed-by: Grace\nRefs: abcdef1234\nhttps://example.org/zebra"
    )
    assert not {"36750", "grace", "abcdef1234", "zebra"} & query.weights.keys()


def test_stop_words_count_only_where_there_is_nothing_else() -> None:
    assert set(read_query("the rows of the table").weights) == {"row", "tabl"}
    assert set(read_query("the of and").weights) == {"the", "of", "and"}


@pytest.mark.parametrize("text", ["", " \n", "?!.,;:", "\0\0", "🔥🚀", "a", "12"])
def test_a_text_without_a_word_is_empty(text: str) -> None:
    assert read_query(text).is_empty


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="@@-+ a.py:1\n`\"/[]()#|'", max_size=300))
def test_any_text_will_do_and_is_taken_apart_the_same_way_twice(text: str) -> None:
    assert read_query(text) == read_query(text)


HOSTILE = [
    "x", "a.", "a/", "a b", "`", '"a', "```", "(", "[", "at a.b.c(", '\nFile "', "@@ -1 +1 @@", "--- a\n", "\n\n", " ",
    "_", "aA", "::", "thread '", "\n at ", "Refs: x", "https://", "1.2", "é", "検", "\t", "-", "a,", "{a,",
    'File "a", line 1',
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("start", ["", "Traceback (most recent call last)\n", "diff --git a b\n"])
def test_calls_grow_with_the_length_of_a_hostile_text_not_with_its_square(start: str, piece: str) -> None:
    calls = [_calls(start + piece * (size // len(piece))) for size in (30_000, 120_000)]
    assert calls[1] <= 6 * calls[0] + 2_000


@pytest.mark.parametrize("piece", HOSTILE)
def test_expressions_take_time_by_the_length_of_a_hostile_text_not_by_its_square(piece: str) -> None:
    text = "Traceback (most recent call last)\n" + piece * (160_000 // len(piece))
    short, long = _seconds(text[:20_000]), _seconds(text)
    assert long <= 24 * short + 0.05, "eight times the text: a square would take 64 times as long"


def _seconds(text: str) -> float:
    """The least CPU time of three runs."""
    taken: list[float] = []
    for _ in range(3):
        started = time.process_time()
        read_query(text)
        taken.append(time.process_time() - started)
    return min(taken)


def _calls(text: str) -> int:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        read_query(text)
    finally:
        sys.setprofile(None)
    return count


def test_a_text_is_read_up_to_an_end() -> None:
    query = read_query("needle " + "hay " * 200_000 + " lastword")
    assert "needl" in query.weights
    assert "lastword" not in query.weights
    assert len(query.weights) <= 80
    assert len(read_query("\n".join(f"src/a{i}.py:1" for i in range(10_000))).places) == 60


def test_a_nul_parts_words() -> None:
    assert set(read_query("rows\0tables").weights) == {"row", "tabl"}
    assert re.search("\0", read_query("rows\0tables").text) is None
