"""What a piece of TypeScript, JavaScript or Go has to be to count as the unit of a ticket; nothing is run here."""

from __future__ import annotations

import pytest
from aifirst_orchestrator.generate.judge_code import judge_tests, judge_unit
from aifirst_orchestrator.generate.languages.code_tree import tree_of
from aifirst_orchestrator.generate.languages.generated_language import Head
from aifirst_orchestrator.generate.languages.registry import generated_language
from aifirst_orchestrator.generate.script.erase_types import erase_types
from aifirst_orchestrator.spec.plan import plan_tickets
from aifirst_orchestrator.spec.units import SpecUnit
from language_carts import CARTS, GO, JAVASCRIPT, TYPESCRIPT, Cart

_TS = "/** FR1 */\nexport function total(cart: number[], by: number = 1): number {\n  return cart.length * by;\n}\n"
_TS_UNIT = SpecUnit(
    "total", "cart/total.ts", "typescript", 1, "function", "function total(cart: number[], by: number = 1): number",
    needs=("price",),
)  # fmt: skip
_GO = "func Total(cart []int, by int) (int, error) {\n\treturn len(cart) * by, nil\n}\n"
_GO_UNIT = SpecUnit(
    "Total", "cart/total.go", "go", 1, "function", "func Total(cart []int, by int) (int, error)", needs=("Price",),
    package="shop/cart",
)  # fmt: skip


def _flaws(code: str, unit: SpecUnit) -> list[str]:
    return [flaw.message for flaw in judge_unit(code, unit)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (_TS, ""),
        (_TS.replace("number[], by", "number[] , by").replace("= 1)", "= 1,\n)"), ""),
        ('import { price } from "../price.ts";\nimport { join } from "node:path";\n' + _TS, ""),
        (_TS + 'const SIZES = new Map([["a", 1]]);\nconst NAMES = Object.freeze("a b".split(" "));\n', ""),
        (_TS + "interface Row { a: string }\nconst find = (row: Row) => process.exit(1);\n", ""),
        (_TS + "class Row { at = Date.now(); }\n", ""),
        (_TS.replace("export ", ""), "is not exported"),
        (_TS + _TS, "defined twice"),
        (_TS.replace("total(", "sum("), "does not define total"),
        (_TS.replace("number[]", "string[]"), "the ticket says"),
        (_TS.replace(" = 1", ""), "the ticket says"),
        (_TS.replace("): number", "): string"), "what it returns"),
        (_TS.replace("function total", "function* total"), "generator"),
        (_TS + "export const more = 1;\n", "not what the ticket asks for"),
        (_TS + "export default total;\n", "exports what no ticket asks for"),
        (_TS + "export * from './a.ts';\n", "exports what no ticket asks for"),
        (_TS + "console.log(1);\n", "runs when the file is imported"),
        (_TS + "if (process.argv) { total([]); }\n", "runs when the file is imported"),
        (_TS + "const a = process.cwd();\n", "process.cwd is called"),
        (_TS + "const a = (() => 1)();\n", "is called when the file is imported"),
        (_TS + 'const a = ["x"].map((one) => process.exit(0));\n', "process.exit is called"),
        (_TS + "const a = globalThis.b = 1;\n", "runs when the file is imported"),
        (_TS + "const Map = total; const a = new Map();\n", "Map is called"),
        (_TS + "Object.assign(Object, {});\n", "runs when the file is imported"),
        (_TS + "const a = Object.assign(Object, {});\n", "Object.assign is called"),
        (_TS + "class Row { static at = fetch('x'); }\n", "fetch is called"),
        (_TS + "class Row { static { total([]); } }\n", "runs when the file is imported"),
        (_TS + "class Row extends mixed(Array) {}\n", "mixed is called"),
        ('import { z } from "zod";\n' + _TS, "zod is not there"),
        ('import test from "test";\n' + _TS, "test is not there"),
        ('import "node:fs";\n' + _TS, "for its effect alone"),
        ('import { test } from "node:test";\n' + _TS, "has no use for node:test"),
        ('import { tax } from "./tax.ts";\n' + _TS, "no unit that it may use"),
        (_TS.replace("cart.length", "require('x')"), "imports while it runs"),
        (_TS + "enum Colour { Red }\n", "an enum is more than a type"),
        (_TS + "class Row { constructor(private a: string) {} }\n", "parameter that is a property"),
        (_TS + "namespace Rows { export const a = 1; }\n", "a namespace is more than a type"),
        (_TS[:-3], "this is no TypeScript"),
        ("(" * 20_000, "cannot be read"),
        (_TS + "const a = 1;\n" * 300, "700 are the most"),
    ],
)
def test_a_unit_of_typescript(code: str, said: str) -> None:
    told = _flaws(code, _TS_UNIT)
    assert (told == []) if not said else any(said in one for one in told), told


