"""JavaScript that turns in itself, is generated or deeply nested: it is read and resolved with bounded work."""

from __future__ import annotations

import pytest
from aifirst_memory.dependencies.project import resolve_project

TAIL = "\nfunction helper() {}\nexport function last() { helper(); }\n"


def calls_of(text: str) -> set[tuple[str, str]]:
    graph = resolve_project({"m.js": text.encode()})
    return {(edge.source, edge.target) for edge in graph.edges if edge.kind == "calls"}


@pytest.mark.parametrize(
    "text",
    [
        "var app = exports = module.exports = {};\napp.x = app.y = function () {};",
        "const proto = (module.exports = { a() { return this.b(); }, b() {} });",
        "module.exports = exports = function () {};\nexports.a = module.exports.b = exports;",
        "var p = X.prototype;\np.a = p.b = p[c] = function () { this.a(); };",
        "Object.assign(A, B);\nObject.assign(B, A);\nA.q();\nvar A = {}, B = {};",
        "util.inherits(A, B);\nutil.inherits(B, A);\nfunction A() {}\nfunction B() {}\nnew A().m();",
        "Object.defineProperty(exports, 'x', { get: function () { return exports.x; } });",
        "(function (f) { f(f); })(function (f) { f(f); });",
        "Object.assign(); Object.assign(a); util.inherits(1, 2); Object.defineProperty(x, 'y');",
        "var x = function () { return " + "a ? b() : " * 300 + "0; };",
        "function run(a) { " + " else ".join(f"if (a == {n}) {{ a(); }}" for n in range(300)) + " }",
        "run(" * 300 + "1" + ")" * 300 + ";",
    ],
)
def test_code_of_any_kind_leaves_the_other_edges_of_its_file(text: str) -> None:
    assert ("m.js::last", "m.js::helper") in calls_of(text + TAIL)


def test_objects_mixed_into_each_other_are_looked_through_a_few_levels_deep() -> None:
    count = 300
    lines = [f"Object.assign(o{n}, o{(n * 7 + 1) % count}, o{(n * 3 + 2) % count});" for n in range(count)]
    text = "\n".join(
        [*(f"var o{n} = {{}};" for n in range(count)), *lines, "o0.f = function () { this.gone(); };"]
    )
    assert ("m.js::last", "m.js::helper") in calls_of(text + TAIL)


def test_a_method_is_found_through_a_mixed_in_object_but_not_the_other_way_round() -> None:
    text = "const a = { go() {} };\nconst b = { own() {} };\nObject.assign(b, a);\n"
    found = calls_of(text + "export function run() { b.go(); a.own(); }\n")
    assert ("m.js::run", "m.js::a.go") in found
    assert ("m.js::run", "m.js::b.own") not in found
