"""How values, functions and interfaces of Go flow in the dependency graph."""

from __future__ import annotations

import pytest
from resolved_edges import found, wanted

HEAD = "=== a.go\npackage a\n"


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        pytest.param(
            "func f() {}\nfunc g() {}\nfunc m() { h := f; if true { h = g }; h() }",
            "m -> f\nm -> g",
            id="a variable bound to either of two functions",
        ),
        pytest.param(
            'func f() {}\nvar t = map[string]func(){"f": f}\nfunc m() { t["f"](); for _, h := range t { h() } }',
            "m -> f",
            id="a table of functions in a variable of the package",
        ),
        pytest.param(
            "func f() {}\nfunc m() { hs := []func(){f}; for _, h := range hs { h() }; hs = "
            "append(hs, k); hs[1]() }\nfunc k() {}",
            "m -> f\nm -> k",
            id="a list of functions, indexed, appended to and run through",
        ),
        pytest.param(
            "type S struct { h func() }\nfunc f() {}\nfunc New() *S { return &S{h: f} }\nfunc m(s "
            "*S) { s.h() }",
            "m -> f",
            id="a field that holds a function",
        ),
        pytest.param(
            "type S struct { h func() }\nfunc f() {}\nfunc (s *S) Set() { s.h = f }\nfunc (s *S) "
            "Go() { s.h() }",
            "S.Go -> f",
            id="a field that is given a function by a method",
        ),
        pytest.param(
            "func apply(h func()) { h() }\nfunc f() {}\nfunc m() { apply(f) }",
            "m -> apply\napply -> f",
            id="a parameter that is called",
        ),
        pytest.param(
            "func outer(h func()) { apply(h) }\nfunc apply(h func()) { func() { h() }() }\nfunc f() "
            "{}\nfunc m() { outer(f) }",
            "m -> outer\nouter -> apply\napply -> f",
            id="a parameter that is handed on and called in a closure",
        ),
        pytest.param(
            "func all(hs ...func()) { for _, h := range hs { h() } }\nfunc f() {}\nfunc g() {}\nfunc "
            "m() { all(f, g) }",
            "m -> all\nall -> f\nall -> g",
            id="many functions as one parameter",
        ),
        pytest.param(
            "func make1() func() { inner := func() { f() }; return inner }\nfunc f() {}\nfunc m() { "
            "make1()() }",
            "m -> make1\nm -> make1.inner\nmake1.inner -> f",
            id="a function that is given back",
        ),
        pytest.param(
            "func same(h func()) func() { return h }\nfunc f() {}\nfunc m() { same(f)() }",
            "m -> same\nm -> f",
            id="a parameter that is given back",
        ),
        pytest.param(
            "type T struct{}\nfunc (t *T) M() {}\nfunc m(t *T) { x := t.M; x(); y := (*T).M; y(t) }",
            "m -> T.M",
            id="method values and method expressions",
        ),
        pytest.param(
            "type T struct{}\nfunc (t T) M() T { return t }\nfunc two() (T, error) { return T{}, nil }\n"
            "func m() { t, err := two(); _ = err; t.M().M(); var p *T = new(T); p.M() }",
            "m -> two\nm -> T.M",
            id="several results, chains, new",
        ),
        pytest.param(
            "type T struct{}\nfunc (t T) M() {}\nfunc m(c chan *T, l []T, d map[string][]T, a any) "
            "{\n(<-c).M()\n}\n"
            "func n(l []T) { for _, t := range l[1:] { t.M() } }\nfunc o(d map[string][]T) { "
            "d[\"a\"][0].M() }\n"
            "func p(a any) { if t, ok := a.(T); ok { t.M() } }\n"
            "func q(a any) { switch t := a.(type) { case *T: t.M(); case int: t.M() } }\n"
            "func r(c chan T) { for t := range c { t.M() } }\nfunc s() { defer T{}.M(); go T{}.M() }",
            "m -> T.M\nn -> T.M\no -> T.M\np -> T.M\nq -> T.M\nr -> T.M\ns -> T.M",
            id="channels, slices, maps, assertions, type switches, defer and go",
        ),
        pytest.param(
            "type T struct{}\nfunc (t T) M() {}\nfunc Map[A, B any](l []A, f func(A) B) []B { return nil }\n"
            "func to(x int) T { return T{} }\nfunc m() { for _, t := range Map([]int{1}, to) { t.M() } }",
            "m -> Map\nm -> T.M",
            id="type parameters that follow from arguments",
        ),
        pytest.param(
            "type Box[V any] struct { v V }\nfunc (b *Box[W]) Get() W { return b.v }\ntype T "
            "struct{}\nfunc (t T) M() {}\n"
            "func m(b *Box[T]) { b.Get().M(); b.v.M() }\nfunc n() { b := Box[T]{}; b.Get().M() }",
            "m -> Box.Get\nm -> T.M\nn -> Box.Get\nn -> T.M",
            id="generic types whose methods name the parameter differently",
        ),
        pytest.param(
            "type R interface { Run() }\ntype T struct{}\nfunc (t T) Run() {}\nfunc each[X R](xs "
            "[]X) { for _, x := range xs { x.Run() } }",
            "each -> T.Run",
            id="a type parameter with a bound",
        ),
        pytest.param(
            "type T struct{}\nfunc (t T) M() {}\nfunc all() func(yield func(int, T) bool) { return nil }\n"
            "func m() { for _, t := range all() { t.M() } }",
            "m -> all\nm -> T.M",
            id="a range over a function",
        ),
        pytest.param(
            "func m() { walk() }\nfunc walk() { var visit func(int); visit = func(n int) { visit(n); "
            "f() }; visit(1) }\nfunc f() {}",
            "m -> walk\nwalk -> walk.visit\nwalk.visit -> f",
            id="a closure that calls itself",
        ),
        pytest.param(
            "func m() { for _, c := range []struct{ name string; run func() }{{\"a\", nil}, {name: "
            "\"b\", run: f}} { c.run() } }\nfunc f() {}",
            "m -> f",
            id="a table of structs without a name",
        ),
    ],
)  # fmt: skip
def test_calls_are_followed(code: str, calls: str) -> None:
    expected = {" -> ".join(f"a.go::{unit}" for unit in line.split(" -> ")) for line in calls.splitlines()}
    assert found(HEAD + code, "calls") == expected


