"""A specification of four units, and a scripted model that writes it: rightly, or wrongly in the ways that models do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aifirst_model.backends.scripted import Script, Scripted, Step

CART = '''# Shopping cart

@TAG:SPEC:shopping-cart

A shop keeps what a customer wants to buy.

## Requirements

- FR1: adding an item twice raises its amount
- FR2: `remove_item` takes an item out; one that is not there is refused
- FR3: the total is the sum of amount times price

## Interfaces

```python cart/item.py
@dataclass(frozen=True)
class Item:
    """What can be bought; price in cents."""
    name: str
    price: int
```

```python cart/cart.py
def add_item(cart: dict[Item, int], item: Item, amount: int = 1) -> dict[Item, int]:
    """FR1"""

def remove_item(cart: dict[Item, int], item: Item) -> dict[Item, int]: ...
```

```python cart/total.py
def total(cart: dict[Item, int]) -> int:
    """FR3. Uses add_item."""
```
'''

CODE = {
    "Item": '''from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """What can be bought; price in cents."""

    name: str
    price: int
''',
    "add_item": '''from cart.item import Item


def add_item(cart: dict[Item, int], item: Item, amount: int = 1) -> dict[Item, int]:
    """Return the cart with the item added; an item that is there gets more (FR1)."""
    return {**cart, item: cart.get(item, 0) + amount}
''',
    "remove_item": '''from cart.item import Item


def remove_item(cart: dict[Item, int], item: Item) -> dict[Item, int]:
    """Return the cart without the item; raises KeyError where it is not there (FR2)."""
    if item not in cart:
        raise KeyError(item.name)
    return {one: amount for one, amount in cart.items() if one != item}
''',
    "total": '''from cart.item import Item


def total(cart: dict[Item, int]) -> int:
    """Return the price of the cart in cents (FR3)."""
    return sum(item.price * amount for item, amount in cart.items())
''',
}

TESTS = {
    "Item": """from cart.item import Item


def test_item():
    assert Item("chair", 3).price == 3
""",
    "add_item": """from cart.cart import add_item
from cart.item import Item


def test_add_item_fr1():
    chair = Item("chair", 3)
    assert add_item(add_item({}, chair), chair) == {chair: 2}
""",
    "remove_item": """import pytest
from cart.cart import remove_item
from cart.item import Item


def test_remove_item_fr2():
    chair = Item("chair", 3)
    assert remove_item({chair: 1}, chair) == {}
    with pytest.raises(KeyError):
        remove_item({}, chair)
""",
    "total": """from cart.item import Item
from cart.total import total


def test_total_fr3():
    assert total({Item("chair", 300): 2}) == 600
""",
}


def block(code: str) -> str:
    """An answer with that code."""
    return f"```python\n{code}```\n"


def code_step(unit: str, answer: str, **more: object) -> Step:
    """What the coder answers for a unit."""
    return Step(when=f"Write {unit}. It will stand in", answer=answer, **more)  # pyright: ignore[reportArgumentType]  fields of Step


def answer_of_tester(unit: str, answer: str, **more: object) -> Step:
    """What the tester answers for a unit."""
    return Step(when=f" import {unit}", answer=answer, **more)  # pyright: ignore[reportArgumentType]  fields of Step


def steps_step(unit: str, answer: str = "1. do it") -> Step:
    """What the designer answers for a unit."""
    return Step(when=f"Plan the steps of {unit}.", answer=answer, times=0)


def critic_step(answer: str = "CODE\nit is not what the ticket says") -> Step:
    """What the critic answers."""
    return Step(when="The tests:\n", answer=answer, times=0)


def script(
    first: Sequence[Step] = (), code: Mapping[str, str] = CODE, tests: Mapping[str, str] = TESTS
) -> Script:
    """A script that answers `first` and then rightly, however often."""
    steps = [*first, critic_step()]
    steps += [steps_step(unit) for unit in code]
    steps += [code_step(unit, block(text), times=0) for unit, text in code.items()]
    steps += [
        Step(when=f"Write the tests {_name(text)}", answer=block(text), times=0) for text in tests.values()
    ]
    return Script(tuple(steps))


def _name(tests: str) -> str:
    return tests.split("def ", 1)[1].split("(", 1)[0]


def model(first: Sequence[Step] = (), code: Mapping[str, str] = CODE) -> Scripted:
    """The model of that script."""
    return Scripted(script(first, code))
