"""What a specification comes to: units, who meets what, the order, tickets that can be read back."""

from __future__ import annotations

import pytest
from aifirst_codebase.tickets import parse_ticket
from aifirst_codebase.tokens import get_counter
from aifirst_orchestrator.spec.plan import SpecPlan, plan_tickets
from aifirst_orchestrator.spec.sections import split_sections
from aifirst_orchestrator.spec.write_ticket import UNIT_LIMIT
from hypothesis import given, settings
from hypothesis import strategies as st

CART = '''# Shopping cart

@TAG:SPEC:shopping-cart

A shop keeps what a customer
wants to buy.

## Requirements

1. FR1: adding an item twice raises its amount
2. FR2: `remove_item` takes an item out; one that is not there is refused
3. **FR3**: the total is the sum of amount times price,
   rounded half up to cents

| id | what |
|---|---|
| NFR1 | total of 10,000 items under 20 ms |

## Interfaces

```python cart/item.py
@dataclass(frozen=True)
class Item:
    """What can be bought; price in cents."""
    name: str
    price: int
```

```python
# cart/cart.py
# FR1
def add_item(cart: dict[Item, int], item: Item, amount: int = 1) -> dict[Item, int]:
    """The cart with the item added; `amount` is at least 1."""
    ...

def remove_item(cart: dict[Item, int], item: Item) -> dict[Item, int]: ...
```

* `total(cart: dict[Item, int]) -> int`: the price of a cart in cents (FR3, NFR1). Uses add_item.

## Constraints

- money is kept in whole cents

## Edge cases

- an empty cart costs 0 (FR3)

## Examples

```python
assert total({Item("chair", 300): 2}) == 600
```
'''


def plan(text: str) -> SpecPlan:
    return plan_tickets("specs/it.md", text)


def problems(text: str) -> list[tuple[str, str, int]]:
    return [(one.severity, one.rule, one.line) for one in plan(text).problems]


def ticket(text: str, unit: str) -> str:
    return next(one.text for one in plan(text).tickets if one.unit == unit)


def test_units_are_found_in_blocks_and_in_lists_with_their_paths() -> None:
    found = {unit.name: (unit.path, unit.kind, unit.signature.split("\n")[-1]) for unit in plan(CART).units}
    assert found == {
        "Item": ("cart/item.py", "class", "    price: int"),
        "add_item": (
            "cart/cart.py",
            "function",
            "def add_item(cart: dict[Item, int], item: Item, amount: int = 1) -> dict[Item, int]:",
        ),
        "remove_item": (
            "cart/cart.py",
            "function",
            "def remove_item(cart: dict[Item, int], item: Item) -> dict[Item, int]:",
        ),
        "total": ("shopping_cart/total.py", "function", "total(cart: dict[Item, int]) -> int"),
    }


def test_every_requirement_goes_to_who_names_it_or_is_named_by_it() -> None:
    given_to = {(one.requirement, one.unit, one.how) for one in plan(CART).assignments}
    assert given_to == {
        ("FR1", "add_item", "unit-names-it"),
        ("FR2", "remove_item", "names-the-unit"),
        ("FR3", "total", "unit-names-it"),
        ("NFR1", "total", "unit-names-it"),
    }
    assert problems(CART) == []
    assert plan(CART).is_complete


def test_what_is_needed_is_written_first_and_what_needs_nothing_of_each_other_at_once() -> None:
    assert plan(CART).stages == (("Item",), ("add_item", "remove_item"), ("total",))


def test_a_requirement_may_run_over_lines_and_stand_in_a_table() -> None:
    stated = {one.id: (one.text, one.line) for one in plan(CART).document.requirements}
    assert stated["FR3"] == ("the total is the sum of amount times price, rounded half up to cents", 12)
    assert stated["NFR1"] == ("total of 10,000 items under 20 ms", 17)


def test_a_ticket_can_be_read_back_and_holds_what_concerns_its_unit_alone() -> None:
    for one in plan(CART).tickets:
        read = parse_ticket(one.text)
        assert read is not None
        assert read.diagnostics == ()
        assert tuple(requirement.id for requirement in read.requirements) == one.requirements
        assert one.tokens == get_counter().count(one.text) <= UNIT_LIMIT
    total, add_item = ticket(CART, "total"), ticket(CART, "add_item")
    assert "assert total(" in total
    assert "assert total(" not in add_item
    assert "an empty cart costs 0" in total
    assert "an empty cart costs 0" not in add_item
    assert "money is kept in whole cents" in total
    assert "money is kept in whole cents" in add_item
    assert "Upstream: Item (cart/item.py)" in add_item
    assert "Downstream: total (shopping_cart/total.py)" in add_item
    assert "test_add_item_fr1: FR1" in add_item