def test_a_method_of_an_interface_may_run_what_satisfies_the_whole_interface() -> None:
    code = """
type Reader interface { Read(n int) error; Closer }
type Closer interface { Close() }
type Full struct{}
func (f *Full) Read(n int) error { return nil }
func (f *Full) Close() {}
type Half struct{}
func (h Half) Read(n int) error { return nil }
type Other struct{}
func (o Other) Read() error { return nil }
func (o Other) Close() {}
type Promoted struct { *Full }
func use(r Reader) { r.Read(1) }
func close1(r Reader) { r.Close() }
"""
    assert found(HEAD + code, "calls") == wanted("""
        a.go::use -> a.go::Full.Read
        a.go::close1 -> a.go::Full.Close
    """)
    assert found(HEAD + code, "inherits") == wanted("""
        a.go::Reader -> a.go::Closer
        a.go::Promoted -> a.go::Full
    """)


def test_what_is_handed_to_the_outside_is_used_and_not_called() -> None:
    code = 'import "net/http"\nfunc handle() {}\nfunc m() { http.HandleFunc("/", handle); unknown(handle) }'
    assert found(HEAD + code, "calls") == set()
    assert found(HEAD + code, "uses") == {"a.go::m -> a.go::handle"}


def test_values_go_through_what_everybody_knows_of_the_library() -> None:
    code = """
import ("sync"; "sync/atomic"; "iter"; "slices")
type T struct{}
func (t *T) M() {}
func make1() *T { return nil }
var once = sync.OnceValue(func() *T { return make1() })
var kept atomic.Pointer[T]
func all() iter.Seq2[int, *T] { return nil }
func a() { once().M() }
func b() { kept.Load().M(); kept.Store(nil) }
func c() { for _, t := range all() { t.M() } }
func d(l []*T) { for _, t := range slices.Clone(l) { t.M() } }
"""
    assert found(HEAD + code, "calls") == wanted("""
        a.go -> a.go::make1
        a.go::a -> a.go::T.M
        a.go::b -> a.go::T.M
        a.go::c -> a.go::all
        a.go::c -> a.go::T.M
        a.go::d -> a.go::T.M
    """)


def test_a_function_that_a_constructor_keeps_is_called_where_the_field_is() -> None:
    code = """
type Cache[V any] struct { load func(string) V; more map[string]func() }
func New[V any](load func(string) V) *Cache[V] { return &Cache[V]{load: load} }
func (c *Cache[V]) Add(k string, f func()) { c.more[k] = f }
func (c *Cache[V]) Get(k string) V { c.more[k](); return c.load(k) }
func fetch(k string) int { return 1 }
func extra() {}
func m() { c := New(fetch); c.Add("x", extra) }
"""
    assert found(HEAD + code, "calls") == wanted("""
        a.go::m -> a.go::New
        a.go::m -> a.go::Cache.Add
        a.go::Cache.Get -> a.go::fetch
        a.go::Cache.Get -> a.go::extra
    """)


def test_recursion_and_unknown_receivers_give_nothing() -> None:
    code = "type T struct{}\nfunc (t T) M() {}\nfunc m(x outside.Thing) { x.M(); m(x); y.M() }"
    assert found(HEAD + code, "calls") == set()
