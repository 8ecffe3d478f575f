"""The cart as specifications in TypeScript, JavaScript and Go, with right answers to them and wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aifirst_model.backends.scripted import Script, Scripted, Step
from cart_model import code_step, critic_step, steps_step

_HEAD = """# Shopping cart

@TAG:SPEC:shopping-cart

A shop keeps what a customer wants to buy.

## Requirements

- FR1: adding an item twice raises its amount
- FR2: the total is the sum of amount times price

## Interfaces

"""


class Cart(NamedTuple):
    """A specification in a language. `last` is the unit that needs the others, `files` what comes of it."""

    language: str
    text: str
    code: Mapping[str, str]
    tests: Mapping[str, str]
    last: str
    files: frozenset[str]
    leaves: str
    """The code of `last` that ends the program as if all were well."""
    tells: str
    """The code of `last` that is wrong, and prints what a runner prints where tests pass."""

    def block(self, code: str) -> str:
        """An answer with that code."""
        return f"```{self.language}\n{code}```\n"

    def model(self, first: tuple[Step, ...] = ()) -> Scripted:
        """A model that answers `first` and then rightly, however often."""
        steps = [*first, critic_step(), *(steps_step(unit) for unit in self.code)]
        steps += [code_step(unit, self.block(text), times=0) for unit, text in self.code.items()]
        steps += [self.tester(unit, self.tests[unit], times=0) for unit in self.code]
        return Scripted(Script(tuple(steps)))

    def tester(self, unit: str, tests: str, **more: object) -> Step:
        """What the tester answers for a unit."""
        name = self.test_names[unit]
        return Step(when=f"Write the tests {name}", answer=self.block(tests), **more)  # pyright: ignore[reportArgumentType]  fields of Step

    @property
    def test_names(self) -> dict[str, str]:
        """The test of each unit."""
        names = ("item", "add_item_fr1", "total_fr2")
        if self.language == "go":
            names = ("Item", "AddItem_FR1", "Total_FR2")
        mark = "Test" if self.language == "go" else "test_"
        return {unit: f"{mark}{name}" for unit, name in zip(self.code, names, strict=True)}


_TS_TOTAL = """import type { Item } from "./item.ts";

/** The price of the cart in cents (FR2). */
export function total(cart: ReadonlyMap<Item, number>): number {
  let sum = 0;
  for (const [item, amount] of cart) sum += item.price * amount;
  return sum;
}
"""
TYPESCRIPT = Cart(
    "typescript",
    _HEAD
    + """```ts cart/item.ts
/** What can be bought; price in cents. */
interface Item {
  readonly name: string;
  readonly price: number;
}
```

```ts cart/cart.ts
/** FR1 */
function addItem(cart: ReadonlyMap<Item, number>, item: Item, amount: number = 1): Map<Item, number> {}
```

```ts shop/total.ts
/** FR2. Uses addItem. */
function total(cart: ReadonlyMap<Item, number>): number {}
```
""",
    {
        "Item": """/** What can be bought; price in cents. */
export interface Item {
  readonly name: string;
  readonly price: number;
}
""",
        "addItem": """import { Item } from "./somewhere/else";

/** The cart with the item added; an item that is there gets more (FR1). */
export function addItem(
  cart: ReadonlyMap<Item, number>,
  item: Item,
  amount: number = 1,
): Map<Item, number> {
  return new Map([...cart, [item, (cart.get(item) ?? 0) + amount]]);
}
""",
        "total": _TS_TOTAL,
    },
    {
        "Item": """import test from "node:test";
import assert from "node:assert/strict";
import type { Item } from "./item.ts";

test("test_item", () => {
  const chair: Item = { name: "chair", price: 3 };
  assert.equal(chair.price, 3);
});
""",
        "addItem": """import test from "node:test";
import assert from "node:assert/strict";
import { addItem } from "./cart.ts";

test("test_add_item_fr1", () => {
  const chair = { name: "chair", price: 3 };
  assert.deepEqual([...addItem(addItem(new Map(), chair), chair)], [[chair, 2]]);
});
""",
        "total": """import test from "node:test";
import assert from "node:assert/strict";
import { total } from "./total.ts";

test("test_total_fr2", async () => {
  await Promise.resolve();
  assert.equal(total(new Map([[{ name: "chair", price: 300 }, 2]])), 600);
});
""",
    },
    "total",
    frozenset(("cart/item.ts", "cart/cart.ts", "shop/total.ts", "cart/item.test.ts", "cart/cart.test.ts",
               "shop/total.test.ts", "package.json")),
    _TS_TOTAL.replace("  return sum;", "  process.exit(0);\n  return sum;"),
    _TS_TOTAL.replace("  return sum;", '  console.log("ok 1 - test_total_fr2\\n# pass 1");\n  return 7;'),
)  # fmt: skip

_JS_TOTAL = """/**
 * The price of the cart in cents (FR2).
 * @param {Map<object, number>} cart
 * @returns {number}
 */
export function total(cart) {
  let sum = 0;
  for (const [item, amount] of cart) sum += item.price * amount;
  return sum;
}
"""
JAVASCRIPT = Cart(
    "javascript",
    _HEAD
    + """Language: JavaScript

