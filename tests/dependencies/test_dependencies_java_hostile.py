"""Java that is broken, half typed, generated or turned in itself: it is read and resolved with bounded work."""

from __future__ import annotations

import pytest
from aifirst_memory.dependencies.java.resolver import RESOLVER
from aifirst_memory.dependencies.resolver import FileFacts
from file_facts import CountingProject, read_facts
from hypothesis import given, settings
from hypothesis import strategies as st
from resolved_edges import found

GOOD = """package a;

import java.util.List;

@interface Mark {}

class A<T extends A<T>> implements I {
  List<A<T>> all;
  @Mark A(int n) { this(); all.get(n).m("x"); }
  A() {}
  public void m(String s) {
    for (A<T> x : all) { x.m(s + 1); }
    all.stream().map(A::new2).forEach(a -> a.m(""));
    Object o = new I() { public void m(String t) { A.this.m(t); } };
    switch (o) { case A b -> b.m(""); default -> { throw new E(); } }
  }
  A<T> new2() { return null; }
}
interface I { void m(String s); }
class E extends RuntimeException {}
"""


def facts_of(text: str) -> FileFacts:
    return read_facts("A.java", text)


@pytest.mark.parametrize(
    "code",
    [
        "class B { int f() { return " + "(" * 200 + "g()" + ")" * 200 + "; } }",
        "class B { void f() " + "{" * 200 + "g();" + "}" * 200 + " }",
        "class B { void f() { this" + ".f()" * 200 + "; } }",
        "class B { void f() { " + "if (x == 1) { f(); } else " * 150 + "{ } } }",
        "class B {" * 100 + "}" * 100,
        "class B extends C { void f() { x.y(); f(); } } class C extends D { int x; } class D extends "
        "B { B x; }",
        "interface B extends C { void f(); } interface C extends B { default void g() { f(); } }",
        "class B<T extends B<T>> { T t; void f() { t.t.t.t.f(); } }",
        "class B<T> { B<B<T>> b; void f() { b.b.b.b.f(); } }",
        "class B { var x = y; Runnable y = this::x; void f() { y.run(); x.run(); } }",
        "enum B { X(Y), Y(X); B(B b) {} }",
        "record B(B b) { B { b.b().b(); } }",
    ],
)
def test_what_is_deep_or_turned_in_itself_is_read_to_the_end(code: str) -> None:
    text = "=== A.java\nclass Last { void last() { after(); } void after() {} }\n" + code
    assert "A.java::Last.last -> A.java::Last.after" in found(text, "calls")


def test_a_file_that_somebody_is_typing_keeps_the_rest() -> None:
    text = "=== A.java\nclass A { void f() { g(); } void g() { A x = new A(); x.\n } void h() { f(); } }\n"
    assert {"A.java::A.f -> A.java::A.g", "A.java::A.h -> A.java::A.f"} <= found(text, "calls")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, len(GOOD)),
    st.sampled_from(["", "{", "}", "(", '"', "class", "."]),
)
def test_any_cut_of_a_file_is_resolved(start: int, end: int, between: str) -> None:
    text = GOOD[:start] + between + GOOD[end:]
    facts = facts_of(text)
    for edge in RESOLVER.resolve("A.java", facts.body, CountingProject("A.java", facts)):
        assert 1 <= edge.line <= text.count("\n") + 1
        assert 0.5 <= edge.confidence <= 1.0
        assert edge.source != edge.target


def test_what_is_asked_grows_no_faster_than_a_generated_file() -> None:
    def asked(count: int) -> int:
        members = "".join(f"  A next{i}; A get{i}() {{ return next{i}.get{i}(); }}\n" for i in range(count))
        facts = facts_of("class A {\n" + members + "}\n")
        view = CountingProject("A.java", facts)
        RESOLVER.resolve("A.java", facts.body, view)
        return view.asked

    assert asked(400) <= 5 * asked(100)


def test_overloads_beyond_what_people_write_are_bounded() -> None:
    members = "".join(f"  void m(T{i} x) {{ m(x); }}\n  class T{i} {{}}\n" for i in range(300))
    calls = found("=== A.java\nclass A {\n" + members + "  void n(T3 t) { m(t); } }\n", "calls")
    assert calls == {"A.java::A.n -> A.java::A.m#4"}


def test_a_class_with_more_below_it_than_anybody_reads_says_nothing_of_any() -> None:
    below = "".join(f"class B{i} extends A {{ void m() {{}} }}\n" for i in range(61))
    text = "=== A.java\nclass A { void m() {} }\nclass M { void n(A a) { a.m(); } }\n"
    assert found(text + below, "calls") == {"A.java::M.n -> A.java::A.m"}
    assert len(found(text + below[: below.index("class B60")], "calls")) == 61


def test_a_moved_line_changes_no_entry() -> None:
    moved = facts_of(GOOD.replace("\n\n", "\n\n// more\n\n"))
    assert moved.entries == facts_of(GOOD).entries
    assert moved.keys == facts_of(GOOD).keys
    assert moved.body != facts_of(GOOD).body


def test_a_changed_signature_changes_the_entry_of_its_name_alone() -> None:
    before, after = facts_of(GOOD).entries, facts_of(GOOD.replace("A<T> new2()", "I new2()")).entries
    assert {name for name, entry in after.items() if before.get(name) != entry} == {"A.new2()"}


def test_the_right_one_of_many_overloads_is_called() -> None:
    count = 300
    types = "".join(f"class T{n} {{}}\n" for n in range(count))
    methods = "".join(f"  void put(T{n} t) {{}}\n" for n in range(count))
    text = f"{types}class M {{\n{methods}  void run() {{ put(new T257()); put(null); }}\n}}\n"
    calls = [line for line in found(f"=== M.java\n{text}", "calls") if "M.put" in line]
    assert calls == ["M.java::M.run -> M.java::M.put#258"]
