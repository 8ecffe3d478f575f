"""The facts of JavaScript and TypeScript files: what moves them, broken text, and bounds on hostile text."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile, decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.dependencies.ecmascript.edges.find_edges import EdgeFinder
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.expressions import HANDLERS
from aifirst_memory.dependencies.ecmascript.files import Files
from aifirst_memory.dependencies.ecmascript.lower.lower_file import lower_file
from aifirst_memory.dependencies.project import ReadProject, resolve_project
from file_facts import read_facts
from hypothesis import given, settings
from hypothesis import strategies as st

SAMPLE = """\
import d, { a as b, type T } from "./other";
export * from "./more";
@dec({ x: 1 })
export abstract class A<T extends B = B> extends mix(Base)<T> implements I, ns.J<string> {
  static #count = 0;
  constructor(private readonly x: X, @inject() public y?: Y) { super(x); this.z = y; }
  get v(): number { return this.#p ?? 0; }
  set v(n) { A.#count += n; }
  async *gen(): AsyncGenerator<T> { for await (const i of this.xs) yield* i; }
  abstract m(): void;
  m2 = async (a: A, { b, c: [e = 1] }: P, ...r: R[]) => { await import("./lazy"); return r.map((q) => q.v as number); };
}
export enum E { A = 1, B = A << 1 }
namespace N.M { export function f(this: A, x: typeof import("./t")): asserts x is T { throw new Err(`${x}`); } }
export const table = { f, ["k"]: () => f(), get g() { return 1; }, ...rest } satisfies Table;
const { p, q: { r }, ...s } = require("./cjs"), [one, , two = 2] = list!;
if (a instanceof A && a.m2()) for (const k in o) o[k] = () => label: while (1) { break label; }
export default function <T>(x: T): x is NonNullable<T> {
  switch (x) { case 1: return <any>x; default: return tag`t${x}`; }
}
"""
OTHER = (
    "export default class Dflt { go() {} }\nexport function a() { return new Dflt(); }\nexport type T = Dflt;"
)


def resolve(text: str, path: str = "m.ts") -> list[tuple[str, str, str]]:
    """The edges of a file beside another one."""
    graph = resolve_project({path: text.encode(), "other.ts": OTHER.encode()})
    return [(edge.source, edge.target, edge.kind) for edge in graph.edges]


def test_half_of_a_file_is_read_like_any_other() -> None:
    whole = resolve(SAMPLE)
    assert ("m.ts", "other.ts::Dflt", "imports") in whole
    for end in range(0, len(SAMPLE), 7):
        found = resolve(SAMPLE[:end])
        assert end < 60 or ("m.ts", "other.ts", "imports") in found
    for at in range(50, len(SAMPLE), 11):
        resolve(SAMPLE[:at] + SAMPLE[at + 5 :])


@pytest.mark.parametrize("path", ["m.js", "m.jsx", "m.mjs", "m.cts", "m.tsx", "m.d.ts"])
def test_the_text_of_one_dialect_in_another_is_read(path: str) -> None:
    assert any(kind == "imports" for _, _, kind in resolve(SAMPLE, path))


TOKENS = st.sampled_from(
    [
        "class", "A", "{", "}", "(", ")", "=>", "x", "=", "function", "import", "from", '"./other"', "*", "as", "export",
        "default", ";", "\n", ".", "m", "new", "this", "super", "extends", "interface", ":",
        "<", ">", "[", "]", ",", "...",
        "const", "return", "await", "async", "yield", "get", "static", "#p", "@", "require", "module.exports", "?.",
        "`${",
        "}`", "type", "enum", "namespace", "for", "of", "if", "instanceof", "A.prototype.m",
    ]
)  # fmt: skip


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(TOKENS, max_size=40))
def test_any_row_of_tokens_is_read_and_resolved(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert resolve(text) == resolve(text)


def test_a_moved_line_changes_no_entry() -> None:
    moved = SAMPLE.replace("\n", "\n\n// more\n").replace("{ super", "{\n\n super")
    assert read_facts("m.ts", moved).entries == read_facts("m.ts", SAMPLE).entries
    assert read_facts("m.ts", moved).body != read_facts("m.ts", SAMPLE).body


def test_only_what_others_can_see_of_a_function_is_in_its_entry() -> None:
    before = "export function f(x: A) { log(1); return make(x); }\nexport function g() {}"
    same = "export function f(x: A) { log(2); const n = other(3); n.go(); return make(x); }\nexport function g() { f(); }"
    other = "export function f(x: A) { log(1); return build(x); }\nexport function g() {}"
    entries = read_facts("m.ts", before).entries
    assert read_facts("m.ts", same).entries == entries
    changed = read_facts("m.ts", other).entries
    assert {name for name in entries if entries[name] != changed[name]} == {"d:f"}


def test_nothing_depends_on_the_order_in_which_hashes_fall() -> None:
    program = (
        "from aifirst_memory.dependencies.project import resolve_project\n"
        f"print(resolve_project({{'m.ts': {SAMPLE!r}.encode(), 'other.ts': {OTHER!r}.encode()}}))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize(
    "text",
    [
        "x" + ".y()" * 3000 + ";",
        "a" + " + b()" * 5000 + ";",
        "f(" * 1500 + ")" * 1500,
        "(() => " * 800 + "f()" + ")()" * 800,
        "{" * 1500 + "f();" + "}" * 1500,
        "if (a) f(); else " * 1500 + "g();",
        "const x = " + "[" * 900 + "f" + "]" * 900 + "; x();",
        "let x = {...x, ...y}; let y = {...x}; x.a(); for (const k of x) k();",
        "class A extends A { m() { this.m(); super.m(); } } class B extends C {} class C extends B { t() { this.q(); } }",
        "interface I extends J {} interface J extends I {}; type T = T[] | U; type U = { a: T };"
        "function f(x: T) { x.a.b(); }",
        "function f(x) { return f({ x, g: f(x) }); } f(f)(f)(() => f(f));",
        "const f = (x) => (y) => x(y)(x); f(f)(f)(f);",
        "type T<A> = T<T<A>>; class G<X> { g: G<G<X>>; } function f(x: G<T<string>>) { x.g.g.g.g(); }",
        "export * from './m'; export { a } from './m'; import { a } from './m'; a();"
        "import * as n from './m'; n.n.n.n();",
        "var a = b, b = c, c = a; a(); a.b = b.a; a.b.a();",
    ],
)
def test_deep_long_and_circular_text_has_an_end(text: str) -> None:
    resolve(text)


def test_the_work_for_a_file_is_bounded_whatever_it_passes_on() -> None:
    """Functions that call each other with all they have: contexts multiply, so steps are counted."""
    count = 60
    text = "\n".join(
        f"function f{at}(a, b) {{ a(b, a); b({{ a, b }}); f{(at * 7 + 3) % count}(b, () => a(b)); return {{ a, b }}; }}"
        for at in range(count)
    ) + "\n" + "\n".join(f"f{at}(f{(at + 1) % count}, f{(at + 2) % count});" for at in range(count))  # fmt: skip
    source = decode_source("m.js", text.encode())
    assert isinstance(source, SourceFile)
    language = language_of("m.js", source.data)
    assert language is not None
    body = lower_file(read(source, language, get_counter("o200k_base")))
    evaluator = Evaluator(Files("m.js", body, ReadProject([])), HANDLERS)
    EdgeFinder(evaluator).run()
    assert evaluator.steps < 600_000


def test_a_generated_bundle_is_read_in_memory_that_grows_with_its_size() -> None:
    one = "".join(
        f"function a{at}(b,c){{var d=b.e(c);return d&&a{at % 97}(d,c)}};a{at}.x={at};" for at in range(2000)
    )
    twice = "".join(
        f"function a{at}(b,c){{var d=b.e(c);return d&&a{at % 97}(d,c)}};a{at}.x={at};" for at in range(4000)
    )
    small, large = (read_facts("m.js", f"(function(){{{text}}})();") for text in (one, twice))
    assert len(large.body) < 2.3 * len(small.body)
    assert sum(map(len, large.entries.values())) <= 2.3 * sum(map(len, small.entries.values())) + 1000
