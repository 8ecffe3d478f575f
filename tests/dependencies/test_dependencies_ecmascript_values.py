"""What calls in JavaScript and TypeScript run: by classes, declared types, and values that flow."""

from __future__ import annotations

import pytest
from aifirst_memory.dependencies.project import resolve_project

HEAD = """\
export class A { go() { return new B(); } static make() { return new A(); } get part(): B { return new B(); } }
export class B { end() {} }
export class Sub extends A { go() { return super.go(); } }
function f() {}
function g() {}
function apply(h) { h(); }
function id(x) { return x; }
"""


def targets(
    text: str, source: str = "m.ts::t", kind: str = "calls", path: str = "m.ts", least: float = 0.7
) -> set[str]:
    """What the unit depends on by a kind, without the name of the file."""
    graph = resolve_project({path: text.encode()})
    return {
        edge.target.partition("::")[2] for edge in graph.edges
        if edge.source == source and edge.kind == kind and edge.confidence >= least
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("new A().go().end();", {"A", "A.go", "B.end"}),
        ("const a = A.make(); a.go();", {"A.make", "A.go"}),
        ("A.make().part.end();", {"A.make", "A.part", "B.end"}),
        ("const { part } = new A(); part.end();", {"A", "A.part", "B.end"}),
        ("const [x, y] = [new A(), new B()]; x.go(); y.end();", {"A", "B", "A.go", "B.end"}),
        ("for (const a of [new A()]) a.go();", {"A", "A.go"}),
        ("const xs: B[] = []; xs[0].end(); xs.map(x => x.end());", {"B.end"}),
        ("new Map<string, B>().get('k')!.end();", {"B.end"}),
        ("for (const [k, v] of new Map<string, B>()) v.end();", {"B.end"}),
        ("Object.values({ x: new B() }).forEach(b => b.end());", {"B", "B.end"}),
        ("const t = { f, g: () => g() }; t.f();", {"f"}),
        ("({ f, g })['g']();", {"g"}),
        ("const t = { f, g }; t[name]();", {"f", "g"}),
        ("const k = 'f'; const t = { f, g }; t[k]();", {"f"}),
        ("(Math.random() ? f : g)();", {"f", "g"}),
        ("id(f)(); id(new B()).end();", {"id", "f", "B", "B.end"}),
        ("f.call(null); g.bind(null)();", {"f", "g"}),
        ("(null ?? f)?.();", {"f"}),
        ("const h = f; { const h = g; h(); }", {"g"}),
        ("let h = f; h = g; h();", {"f", "g"}),
        ("var h = f; if (h) { var k = h; } k();", {"f"}),
        ("late(); function late() {}", {"t.late"}),
        ("(x as unknown as B).end(); (<B>y).end(); z satisfies B;", {"B.end"}),
        ("if (x instanceof B) x.end();", {"B.end"}),
        ("(x instanceof B) ? x.end() : x.go();", {"B.end"}),
        ("(async () => (await (async () => new B())()).end())();", {"B", "B.end"}),
        ("Promise.resolve(new B()).then(b => b.end());", {"B", "B.end"}),
        ("(new (class { m() { f(); } })()).m();", {"t.m"}),
        ("[f, g].forEach(h => h());", {"f", "g"}),
        ("[1].reduce((all, one) => all, new B()).end();", {"B", "B.end"}),
        ("try { throw new B(); } catch (f) { f(); }", {"B"}),
        ("`${f()}`; f`x`;", {"f"}),
        ("unknown.go(); x.y.end();", set[str]()),
    ],
)
def test_a_call_has_an_edge_to_what_it_runs(body: str, expected: set[str]) -> None:
    assert targets(f"{HEAD}export function t(x, y, z, name) {{ {body} }}") == expected


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("b: B", "b.end();"),
        ("b?: B | null", "b?.end();"),
        ("bs: readonly B[]", "bs[0].end();"),
        ("{ b }: { b: B }", "b.end();"),
        ("o: { inner: { b: B } }", "o.inner.b.end();"),
        ("make: () => B", "make().end();"),
        ("p: Promise<B>", "p.then(b => b.end());"),
        ("box: Box<B>", "box.value.end();"),
        ("box: Box<B>", "box.get().end();"),
        ("b: Named", "b.end();"),
        ("b: Readonly<B>", "b.end();"),
        ("b: ReturnType<typeof build>", "b.end();"),
        ("o: Holder['b']", "o.end();"),
        ("...bs: B[]", "bs.map(b => b.end());"),
        ("run: (cb: (b: B) => void) => void", "run(b => b.end());"),
        ("r: Record<string, B>", "r.x.end(); r['y'].end();"),
        ("t: [string, B]", "t[1].end();"),
    ],
)
def test_a_declared_type_says_whose_method_runs(declared: str, body: str) -> None:
    types = (
        "class B { end() {} }\nclass Box<T> { value: T; get(): T { return this.value; } }\ntype Named = B;\n"
        "interface Holder { b: B }\nfunction build() { return new B(); }\n"
    )
    assert "B.end" in targets(f"{types}export function t({declared}) {{ {body} }}")