@pytest.mark.parametrize(
    ("signature", "code", "said"),
    [
        ("class Cart { add(item: string): void }", "export class Cart { add(item: string): void {} }\n", ""),
        ("class Cart { add(item: string): void }", "export class Cart { put() {} }\n", "lacks add"),
        ("interface Cart { a: number }", "export interface Cart { a: number; b: string }\n", ""),
        ("interface Cart { a: number }", "export class Cart { a = 1; }\n", "has to be an interface"),
        ("type Cart = Map<string, number>", "export type Cart = Map<string, number>;\n", ""),
        ("type Cart = Map<string, number>", "export type Cart = Map<string, string>;\n", "another type"),
        ("async function Cart(a)", "export async function Cart(a) {}\n", ""),
        ("async function Cart(a)", "export function Cart(a) {}\n", "has to be async"),
        ("Cart(a: number): number", "export const Cart = (a: number): number => a;\n", ""),
    ],
)
def test_other_units_of_typescript(signature: str, code: str, said: str) -> None:
    told = _flaws(code, SpecUnit("Cart", "a/Cart.ts", "typescript", 1, "class", signature))
    assert (told == []) if not said else any(said in one for one in told), told


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (_GO, ""),
        ("package other\n\n" + _GO.replace("(cart []int, by int)", "(\n\tcart []int,\n\tby int,\n)"), ""),
        ('import (\n\t"errors"\n\t"shop/price"\n)\n\nvar totalErr = errors.New("x")\n' + _GO, ""),
        (_GO + "type totalRow struct{ a int }\n\nfunc (t totalRow) Sum() int { return t.a }\n", ""),
        (
            _GO + "var totalSizes = map[string]int{}\nvar totalOf = func() int { return len(totalSizes) }\n",
            "",
        ),
        (_GO.replace("Total", "Sum"), "does not define Total"),
        (_GO + _GO, "defined twice"),
        (_GO.replace("by int", "by, more int"), "the ticket says"),
        (_GO.replace("(int, error)", "int"), "the ticket says"),
        (_GO + "func Other() {}\n", "not what the ticket asks for"),
        (_GO + "func helper() {}\n", "begins with total"),
        (_GO + "func len(a []int) int { return 0 }\n", "means something else in Go"),
        (_GO + "func init() {}\n", "runs when the program starts"),
        (_GO + "var totalNow = time.Now()\n", "time.Now is called"),
        (_GO + "var totalNow = func() int { return 1 }()\n", "is called when the program starts"),
        (_GO + "var totalNow = []int{totalOf()}\n\nfunc totalOf() int { return 1 }\n", "totalOf is called"),
        ('import _ "embed"\n\n' + _GO, "imported as _"),
        ('import . "strings"\n\n' + _GO, "imported as ."),
        ('import "unsafe"\n\n' + _GO, "goes around"),
        ('import "C"\n\n' + _GO, "C is not there"),
        ('import "testing"\n\n' + _GO, "no use for testing"),
        ('import "github.com/a/b"\n\n' + _GO, "is not there"),
        ('import "internal/abi"\n\n' + _GO, "is not there"),
        ('import "shop/cart"\n\n' + _GO, "own package"),
        ("//go:noinline\n" + _GO, "tells the compiler"),
        ("//go:linkname Total runtime.gc\n" + _GO, "tells the compiler"),
        (_GO[:-3], "this is no Go"),
    ],
)
def test_a_unit_of_go(code: str, said: str) -> None:
    told = [flaw.told() for flaw in judge_unit(code, _GO_UNIT)]
    assert (told == []) if not said else any(said in one for one in told), told


@pytest.mark.parametrize("cart", CARTS, ids=lambda cart: cart.language)
def test_tests_have_to_be_there_and_check_something(cart: Cart) -> None:
    plan = plan_tickets("cart.md", cart.text)
    ticket = next(one for one in plan.tickets if one.unit == cart.last)
    right, name = cart.tests[cart.last], cart.test_names[cart.last]
    assert judge_tests(right, ticket) == ()
    cases = (
        (right.replace(name, f"{name}x"), "there is no test"),
        (right.replace("assert.", "ignore."), "checks nothing"),
    )
    if cart is GO:
        cases = (cases[0], (right.replace("t.Errorf", "println"), "checks nothing"))
        cases = (*cases, (right + "\nfunc helper() {}\n", "begins with total"))
    else:
        cases = (*cases, (right.replace("test(", "test.skip("), "there is no test"))
        cases = (*cases, ('import { expect } from "vitest";\n' + right, "vitest is not there"))
    for code, said in cases:
        assert any(said in flaw.told() for flaw in judge_tests(code, ticket)), (
            said,
            judge_tests(code, ticket),
        )


