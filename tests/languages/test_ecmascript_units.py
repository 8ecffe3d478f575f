"""Units and complexity of JavaScript, TypeScript and TSX files."""

import pytest
from language_checks import check_complexity, check_units

FAMILY = ["javascript", "typescript", "tsx"]


@pytest.mark.parametrize("language", FAMILY)
def test_functions_are_named_by_what_they_are_assigned_to(language: str) -> None:
    check_units(
        language,
        """\
// about f
export async function* f() {} // trailing
const g = async () => 1;
export const h = function () {
}, i = 2;
exports.j = function () {};
module.exports.k = () => {};
Foo.prototype.bar = function* () {};
this.l = function () {};
app.use = (request) => {};
var proto = module.exports = function () {};
let m;
m = () => {};
""",
        """\
1-2 function f
3-3 function g
4-5 function h
6-6 function j
7-7 function k
8-8 function Foo.bar
9-9 function l
10-10 function app.use
11-11 function module.exports
13-13 function m
""",
    )


@pytest.mark.parametrize("language", FAMILY)
def test_several_declarations_in_one_statement_are_units_beside_each_other(language: str) -> None:
    check_units(
        language,
        "export const a = () => {},\n  b = () => {\n  };\nvar c = 1, d = function () {};\n",
        "1-1 function a\n2-3 function b\n4-4 function d",
    )


@pytest.mark.parametrize("language", FAMILY)
def test_an_object_with_functions_holds_them(language: str) -> None:
    check_units(
        language,
        """\
const o = {
  n: 1,
  /** a */
  a() {},
  b: function () {},
  get c() { return 1; },
  set c(v) {},
  'd-e': async () => {},
  [f]() {},
  sub: { g: () => 1 },
};
const plain = { a: 1 };
""",
        """\
1-11 class o
3-4 function o.a
5-5 function o.b
6-6 function o.c
7-7 function o.c#2
8-8 function o.d-e
9-9 function o.[f]
10-10 class o.sub
10-10 function o.sub.g
""",
    )


@pytest.mark.parametrize("language", FAMILY)
def test_classes_hold_methods_fields_with_functions_and_static_blocks(language: str) -> None:
    check_units(
        language,
        """\
class A extends B {
  static #p = () => {};
  q = 1;
  static { start(); }
  #m() {}
  // why
  constructor() { super(); }
  static async *n() {}
}
const C = class { m() {} };
const mixin = (X) => class extends X { n() {} };
function make() { return class Named { o() {} }; }
""",
        """\
1-9 class A
2-2 function A.p
4-4 function A.static
5-5 function A.m
6-7 function A.constructor
8-8 function A.n
10-10 class C
10-10 function C.m
11-11 function mixin
11-11 class mixin.class
11-11 function mixin.class.n
12-12 function make
12-12 class make.Named
12-12 function make.Named.o
""".replace("A.p", "A.#p").replace("A.m", "A.#m"),
    )


@pytest.mark.parametrize("language", FAMILY)
def test_default_exports_are_called_default(language: str) -> None:
    check_units(language, "export default function () {}\n", "1-1 function default")
    check_units(language, "export default function named() {}\n", "1-1 function named")
    check_units(language, "export default () => {};\n", "1-1 function default")
    check_units(language, "export default class { m() {} }\n", "1-1 class default\n1-1 function default.m")
    check_units(language, "export default { m() {} };\n", "1-1 class default\n1-1 function default.m")
    check_units(language, "export default memo(() => { render(); });\n", "1-1 function default")


@pytest.mark.parametrize("language", FAMILY)
def test_module_wrappers_are_no_units(language: str) -> None:
    check_units(language, "(function () {\n  function inner() {}\n})();\n", "2-2 function inner")
    check_units(
        language,
        "!function (root, factory) {\n}(this, function () {\n  function inner() {}\n});\n",
        "3-3 function inner",
    )
    check_units(language, "define(['a'], function (a) {\n  function inner() {}\n});\n", "2-2 function inner")