def test_what_is_called_through_a_parameter_runs_from_the_function_that_calls_it() -> None:
    text = f"{HEAD}function t() {{ apply(f); }}\nfunction outer(k) {{ apply(k); }}\nouter(g);"
    assert targets(text, "m.ts::apply") == {"f", "g"}
    assert targets(text) == {"apply"}


def test_a_wrapper_calls_what_it_wraps_and_is_called_by_its_name() -> None:
    text = (
        "function wrap(h) { return function inner() { return h(); }; }\n"
        "function f() {}\n"
        "const w = wrap(f);\n"
        "function t() { w(); }"
    )
    assert targets(text, "m.ts::wrap.inner") == {"f"}
    assert targets(text) == {"wrap.inner"}


def test_a_handler_kept_by_an_object_is_called_by_the_method_that_calls_it() -> None:
    text = (
        "class Bus { private all: (() => void)[] = []; on(h: () => void) { this.all.push(h); }"
        " fire() { for (const h of this.all) h(); } }\n"
        "class One { constructor(private h: () => void) {} fire() { this.h(); } }\n"
        "function f() {}\nfunction g() {}\nfunction t() { new Bus().on(f); new One(g).fire(); }"
    )
    assert targets(text, "m.ts::Bus.fire") == {"f"}
    assert targets(text, "m.ts::One.fire") == {"g"}


def test_a_handler_kept_by_a_module_is_called_from_other_files_too() -> None:
    bus = (
        "const all = [];\n"
        "let last;\n"
        "export function on(h) { all.push(h); last = h; }\n"
        "export function fire() { all.forEach(h => h()); }\n"
        "export function again() { last(); }"
    )
    files = {"bus.js": bus, "a.js": 'import { on } from "./bus";\nfunction f() {}\non(f);'}
    graph = resolve_project({path: text.encode() for path, text in files.items()})
    calls = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "calls"}
    assert ("bus.js::fire", "a.js::f") in calls
    assert ("bus.js::again", "a.js::f") in calls


def test_an_override_may_run_where_the_receiver_is_declared_and_not_where_it_is_made() -> None:
    text = f"{HEAD}function t(a: A) {{ a.go(); }}\nfunction u() {{ new A().go(); }}"
    assert targets(text, least=0.5) == {"A.go", "Sub.go"}
    assert targets(text) == {"A.go"}
    assert targets(text, "m.ts::u", least=0.5) == {"A", "A.go"}


def test_an_interface_has_the_methods_of_the_classes_that_implement_it() -> None:
    text = (
        "interface I { run(): void }\ninterface J extends I {}\nclass X implements J { run() {} }\n"
        "class Y extends X {}\nclass Z { run() {} }\nfunction t(i: I) { i.run(); }"
    )
    assert targets(text, least=0.5) == {"X.run"}
    assert targets(text) == set()


def test_overloads_are_called_by_the_one_with_a_body() -> None:
    text = (
        "class B { end() {} }\n"
        "function o(x: string): B;\n"
        "function o(x: number): B;\n"
        "function o(x: any) { return x; }\n"
        "function t() { o(1).end(); }"
    )
    assert targets(text) == {"o#3", "B.end"}


