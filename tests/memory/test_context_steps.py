"""Which units the steps find, with which weight and why, over an index of a small project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_memory.context.memory_sources import Contexts
from aifirst_memory.context.request import (
    FORMATS,
    ContextError,
    ContextFormat,
    ContextItem,
    ContextRequest,
    WantedResolution,
)
from aifirst_memory.context.sources import Found, StepList, UnitPlace
from aifirst_memory.context.steps.rank import RANK_OFFSET, fuse
from aifirst_memory.memory import Memory
from aifirst_memory.update import UpdateRequest, update_memory
from context_files import count

PROJECT = {
    "shop/cart.py": (
        "# @TAG:FEATURE:checkout\nfrom shop.price import price_of\n\n\nclass Cart:\n"
        '    """What is to be bought."""\n\n    def total(self):\n        """The sum of all prices."""\n'
        "        return sum(price_of(item) for item in self.items)\n"
    ),
    "shop/price.py": (
        "from shop.rates import rate_of\n\n\ndef price_of(item):\n"
        '    """What a thing costs."""\n    return item.cost * rate_of(item)\n'
    ),
    "shop/rates.py": "def rate_of(item):\n    return 1\n",
    "shop/till.py": "from shop.cart import Cart\n\n\ndef pay(cart: Cart):\n    return Cart.total(cart)\n",
    "shop/orders.py": "# @TAG:FEATURE:checkout\n\n\ndef send_order(order):\n    return order\n",
    "shop/README.md": "# The shop\n\nHow its parts fit.\n",
    "docs/cart.md": "# Cart\n\nSee [the code](../shop/cart.py) of it.\n",
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_total():\n    assert Cart().total() == 0\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("context")
    (root / ".git").mkdir()
    for name, text in PROJECT.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    update_memory(UpdateRequest(root))
    return root


@pytest.fixture(scope="module")
def contexts(project: Path) -> Iterator[Contexts]:
    with Memory.open(project) as memory:
        yield Contexts(memory)


def found(contexts: Contexts, request: ContextRequest) -> dict[str, ContextItem]:
    items = contexts.assemble(request).items
    return {f"{item.path}::{item.unit}" if item.unit else item.path: item for item in items}


def test_a_method_brings_what_it_calls_what_calls_it_and_its_tests(contexts: Contexts) -> None:
    items = found(contexts, ContextRequest(files=("shop/cart.py::Cart.total",)))
    assert "called by Cart.total" in items["shop/price.py::price_of"].reasons
    assert "calls Cart.total" in items["shop/till.py::pay"].reasons
    assert any(
        reason in ("tests Cart.total", "calls Cart.total")
        for reason in items["tests/test_cart.py::test_total"].reasons
    )
    assert "needed by price_of" in items["shop/rates.py::rate_of"].reasons


def test_what_shares_a_tag_and_what_documents_the_target_is_found(contexts: Contexts) -> None:
    items = found(contexts, ContextRequest(files=("shop/cart.py",)))
    shared = [item for name, item in items.items() if name.startswith("shop/orders.py")]
    assert any("shares FEATURE:checkout" in item.reasons for item in shared)
    assert any(
        "documents" in reason
        for item in items.values()
        if item.path == "docs/cart.md"
        for reason in item.reasons
    )
    assert any("describes shop" in item.reasons for item in items.values() if item.path == "shop/README.md")


def test_a_direct_dependency_ranks_over_a_transitive_one(contexts: Contexts) -> None:
    items = found(contexts, ContextRequest(files=("shop/cart.py::Cart.total",)))
    assert items["shop/price.py::price_of"].score > items["shop/rates.py::rate_of"].score


@pytest.mark.parametrize(
    ("without", "gone"),
    [("graph", "calls Cart.total"), ("tags", "shares FEATURE:checkout"), ("vectors", "like "), ("concepts", "speaks of")],
)  # fmt: skip
def test_a_source_left_out_says_nothing(contexts: Contexts, without: str, gone: str) -> None:
    request = ContextRequest("cart total", ("shop/cart.py::Cart.total",), without=frozenset((without,)))  # pyright: ignore[reportArgumentType]  a source by name
    reasons = [reason for item in contexts.assemble(request).items for reason in item.reasons]
    assert not any(reason.startswith(gone) for reason in reasons)


def test_a_query_finds_units_and_says_which_words_they_say(contexts: Contexts) -> None:
    items = found(contexts, ContextRequest("sum of all prices in the cart"))
    assert items["shop/cart.py::Cart.total"].step in ("search", "target")
    assert any(reason.startswith("says ") for reason in items["shop/cart.py::Cart.total"].reasons)


def test_top_k_0_looks_at_no_neighbours(contexts: Contexts) -> None:
    items = found(contexts, ContextRequest(files=("shop/cart.py",), top_k=0))
    assert not any(reason.startswith("like ") for item in items.values() for reason in item.reasons)


def test_text_and_units_are_those_of_the_file_as_it_is_now(project: Path, contexts: Contexts) -> None:
    path = project / "shop/rates.py"
    path.write_text("def before():\n    return 0\n\n\ndef rate_of(item):\n    return 2\n")
    try:
        items = found(contexts, ContextRequest(files=("shop/price.py::price_of",)))
        assert items["shop/rates.py::rate_of"].text == "def rate_of(item):\n    return 2\n"
        assert items["shop/rates.py::rate_of"].line == 5
    finally:
        path.write_text(PROJECT["shop/rates.py"])


def test_a_file_that_is_gone_is_left_out(project: Path, contexts: Contexts) -> None:
    path = project / "shop/till.py"
    path.unlink()
    try:
        items = found(contexts, ContextRequest(files=("shop/cart.py::Cart.total",)))
        assert "shop/till.py" not in {item.path for item in items.values()}
    finally:
        path.write_text(PROJECT["shop/till.py"])


def test_a_file_that_is_not_indexed_yet_can_be_a_target(project: Path, contexts: Contexts) -> None:
    path = project / "shop/fresh.py"
    path.write_text("def fresh():\n    return 1\n")
    try:
        answer = contexts.assemble(ContextRequest(files=("shop/fresh.py::fresh",)))
        assert [(item.unit, item.text) for item in answer.items if item.path == "shop/fresh.py"] == [
            ("fresh", "def fresh():\n    return 1\n")
        ]
    finally:
        path.unlink()


def test_an_empty_request_says_what_to_do(contexts: Contexts) -> None:
    with pytest.raises(ContextError, match="Say the task in words, or name a file"):
        contexts.assemble(ContextRequest("  "))


def test_meta_draws_how_files_depend_on_each_other(contexts: Contexts) -> None:
    text = contexts.assemble(ContextRequest(files=("shop/cart.py",), resolution="meta")).text
    names = {
        line.split('["')[1].split("<br/>")[0].split('"]')[0]: line.split("[")[0].strip()
        for line in text.splitlines()
        if '["' in line
    }
    assert any(
        line.strip().startswith(f"{names['shop/cart.py']} -->|") and line.endswith(names["shop/price.py"])
        for line in text.splitlines()
    )


@pytest.mark.parametrize("budget", [0, 1, 40, 120, 400, 4_000, 10_000_000])
@pytest.mark.parametrize("shape", FORMATS)
@pytest.mark.parametrize("what", ["docs", "meta", "auto"])
def test_packages_and_maps_stay_within_the_budget_too(
    contexts: Contexts, budget: int, shape: ContextFormat, what: str
) -> None:
    resolution: WantedResolution = "meta" if what == "meta" else "auto"
    request = ContextRequest(
        files=("shop/cart.py",), budget=budget, format=shape, docs=what == "docs", resolution=resolution
    )
    answer = contexts.assemble(request)
    counted = sum(count(item.text) for item in answer.items) if shape == "json" else count(answer.text)
    assert answer.tokens == counted <= budget
    assert answer.items or budget < 400


def place(number: int) -> UnitPlace:
    return UnitPlace(f"{number}.py", 0)


def test_ranks_are_fused_by_weight_over_sixty_plus_rank() -> None:
    lists = [
        StepList("target", 3.0, [Found(place(1), "a"), Found(place(2), "b")]),
        StepList("dependency", 2.0, [Found(place(3), "c"), Found(place(2), "d")]),
    ]
    ranked = fuse(lists, lambda _: 1)
    assert [(one.place, one.step, one.reasons) for one in ranked] == [
        (place(2), "target", ("b", "d")),
        (place(1), "target", ("a",)),
        (place(3), "dependency", ("c",)),
    ]
    both = 3 / (RANK_OFFSET + 2) + 2 / (RANK_OFFSET + 2)
    assert ranked[1].score == pytest.approx(3 / (RANK_OFFSET + 1) / both, abs=1e-6)


def test_ties_go_to_fewer_tokens_then_to_the_path() -> None:
    lists = [StepList("tags", 1.0, [Found(place(number), "")]) for number in (3, 1, 2)]
    ranked = fuse(lists, lambda one: 5 if one == place(1) else 7)
    assert [one.place for one in ranked] == [place(1), place(2), place(3)]