@pytest.mark.parametrize("language", FAMILY)
def test_callbacks_belong_to_the_code_around_them_unless_they_have_a_name(language: str) -> None:
    check_units(
        language,
        """\
list.map((x) => x + 1);
app.get('/', function (request) { answer(); });
on('x', function handler() {});
const View = forwardRef((props, ref) => {
  const onClick = () => {};
});
function f() { return function g() {}; }
""",
        """\
3-3 function handler
4-6 function View
5-5 function View.onClick
7-7 function f
7-7 function f.g
""",
    )


@pytest.mark.parametrize("language", FAMILY)
def test_blocks_of_tests_are_named_by_their_text(language: str) -> None:
    check_units(
        language,
        """\
// all of it
describe('a store', () => {
  beforeEach(() => {});
  it("keeps", async function () {});
  it.only(`finds`, () => {});
  test.each([1, 2])('adds %s', () => {});
  describe.skip(Store.name, () => {});
});
test('alone', { timeout: 1 }, () => {});
describe('no callback');
""",
        """\
1-8 class a store
3-3 function a store.beforeEach
4-4 function a store.keeps
5-5 function a store.finds
6-6 function a store.adds %s
7-7 class a store.Store.name
9-9 function alone
""",
    )


def test_documentation_belongs_to_the_definition_below_over_blank_lines() -> None:
    check_units(
        "javascript",
        """\
/** @fileoverview Not of f. */

/** @typedef {number} N not of f either */

/**
 * F.
 */

function f() {}

// Not of g.

function g() {}
""",
        "5-9 function f\n13-13 function g",
    )


@pytest.mark.parametrize("language", ["typescript", "tsx"])
def test_typescript_declarations_are_units(language: str) -> None:
    check_units(
        language,
        """\
interface I { a: string; m(): void }
export type T = { a: string };
export const enum E { A, B }
namespace N.M { export function x() {} }
declare module "foo" { export function y(): void; }
declare global { interface Window {} }
export declare function z(): void;
function over(a: string): void;
function over(a: any) {}
abstract class A<T> implements I {
  constructor(private a: string) {}
  private f = (a: number): void => {};
  // both
  g(a: string): void;
  g(a: any) {}
  abstract h(): void;
}
""",
        """\
1-1 class I
2-2 class T
3-3 class E
4-4 class N.M
4-4 function N.M.x
5-5 class foo
5-5 function foo.y
6-6 class global
6-6 class global.Window
7-7 function z
8-8 function over
9-9 function over#2
10-17 class A
11-11 function A.constructor
12-12 function A.f
13-14 function A.g
15-15 function A.g#2
16-16 function A.h
""",
    )


@pytest.mark.parametrize("language", ["typescript", "tsx"])
def test_decorators_belong_to_what_they_decorate(language: str) -> None:
    check_units(
        language,
        """\
/** A */
@Component({ onInit: () => {} })
export class A {
  @Input() x = 1;
  // why
  @Listen('a')
  @Other() b() {}
}
@Injectable() class C {}
""",
        """\
1-8 class A
2-2 function A.onInit
5-7 function A.b
9-9 class C
""",
    )


@pytest.mark.parametrize("language", FAMILY)
def test_complexity_counts_branches_and_short_circuits(language: str) -> None:
    check_complexity(
        language,
        """\
function f(a) {
  if (a && b || c ?? d) {
    for (const x of y) { while (x) {} }
  } else if (e) {
    do {} while (a);
  } else {
    for (;;) {}
  }
  switch (a) { case 1: case 2: break; default: }
  try {} catch (e) {} finally {}
  a ??= b ? 1 : 2;
  return list.map((x) => x ? 1 : 2) ?.length;
}
const g = (a) => a?.b;
""",
        """\
16 3 f
1 0 g
""",
    )


def test_a_comment_before_a_definition_on_its_line_belongs_to_it() -> None:
    check_units(
        "javascript",
        "start(); /** f */ function f() {} /** g */ function g() {}\n",
        "1-1 function f\n1-1 function g",
    )