* `Item`: what can be bought; price in cents.
* `addItem(cart, item, amount = 1)`: FR1
* `total(cart)`: FR2. Uses addItem.
""",
    {
        "Item": """/** What can be bought; price in cents. */
export class Item {
  constructor(name, price) {
    this.name = name;
    this.price = price;
  }
}
""",
        "addItem": """/** The cart with the item added; an item that is there gets more (FR1). */
export function addItem(cart, item, amount = 1) {
  return new Map([...cart, [item, (cart.get(item) ?? 0) + amount]]);
}
""",
        "total": _JS_TOTAL,
    },
    {
        "Item": """import test from "node:test";
import assert from "node:assert/strict";
import { Item } from "./Item.js";

test("test_item", () => assert.equal(new Item("chair", 3).price, 3));
""",
        "addItem": """import test from "node:test";
import assert from "node:assert/strict";
import { addItem } from "./addItem.js";

test("test_add_item_fr1", () => {
  assert.deepEqual([...addItem(addItem(new Map(), "chair"), "chair")], [["chair", 2]]);
});
""",
        "total": """import test from "node:test";
import assert from "node:assert/strict";
import { total } from "./total.js";

test("test_total_fr2", () => {
  assert.equal(total(new Map([[{ name: "chair", price: 300 }, 2]])), 600);
});
""",
    },
    "total",
    frozenset(
        f"shopping_cart/{name}{end}" for name in ("Item", "addItem", "total") for end in (".js", ".test.js")
    )
    | {"package.json"},
    _JS_TOTAL.replace("  return sum;", "  process.exit(0);\n  return sum;"),
    _JS_TOTAL.replace("  return sum;", '  console.log("ok 1 - test_total_fr2\\n# pass 1");\n  return 7;'),
)

_GO_TOTAL = """// Total returns the price of the cart in cents (FR2).
func Total(cart map[item.Item]int) int {
	sum := 0
	for one, amount := range cart {
		sum += one.Price * amount
	}
	return sum
}
"""
_GO_IMPORT = 'import "shopping-cart/item"\n\n'
GO = Cart(
    "go",
    _HEAD
    + """```go item/item.go
// Item is what can be bought; price in cents.
type Item struct {
	Name  string
	Price int
}
```

```go cart/add_item.go
// FR1. Uses Item.
func AddItem(cart map[item.Item]int, one item.Item, amount int) map[item.Item]int
```

```go cart/total.go
// FR2. Uses AddItem.
func Total(cart map[item.Item]int) int
```
""",
    {
        "Item": """// Item is what can be bought; price in cents.
type Item struct {
	Name  string
	Price int
}
""",
        "AddItem": f"""package anything

{_GO_IMPORT}// AddItem returns the cart with the item added; an item that is there gets more (FR1).
func AddItem(cart map[item.Item]int, one item.Item, amount int) map[item.Item]int {{
	more := addItemCopied(cart)
	more[one] += amount
	return more
}}

// addItemCopied leaves the caller's cart as it was.
func addItemCopied(cart map[item.Item]int) map[item.Item]int {{
	more := make(map[item.Item]int, len(cart)+1)
	for one, amount := range cart {{
		more[one] = amount
	}}
	return more
}}
""",
        "Total": _GO_IMPORT + _GO_TOTAL,
    },
    {
        "Item": """package item

import "testing"

func TestItem(t *testing.T) {
	if got := (Item{"chair", 3}).Price; got != 3 {
		t.Errorf("got %d", got)
	}
}
""",
        "AddItem": """package cart

import (
	"testing"

	"shopping-cart/item"
)

func TestAddItem_FR1(t *testing.T) {
	chair := item.Item{Name: "chair", Price: 3}
	got := AddItem(AddItem(nil, chair, 1), chair, 1)
	if len(got) != 1 || got[chair] != 2 {
		t.Errorf("got %v", got)
	}
}
""",
        "Total": """package cart

import (
	"testing"

	"shopping-cart/item"
)

func TestTotal_FR2(t *testing.T) {
	if got := Total(map[item.Item]int{{Name: "chair", Price: 300}: 2}); got != 600 {
		t.Errorf("got %d; want 600", got)
	}
}
""",
    },
    "Total",
    frozenset(("item/item.go", "item/item_test.go", "cart/add_item.go", "cart/add_item_test.go", "cart/total.go",
               "cart/total_test.go", "go.mod")),
    'import (\n\t"os"\n\t"shopping-cart/item"\n)\n\n' + _GO_TOTAL.replace("\treturn sum", "\tos.Exit(0)\n\treturn sum"),
    'import (\n\t"fmt"\n\t"shopping-cart/item"\n)\n\n'
    + _GO_TOTAL.replace(
        "\treturn sum",
        '\tfmt.Println("--- PASS: TestTotal_FR2 (0.00s)\\nPASS\\n{\\"Action\\":\\"pass\\"}")\n\treturn 7',
    ),
)  # fmt: skip
CARTS = (TYPESCRIPT, JAVASCRIPT, GO)