def test_a_file_has_each_import_once_and_units_from_where_they_stand() -> None:
    tool = generated_language("typescript")
    units = plan_tickets("cart.md", TYPESCRIPT.text).units
    first = 'import { Item, type Other } from "./wrong";\nimport fs, { join as put } from "node:path";\nconst a = 1;\n'
    second = (
        'import * as os from "node:os";\nimport { Item } from "../x";\nimport { sep } from "node:path";\n'
    )
    second += "const b = 2;\n"
    text = tool.compose("shop/both.ts", Head("Holds */ it.", "From."), [first, second], units, ())
    assert text == (
        "/**\n * Holds * / it.\n *\n * From.\n */\n\n"
        'import * as os from "node:os";\n'
        'import fs from "node:path";\n'
        'import { join as put, sep } from "node:path";\n'
        'import type { Item } from "../cart/item.ts";\n'
        'import type { Other } from "./wrong";\n\nconst a = 1;\n\nconst b = 2;\n'
    )
    alone = tool.compose("cart/item.ts", Head("a", "b"), [second], units, ("Item",))
    assert "Item" not in alone


def test_an_outline_has_no_bodies() -> None:
    assert generated_language("typescript").outline(TYPESCRIPT.code["total"], "total") == (
        "/** The price of the cart in cents (FR2). */\n"
        "export function total(cart: ReadonlyMap<Item, number>): number { … }"
    )
    code = (
        "// Cart is.\ntype Cart struct{ a int }\n\n// Add adds.\nfunc (c *Cart) Add(a int) {\n\tc.a += a\n}\n"
    )
    assert generated_language("go").outline(code, "Cart") == (
        "// Cart is.\ntype Cart struct{ a int }\n\n// Add adds.\nfunc (c *Cart) Add(a int)"
    )


def test_types_become_spaces_and_nothing_else_changes() -> None:
    code = """import type { A } from "./a.ts";
import { type B, c } from "./c.ts";
export abstract class D<T> extends E<T> implements F {
  private readonly a: string = "x";
  declare z: string;
  b?: number;
  abstract m(): void;
  over(a: string): void;
  over(a: unknown, this_ = <const>1 as number): asserts a is string { return a! as any; }
}
export async function g<T extends object>(this: D<T>, x?: T, ...rest: T[]): Promise<T> {
  const q = (x ? rest[0] : x) satisfies T;
  return q!;
}
export type { A };
"""
    code = code.replace("<const>1 as number", "1 as number")
    erased = erase_types(tree_of("typescript", code))
    assert erased.count("\n") == code.count("\n")
    assert [len(line) for line in erased.split("\n")] == [len(line) for line in code.split("\n")]
    assert [" ".join(line.split()) for line in erased.split("\n")] == [
        ";", 'import { c } from "./c.ts";', "export class D extends E {", 'a = "x";', ";", "b ;", ";", ";",
        "over(a , this_ = 1 ) { return a ; }", "}", "export async function g ( x , ...rest ) {",
        "const q = (x ? rest[0] : x) ;", "return q ;", "}", ";", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "problem"),
    [
        (TYPESCRIPT.text, "", ""),
        (TYPESCRIPT.text, "go", "and go is asked for"),
        (TYPESCRIPT.text, "javascript", ""),  # Node runs both together
        (JAVASCRIPT.text.replace("Language: JavaScript\n", ""), "javascript", ""),
        (GO.text.replace("cart/total.go", "cart/total_linux.go"), "", "for one system alone"),
        (GO.text.replace("func Total(", "func init("), "", "no name that Go takes"),
        (GO.text.replace("cart/total.go", "vendor/total.go"), "", "no name for a package"),
        (TYPESCRIPT.text.replace("shop/total.ts", "shop/total.d.ts"), "", "no module of code that Node runs"),
        (
            TYPESCRIPT.text.replace("```ts cart/cart.ts", "```python cart/cart.py\ndef f(): ...\n"),
            "",
            "which is of",
        ),
    ],
)
def test_the_language_is_that_of_the_specification(text: str, language: str, problem: str) -> None:
    if "def f()" in text:  # a unit of Python that one of TypeScript needs
        text = text.replace("Uses addItem", "Uses f")
    plan = plan_tickets("cart.md", text, language=language)
    told = [one.message for one in plan.problems if one.severity == "error"]
    assert (told == []) if not problem else any(problem in one for one in told), told


def test_names_of_files_and_tests_are_those_of_the_language() -> None:
    made = {
        cart.language: [
            (one.path, one.tests_path, *one.tests) for one in plan_tickets("cart.md", cart.text).tickets
        ][1]
        for cart in CARTS
    }
    assert made == {
        "typescript": ("cart/cart.ts", "cart/cart.test.ts", "test_add_item_fr1"),
        "javascript": ("shopping_cart/addItem.js", "shopping_cart/addItem.test.js", "test_add_item_fr1"),
        "go": ("cart/add_item.go", "cart/add_item_test.go", "TestAddItem_FR1"),
    }
    units = plan_tickets(
        "cart.md", "# A\n\nLanguage: Go\n\n- FR1: x\n\n## API\n\n* `func PutLinux(a int)`: FR1\n"
    ).units
    assert units[0].path == "a/put_linux_unit.go"