def test_accessors_privates_and_statics_are_called() -> None:
    text = (
        "class K { #n = 0; static s() { return this.q(); } static q() {} get v() { return this.#p(); }"
        " set v(x) { this.#n = x; } #p() {} m = () => { this.#p(); }; t() { this.v = this.v; this.m(); K.s(); } }"
    )
    assert targets(text, "m.ts::K.t") == {"K.v", "K.v#2", "K.m", "K.s"}
    assert targets(text, "m.ts::K.v") == {"K.#p"}
    assert targets(text, "m.ts::K.s") == {"K.q"}


def test_a_generic_base_class_gives_its_types_to_what_it_declares() -> None:
    text = (
        "class B { end() {} }\n"
        "class Base<T> { item: T; all(): T[] { return []; } }\n"
        "class D extends Base<B> { t() { this.item.end(); } }\n"
        "function t(d: D) { d.all()[0].end(); }"
    )
    assert "B.end" in targets(text, "m.ts::D.t")
    assert "B.end" in targets(text)


def test_jsx_elements_call_their_components_and_pass_their_functions_on() -> None:
    text = (
        "function Button({ press }) { press(); return <b onClick={press}/>; }\n"
        "function f() {}\n"
        "export const t = () => <><Button press={f}/><div><Button.Icon/></div></>;"
    )
    assert targets(text, "m.tsx::t", path="m.tsx") == {"Button"}
    assert targets(text, "m.tsx::Button", path="m.tsx") == {"f"}


def test_prototypes_make_classes_of_functions() -> None:
    text = (
        "function P() { this.b = new B(); }\n"
        "class B { end() {} }\n"
        "P.prototype = { x() { this.y(); } };\n"
        "P.prototype.y = function () { this.b.end(); };\n"
        "function t() { new P().x(); }"
    )
    assert targets(text, "m.js::t", path="m.js") == {"P", "P.x"}
    assert targets(text, "m.js::P.x", path="m.js") == {"P.y"}
    assert targets(text, "m.js::P.y", path="m.js") == {"B.end"}


def test_decorators_raises_heritage_and_overrides_have_edges_of_their_own() -> None:
    text = (
        "function dec(x) { return (c) => c; }\n"
        "class E extends Error {}\n"
        "class P { m() { throw new E(); } }\n"
        "@dec(1) class Q extends P { m() {} }"
    )
    graph = resolve_project({"m.ts": text.encode()})
    found = {(edge.source, edge.target, edge.kind) for edge in graph.edges}
    assert found >= {
        ("m.ts::Q", "m.ts::dec", "decorates"),
        ("m.ts::P.m", "m.ts::E", "raises"),
        ("m.ts::P.m", "m.ts::E", "calls"),
        ("m.ts::Q", "m.ts::P", "inherits"),
        ("m.ts::Q.m", "m.ts::P.m", "overrides"),
    }


def test_what_is_referred_to_is_used_and_a_variable_is_its_file() -> None:
    files = {
        "k.ts": "export const limit = 1;\nexport enum Kind { A }\nexport type T = Kind;\nexport function f() {}",
        "m.ts": 'import { limit, Kind, T, f } from "./k";\nfunction t(x: T) { return [limit, Kind.A, f]; }',
    }
    graph = resolve_project({path: text.encode() for path, text in files.items()})
    used = {edge.target for edge in graph.edges if edge.kind == "uses" and edge.source == "m.ts::t"}
    assert used == {"k.ts", "k.ts::Kind", "k.ts::T", "k.ts::f"}


def test_a_function_may_say_of_what_class_its_argument_is() -> None:
    guard = "function isB(x: unknown): x is B { return x instanceof B; }\n"
    text = f"{HEAD}{guard}function t(x) {{ if (isB(x)) x.end(); x.go(); }}"
    assert targets(text) == {"isB", "B.end"}


def test_what_is_written_where_a_name_is_narrowed_is_written_to_the_name() -> None:
    assert targets(f"{HEAD}function t(h) {{ if (isIt(h)) {{ h = f; }} h(); }}") == {"f"}


def test_a_method_that_returns_its_receiver_gives_the_class_that_it_is_called_on() -> None:
    text = (
        "class Q { where(): this { return this; } all() { return this; } run() {} }\n"
        "class S extends Q { take() {} run() {} }\nfunction t() { new S().where().all().take(); }"
    )
    assert targets(text) == {"S", "Q.where", "Q.all", "S.take"}
