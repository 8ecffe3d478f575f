"""Go that is broken, half typed, generated or turned in itself: it is read and resolved with bounded work."""

from __future__ import annotations

import pytest
from aifirst_memory.dependencies.go.resolver import RESOLVER
from aifirst_memory.dependencies.resolver import FileFacts
from file_facts import CountingProject, read_facts
from hypothesis import given, settings
from hypothesis import strategies as st
from resolved_edges import files_of, found

GOOD = """package a

import "fmt"

type T struct{ next *T }

func (t *T) M(n int) *T {
	for i := range n {
		switch x := any(t).(type) {
		case *T:
			x.next.M(i)
		}
	}
	return &T{next: t}
}

func use(h func() *T) { fmt.Println(h().M(1)) }
"""


def facts_of(text: str) -> FileFacts:
    return read_facts("a.go", text)


@pytest.mark.parametrize(
    "code",
    [
        "func f() int { return " + "(" * 200 + "g()" + ")" * 200 + " }",
        "func f() " + "{" * 200 + "g()" + "}" * 200,
        "func f() {" + "x(func() {" * 200 + "})" * 200 + "}",
        "type T " + "[]" * 200 + "int",
        "type A struct { B }\ntype B struct { *A }\nfunc f(a A) { a.x(); a.b.c() }",
        "type C C\ntype D = E\ntype E = D\nfunc f(c C, d D) { c.x(); d.y(); for range d {} }",
        "type I interface { J }\ntype J interface { I }\nfunc f(i I) { i.x() }",
        "type L []L\nfunc f(l L) { for _, x := range l { x.y() } }",
        "var a = b\nvar b = a\nfunc f() { a(); b.x() }",
        "func f(h func()) { g(h) }\nfunc g(h func()) { f(h) }\nfunc m() { f(m) }",
        "func f() func() { return f() }\nfunc m() { f()()() }",
        "type G[T any] struct { g *G[G[T]] }\nfunc f(g G[int]) { g.g.g.g.x() }",
    ],
)
def test_what_is_deep_or_turned_in_itself_is_read_to_the_end(code: str) -> None:
    assert "a.go::last -> a.go::after" in found(
        "=== a.go\npackage a\nfunc last() { after() }\nfunc after() {}\n" + code, "calls"
    )


def test_a_file_that_somebody_is_typing_keeps_the_rest() -> None:
    text = "=== a.go\npackage a\nfunc f() { g() }\nfunc g() { x := T{}; x.\n}\ntype T struct{ a int }\nfunc h() { f() }\n"
    assert {"a.go::f -> a.go::g", "a.go::h -> a.go::f"} <= found(text, "calls")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, len(GOOD)),
    st.sampled_from(["", "{", "}", "(", '"', "func", "."]),
)
def test_any_cut_of_a_file_is_resolved(start: int, end: int, between: str) -> None:
    text = GOOD[:start] + between + GOOD[end:]
    view = CountingProject("a.go", facts_of(text))
    for edge in RESOLVER.resolve("a.go", facts_of(text).body, view):
        assert 1 <= edge.line <= text.count("\n") + 1
        assert 0.5 <= edge.confidence <= 1.0
        assert edge.source != edge.target


def test_what_is_asked_grows_no_faster_than_a_generated_file() -> None:
    def asked(count: int) -> int:
        types = "".join(
            f"type T{i} struct {{ next *T{i} }}\nfunc (t *T{i}) M() *T{i} {{ return t.next.M() }}\n"
            for i in range(count)
        )
        facts = facts_of("package a\ntype I interface { M() }\nfunc f(i I) { i.M() }\n" + types)
        view = CountingProject("a.go", facts)
        RESOLVER.resolve("a.go", facts.body, view)
        return view.asked

    assert asked(400) <= 5 * asked(100)


def test_an_interface_that_many_types_satisfy_says_nothing_of_any() -> None:
    types = "".join(f"type T{i} struct{{}}\nfunc (t T{i}) M() {{}}\n" for i in range(41))
    code = "=== a.go\npackage a\ntype I interface { M() }\nfunc f(i I) { i.M() }\n"
    assert found(code + types, "calls") == set()
    assert len(found(code + types.replace("T40", "U"), "calls")) == 0
    assert len(found(code + types[: types.index("type T40")], "calls")) == 40


@pytest.mark.parametrize(
    "broken", [b"", b"module", b"\xff\xfe", b"replace => =>", b"module a\nreplace a => ../../out"]
)
def test_a_broken_manifest_gives_what_it_can(broken: bytes) -> None:
    facts = RESOLVER.read_manifest("go.mod", broken)
    assert facts.body == b""
    assert all(key.startswith("go.module:") for key in facts.keys)


def test_a_moved_line_changes_no_entry() -> None:
    moved = facts_of(GOOD.replace("\n\n", "\n\n// more\n\n"))
    assert moved.entries == facts_of(GOOD).entries
    assert moved.keys == facts_of(GOOD).keys
    assert moved.body != facts_of(GOOD).body


def test_a_changed_body_changes_only_what_others_may_see_of_it() -> None:
    changed = facts_of(GOOD.replace("h().M(1)", "h().M(2).M(3)"))
    assert changed.entries == facts_of(GOOD).entries
    signature = facts_of(GOOD.replace("M(n int)", "M(n int, k int)"))
    assert {
        name for name, entry in signature.entries.items() if facts_of(GOOD).entries.get(name) != entry
    } == {"T.M"}


def test_a_project_of_no_go_files_around_a_module_is_no_trouble() -> None:
    assert set(files_of("=== go.mod\nmodule a\n")) == {"go.mod"}
    assert (
        found('=== go.mod\nmodule a\n=== main.go\npackage main\nimport "a/b"\nfunc f() { b.C() }\n', "calls")
        == set()
    )