def test_a_requirement_that_no_unit_meets_is_an_error_at_its_line() -> None:
    text = CART.replace(
        "2. FR2: `remove_item` takes an item out; one that is not there is refused",
        "2. FR2: stock is ordered nightly",
    )
    found = plan(text)
    assert [(one.severity, one.rule, one.line) for one in found.problems] == [
        ("error", "spec-coverage", 11),
        ("warning", "spec-idle", 36),
    ]
    assert found.covered == 3
    assert not found.is_complete


def test_likeness_takes_two_words_and_is_told() -> None:
    text = (
        "# Quotes\n\n## Requirements\n\n- FR1: sales tax is added to the sum\n- FR2: a line is skipped\n\n"
        "## Pipeline\n\n`parse_order_line` → `add_sales_tax`\n"
    )
    found = plan(text)
    assert [(one.requirement, one.unit, one.how) for one in found.assignments] == [
        ("FR1", "add_sales_tax", "by-likeness")
    ]
    assert {(one.severity, one.rule, one.line) for one in found.problems} >= {
        ("error", "spec-coverage", 6),
        ("note", "spec-likeness", 5),
    }


def test_a_demand_on_the_whole_goes_to_what_nobody_needs() -> None:
    text = (
        "# Quotes\n\n## Requirements\n\n- FR1: `first` starts\n- FR2: `second` ends\n- NFR1: done within 5 ms\n\n"
        "## Pipeline\n\n`first` → `second`\n"
    )
    assert ("NFR1", "second") in [(one.requirement, one.unit) for one in plan(text).assignments]


def test_a_ring_is_told_and_every_unit_keeps_its_ticket() -> None:
    text = "# R\n\n- FR1: `a_b` and `c_d`\n\n## Pipeline\n\n`a_b` → `c_d` → `a_b`\n"
    found = plan(text)
    assert ("error", "spec-ring", 7) in [(one.severity, one.rule, one.line) for one in found.problems]
    assert [one.unit for one in found.tickets] == ["a_b", "c_d"]


def test_a_path_that_leaves_the_folder_is_refused() -> None:
    for path in ("../evil.py", "/etc/evil.py", "a/../../evil.py", "C:/evil.py"):
        text = f'# T\n\n- FR1: `go` goes\n\n## Interfaces\n\n```python title="{path}"\ndef go(): ...\n```\n'
        found = plan(text)
        assert all(".." not in one.path and not one.path.startswith("/") for one in found.tickets), path
        if found.tickets:  # no path was seen in it, and the unit has its own
            assert found.tickets[0].path == "t/go.py"
        else:
            assert "spec-path" in [one.rule for one in found.problems]


def test_two_signatures_of_one_name_are_an_error_and_the_first_holds() -> None:
    text = "# T\n\n- FR1: `go` goes\n\n## API\n\n```python\ndef go(a): ...\n```\n\n```python\ndef go(b): ...\n```\n"
    assert ("error", "spec-unit-twice", 12) in problems(text)
    assert plan(text).units[0].signature == "def go(a):"


def test_units_of_other_languages_get_their_comment_and_their_tests() -> None:
    text = (
        "# Counter\n\n- FR1: `count` counts\n- FR2: `Stop` stops\n\n## Interfaces\n\n"
        "```ts src/count.ts\nexport function count(text: string): number {}\n```\n\n"
        "```go pkg/stop.go\nfunc Stop(reason string) error { }\n```\n"
    )
    found = {one.unit: one for one in plan(text).tickets}
    assert found["count"].tests_path == "src/count.test.ts"
    assert found["count"].text.startswith("// ====")
    assert found["Stop"].tests_path == "pkg/stop_test.go"
    assert "func Stop(reason string) error" in found["Stop"].text


def test_a_large_unit_drops_examples_first_then_says_that_it_is_too_large() -> None:
    examples = "\n".join(
        f"- `go` of {n} gives {n + 1}, which is one more than it was before" for n in range(80)
    )
    text = f"# T\n\n- FR1: `go` goes\n\n## Interfaces\n\n`go(a: int) -> int`: it goes\n\n## Examples\n\n{examples}\n"
    found = plan(text)
    assert found.tickets[0].tokens <= UNIT_LIMIT
    assert "FR1: `go` goes" in found.tickets[0].text
    many = "\n".join(
        f"- FR{n}: `go` turns number {n} into number {n + 1} whenever it is asked" for n in range(1, 80)
    )
    assert ("error", "spec-unit-size") in [
        one[:2] for one in problems(f"# T\n\n{many}\n\n## API\n\n`go(a)`: goes\n")
    ]


