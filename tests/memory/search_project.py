"""A shop in five languages, with a history, for the tests of search."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_memory.memory import Memory
from aifirst_memory.search.result import SearchRequest, SearchResult
from aifirst_memory.update import UpdateRequest, update_memory
from history_repository import Repository

ORDER = '''\
"""Orders."""

from shop.price import total
from shop.session import Basket


class Order:
    """What a customer bought.

    @TAG:FEATURE:checkout
    """

    def __init__(self, basket: Basket) -> None:
        self.basket = basket

    def pay(self, card):
        """Charge the card for the whole order."""
        if card.expired:
            raise ValueError("card declined")
        return card.charge(total(self.basket.rows))

    def cancel(self):
        """Give the money back."""
        return -total(self.basket.rows)
'''
PRICE = '''\
"""Prices."""


def total(rows):
    """The sum of all rows, taxes included."""
    return sum(row.price * (1 + row.tax) for row in rows)


def rebate(rows, percent):
    """A discount for loyal customers."""
    return total(rows) * percent / 100
'''
SESSION = '''\
"""Sessions of customers."""


class Basket:
    """The rows that a customer chose."""

    rows = ()


def expire_sessions(sessions, now):
    """Forget the customers who were idle for too long."""
    return [session for session in sessions if session.last_seen > now - 3600]
'''
FILES = {
    "shop/order.py": ORDER,
    "shop/price.py": PRICE,
    "shop/session.py": SESSION,
    "shop/README.md": "# The shop\n\n## Refund policy\n\nMoney goes back within a fortnight.\n",
    "tests/test_order.py": "from shop.order import Order\n\n\ndef test_a_declined_card_is_told():\n"
    "    assert Order(None).pay\n",
    "web/cart.js": "import { show } from './show.js';\n\n"
    "export function drawCart(cart) {\n  return show(cart.rows);\n}\n",
    "web/show.js": "export function show(rows) {\n  return rows.map((row) => row.title).join();\n}\n",
    "src/main/java/com/shop/Warehouse.java": "package com.shop;\n\n/** Keeps stock. */\npublic class Warehouse {\n"
    "  /** Reserve an item on the shelf. */\n  public boolean reserveItem(String item) {\n    return true;\n  }\n}\n",
    "cmd/ship.go": "package main\n\n// DispatchParcel hands a parcel to the carrier.\n"
    "func DispatchParcel(id string) error {\n"
    "\treturn nil\n}\n",
    "crates/label/src/lib.rs": "/// Prints the address label of a parcel.\n"
    "pub fn print_label(address: &str) -> String {\n"
    "    address.to_string()\n}\n",
}


class Shop(Repository):
    """The project as a repository with three commits; `memory` opens its index."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(root, monkeypatch)
        self.commit("Begin the shop", FILES)
        self.commit("Round taxes half to even", {"shop/price.py": PRICE + "\n\nDIGITS = 2\n"})
        self.commit("Let customers cancel", {"shop/order.py": ORDER + "\n\nCANCELLED = -1\n"})

    def update(self) -> None:
        """Bring the index up to date."""
        update_memory(UpdateRequest(self.root))

    def search(self, text: str, **options: object) -> tuple[SearchResult, ...]:
        """What the index as it stands answers."""
        with Memory.open(self.root) as memory:
            return ask(memory, text, **options)


def ask(memory: Memory, text: str, **options: object) -> tuple[SearchResult, ...]:
    """The results of a query."""
    return memory.search(SearchRequest(text, **options)).results  # pyright: ignore[reportArgumentType]  # by name


def places(results: tuple[SearchResult, ...]) -> list[tuple[str, str]]:
    """Path and unit of each result."""
    return [(result.path, result.unit) for result in results]
