"""Which methods Java's calls mean in the dependency graph: overloads, generics, functions, what else runs."""

from __future__ import annotations

import pytest
from resolved_edges import found


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        pytest.param(
            "class A { void m() { f(); f(1); f(1, 2); } void f() {} void f(int a) {} void f(int a, "
            "int... b) {} }",
            "A.m -> A.f\nA.m -> A.f#2\nA.m -> A.f#3",
            id="overloads by number, the one of many last",
        ),
        pytest.param(
            'class A { void m(Object o) { f("s"); f(1); f(2L); f(o); f(\'c\'); f(null); }\n'
            "void f(String s) {} void f(long n) {} void f(Object o) {} }",
            "A.m -> A.f\nA.m -> A.f#2\nA.m -> A.f#3",
            id="overloads by type, numbers widened",
        ),
        pytest.param(
            "class A { void m(Integer i, int j) { f(i); g(j); } void f(int n) {} void f(String s) {}\n"
            "void g(Object o) {} void g(String s) {} }",
            "A.m -> A.f\nA.m -> A.g",
            id="overloads that need boxing",
        ),
        pytest.param(
            "class B {} class C extends B {}\nclass A { void m(C c, B b) { f(c); g(b); } void f(B b) "
            "{} void f(C c) {} void g(C c) {} void g(B b) {} }",
            "A.m -> A.f#2\nA.m -> A.g#2",
            id="the most specific overload",
        ),
        pytest.param(
            "class A { static <T> T f(T t) { return t; } static <T extends Exception> T f(T t) { return t; }\n"
            "void m(IllegalStateException e) { f(e); } void n() { f(this).n(); } }",
            "A.m -> A.f#2\nA.n -> A.f",
            id="overloads by the bounds of type parameters",
        ),
        pytest.param(
            "class Base { Base(int a) {} Base() { this(1); } }\nclass A extends Base { A() { "
            "super(2); } A(String s) {} static A of() { return new A(); } }",
            "Base.Base#2 -> Base.Base\nA.A -> Base.Base\nA.A#2 -> Base.Base#2\nA.of -> A\nA.of -> A.A",
            id="constructors that call others, spelt out or not",
        ),
        pytest.param(
            "class Base { Base() {} }\nclass A extends Base {}\nclass M { void m() { new A(); } }",
            "M.m -> A\nM.m -> Base.Base",
            id="a class without a constructor runs that above it",
        ),
        pytest.param(
            "import java.util.*;\nclass I { void go() {} I next() { return this; } }\n"
            "class A { List<I> l; Map<String, I> m; I[] a; Optional<I> o; Iterator<I> t;\n"
            "void b() { for (I i : l) i.go(); } void c() { m.get(\"a\").go(); } void d() { "
            "a[0].go(); } void e() { o.get().go(); }\n"
            "void f() { for (Map.Entry<String, I> e : m.entrySet()) e.getValue().go(); } void g() { "
            "t.next().go(); }\n"
            "void h() { l.stream().filter(i -> i != null).map(i -> i.next()).forEach(i -> i.go()); }\n"
            "void j() { var x = l.get(0); x.go(); } void k() { l.stream().map(I::next).forEach(i -> "
            "i.go()); } }",
            "A.b -> I.go\nA.c -> I.go\nA.d -> I.go\nA.e -> I.go\nA.f -> I.go\nA.g -> I.go\nA.h -> "
            "I.go\nA.h -> I.next\n"
            "A.j -> I.go\nA.k -> I.go",
            id="elements of collections, arrays, streams",
        ),
        pytest.param(
            "class Box<T> { T v; T get() { return v; } <R> Box<R> map(F<T, R> f) { return null; } }\n"
            "interface F<A, B> { B on(A a); }\nclass I { J j() { return null; } }\nclass J { void go() {} }\n"
            "class M { void m(Box<I> b) { b.get().j(); b.map(i -> i.j()).get().go(); } }",
            "M.m -> Box.get\nM.m -> Box.map\nM.m -> I.j\nM.m -> J.go",
            id="own generic types and what a lambda gives",
        ),
        pytest.param(
            "class B { B with(int a) { return this; } C build() { return null; } static B of() { "
            "return null; } }\nclass C { void go() {} }\n"
            "class M { void m() { B.of().with(1).with(2).build().go(); } }",
            "M.m -> B.of\nM.m -> B.with\nM.m -> B.build\nM.m -> C.go",
            id="a builder",
        ),
        pytest.param(
            "class R implements AutoCloseable { public void close() {} void use() {} }\n"
            "class M { void m() { try (R r = new R()) { r.use(); } } void n(R r) { try (r) { } } }",
            "M.m -> R\nM.m -> R.close\nM.m -> R.use\nM.n -> R.close",
            id="resources are closed",
        ),
        pytest.param(
            "class A { void go() {} } class B { void go() {} }\nrecord P(A a, B b) { }\n"
            "class M { void m(Object o) { if (o instanceof A x && o != null) x.go(); if (!(o "
            "instanceof B y)) return; y.go(); }\n"
            "void n(Object o) { switch (o) { case A x -> x.go(); case P(A q, var r) -> r.go(); "
            "default -> { } } }\n"
            "void k(Object o) { ((A) o).go(); (o == null ? new A() : null).go(); } }",
            "M.m -> A.go\nM.m -> B.go\nM.n -> A.go\nM.n -> B.go\nM.k -> A.go\nM.k -> A",
            id="patterns, casts and conditionals",
        ),
        pytest.param(
            "class A { void m() { run(A::s); run(this::i); } static void s() {} void i() {} void "
            "run(Runnable r) { r.run(); } }",
            "A.m -> A.run\nA.run -> A.s\nA.run -> A.i",
            id="method references that are passed and run",
        ),
        pytest.param(
            "class A { static final Runnable R = () -> { s(); }; static void s() {} void m() { "
            "R.run(); } void n() { Runnable q = A::s; q.run(); } }",
            "A.R -> A.s\nA.m -> A.R\nA.n -> A.s",
            id="functions in fields and variables",
        ),
        pytest.param(
            "class O { void go() {} class In { void x() { go(); O.this.go(); } } static class St { St() {} }\n"
            "void m() { new In().x(); this.new In(); new O.St(); class L { void z() { go(); } } new "
            "L().z(); } }",
            "O.In.x -> O.go\nO.m -> O.In\nO.m -> O.In.x\nO.m -> O.St\nO.m -> O.St.St\nO.m -> "
            "O.m.L\nO.m -> O.m.L.z\nO.m.L.z -> O.go",
            id="inner, nested and local classes",
        ),
        pytest.param(
            "interface I { default void d() {} }\nclass B { void f() {} }\nclass A extends B "
            "implements I { void f() { super.f(); I.super.d(); } }\n"
            "class C extends A { void f() {} }\nclass M { void m() { new A().f(); } void n(A a) { a.f(); } }",
            "A.f -> B.f\nA.f -> I.d\nM.m -> A\nM.m -> A.f\nM.n -> A.f\nM.n -> C.f",
            id="super, and what may run below the declared type but not below a new object",
        ),
        pytest.param(
            "enum E { A(1) { int v() { return 2; } }, B; E(int n) {} E() {} int v() { return 1; } "
            "static { log(); } static void log() {} }\n"
            "class M { int m(E e) { return e.v() + E.A.v(); } }",
            "E -> E.E\nE -> E.E#2\nE.static -> E.log\nM.m -> E.v\nM.m -> E.A.v",
            id="enums with bodies, constructors and static blocks",
        ),
        pytest.param(
            "record P(int x, Q q) { P { check(x); } static void check(int x) {} int sum() { return "
            "x() + q().go(); } }\nclass Q { int go() { return 1; } }\n"
            "class M { void m(P p) { p.q().go(); new P(1, null); } }",
            "P.P -> P.check\nP.sum -> Q.go\nM.m -> Q.go\nM.m -> P\nM.m -> P.P",
            id="records and their accessors",
        ),
        pytest.param(
            "class A { void m(Unknown u) { u.go(); missing(); m(u); new Elsewhere().go(); } void go() {} }",
            "",
            id="nothing is guessed, and recursion is none",
        ),
    ],
)  # fmt: skip
def test_calls_lead_to_what_runs(code: str, calls: str) -> None:
    expected = {" -> ".join(f"A.java::{unit}" for unit in line.split(" -> ")) for line in calls.splitlines()}
    assert found("=== A.java\n" + code, "calls") == expected


def test_overloads_that_stay_open_are_unsure_and_many_of_them_nothing() -> None:
    few = "class A { void m() { f(x()); } void f(String s) {} void f(Integer i) {} }"
    many = few[:-1] + "void f(Long s) {} void f(Double i) {} }"
    assert found("=== A.java\n" + few, "calls") == {
        "A.java::A.m -> A.java::A.f",
        "A.java::A.m -> A.java::A.f#2",
    }
    assert found("=== A.java\n" + many, "calls") == set()


def test_super_is_the_class_above_and_never_an_interface() -> None:
    text = """
=== A.java
interface I { String get(); }
class A extends Outside implements I { public String get() { return super.get(); } }
class B implements I { public String get() { return super.get(); } }
"""
    assert found(text, "calls") == set()


def test_a_call_on_one_of_two_types_leads_to_both() -> None:
    text = """
=== A.java
class A { void go() {} }
class B { void go() {} }
class M { void m(boolean b, A x, B y) { (b ? x : y).go(); } }
"""
    assert found(text, "calls") == {"A.java::M.m -> A.java::A.go", "A.java::M.m -> A.java::B.go"}