def test_bars_and_comment_ends_in_a_specification_do_not_break_a_ticket() -> None:
    text = (
        "# T\n\n- FR1: `go` goes */ on\n\n## Interfaces\n\n```css\na { color: red }\n```\n\n`go(a)`: it goes\n\n"
        "## Constraints\n\n- # ============================================\n- TICKET: not one\n"
    )
    for one in plan(text).tickets:
        read = parse_ticket(one.text)
        assert read is not None
        assert read.requirements[0].id == "FR1"


def test_an_empty_specification_says_what_is_missing() -> None:
    assert {rule for _, rule, _ in problems("")} == {"spec-title", "spec-requirements", "spec-units"}


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *CART.split("\n"),
                "# =====",
                "===",
                "```",
                "~~~",
                "<!--",
                "-->",
                "`a` → `b` → `a`",
                "| FR9 |",
                "\tFR2:",
                "\r",
                "- [ ] FR7: x",
                "@TAG:SPEC:",
                "`f(`",
                "`f()`:",
                "\x00",
                "🙂",
            ]
        ),
        max_size=60,
    )
)
def test_any_text_gives_a_plan_in_which_no_requirement_is_lost(lines: list[str]) -> None:
    found = plan("\n".join(lines))
    told = {one.message.split()[3].rstrip(":") for one in found.problems if one.rule == "spec-coverage"}
    in_tickets = {name for one in found.tickets for name in one.requirements}
    stated = {one.id for one in found.document.requirements}
    if found.units:
        assert stated == in_tickets | told
    assert len({one.unit for one in found.tickets}) == len(found.tickets) == len(found.units)
    assert all(parse_ticket(one.text) is not None for one in found.tickets)
    assert found == plan("\n".join(lines))


def test_what_a_section_stands_in_is_known_at_any_depth() -> None:
    text = "# T\n## A ##\n### B#\n#### C\n## D\n# E\n### F\n\nG\n===\n"
    found = [(one.title, one.above, one.is_title) for one in split_sections(text)[1:]]
    assert found == [
        ("T", (), True), ("A", (), False), ("B#", ("A",), False), ("C", ("A", "B#"), False), ("D", (), False),
        ("E", (), False), ("F", ("E",), False), ("G", (), False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "hostile",
    [
        "# a{}b",
        "```{}`",
        "~~~{}`",
        "```python a.py\ndef f(a,{}b): ...\n```",
        "- `f`{}x",
        "<!--{}",
        "`a`{}→ b",
    ],
)
def test_a_long_line_is_read_in_time_that_grows_with_it(hostile: str) -> None:
    # Read in time that grows with its square, each of these would take minutes: the test would never end.
    for filling in (" " * 300_000, "~" * 300_000):
        plan_tickets("spec.md", f"# T\n\n## Interfaces\n\n- FR1: x\n{hostile.format(filling)}\n")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("a.py", "a.py/b.py", "cannot be imported"),
        ("shop/x.py", "tests/shop/test_x.py", "would hold code"),
        ("shop/x.py", "Shop/x.py", "capital letters"),
        ("json.py", "b.py", "would hide json"),
        ("shop/pytest.py", "conftest.py", "would hide conftest"),
        ("my-shop/x.py", "b.py", "cannot be imported"),
        ("shop/class.py", "b.py", "cannot be imported"),
        ("__init__.py", "b.py", "cannot be imported"),
        (".git/x.py", "b.py", "hidden"),
        ("./x.py", "b.py", "roundabout"),
    ],
)
def test_paths_that_cannot_be_written_or_imported_are_told_before_any_model_is_asked(
    first: str, second: str, said: str
) -> None:
    text = f"# T\n\n- FR1: `go_on` and `go_off`\n\n## API\n\n```python {first}\ndef go_on(): ...\n```\n\n"
    found = plan(f"{text}```python {second}\ndef go_off(): ...\n```\n").problems
    assert [one.rule for one in found if one.severity == "error" and said in one.message][:1] == ["spec-path"]


def test_a_name_that_python_does_not_take_is_told() -> None:
    assert ("error", "spec-path", 7) in problems(
        "# T\n\n- FR1: `class` goes\n\n## API\n\n* `class(a)`: FR1\n"
    )


def test_a_specification_with_the_name_of_a_module_of_python_gets_another_folder() -> None:
    found = plan("# Calendar\n\n- FR1: `go_on` goes\n\n## API\n\n* `go_on(a)`: FR1\n")
    assert [one.path for one in found.tickets] == ["spec_calendar/go_on.py"]
    assert found.is_complete


def test_units_whose_names_differ_in_capital_letters_have_tickets_of_their_own() -> None:
    text = "# T\n\n- FR1: x\n\n## API\n\n```python a.py\nclass Cart: ...\n\ndef cart(): ...\n```\n"
    assert [one.slug for one in plan(text).tickets] == ["t-cart", "t-cart-2"]
    assert "@TAG:TICKET:t-cart-2\n" in plan(text).tickets[1].text
