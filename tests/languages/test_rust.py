"""What is read of Rust files."""

from language_checks import check_complexity, check_glue, check_kept, check_units


def test_items_take_their_attributes_and_documentation() -> None:
    check_units(
        "rust",
        """\
//! The crate.
#![allow(x)]

/// A is.
#[derive(Debug)] // why
#[other]
pub struct A {
    x: i32,
}
#[test]
// between
fn t() {}
/**
 * B is.
 */

union B { a: u8 }
#[inline] pub(crate) async fn f() {}
enum E { X, Y }
struct Unit;
""",
        """\
4-9 class A
10-12 function t
13-17 class B
18-18 function f
19-19 class E
20-20 class Unit
""",
    )


def test_an_impl_goes_by_its_type_and_holds_its_functions() -> None:
    check_units(
        "rust",
        """\
impl<T> fmt::Display for Foo<T> {
    const X: i32 = 1;
    /// f is.
    #[inline]
    fn f(&self) {}
}
impl Foo { fn g() { let h = |a| { a }; } }
impl Tr for &'a my::Bar {}
trait T { fn sig(&self); fn def(&self) {} }
mod m {
    fn x() {}
}
mod elsewhere;
macro_rules! mm { () => {} }
extern "C" { fn ffi(); }
""",
        """\
1-6 class Foo
3-5 function Foo.f
7-7 class Foo#2
7-7 function Foo.g
7-7 function Foo.g.h
8-8 class &'a my.Bar
9-9 class T
9-9 function T.sig
9-9 function T.def
10-12 class m
11-11 function m.x
14-14 function mm
15-15 function ffi
""",
    )


def test_complexity_counts_arms_as_cases_and_question_marks_not() -> None:
    check_complexity(
        "rust",
        """\
fn f() {
    match x { 1 => {}, 2 | 3 => {}, a if b => {}, _ => {} }
    if let Some(x) = y && a {
        while let Some(z) = x? { for i in z {} }
    } else if b || c {
        loop { break; }
    }
    let Some(x) = y else { return };
}
""",
        "11 3 f",
    )


def test_comments_are_glue() -> None:
    check_glue(
        "rust",
        """\
//! The crate.

/// f is.
fn f() -> &'static str { // trailing
    // SAFETY: none needed
    unsafe { /* a /* nested */ b */ }
    let c = '"'; // after a quote
    r#"// no "/* no */"#
}
// @generated
""",
        [
            "//! The crate.",
            "/// f is.",
            "// trailing",
            "// SAFETY: none needed",
            "/* a /* nested */ b */",
            "// after a quote",
        ],
    )


def test_documentation_that_macros_read_is_kept() -> None:
    source = """\
/// The command.
#[derive(Debug, clap::Parser)]
struct Cli {
    /// An option.
    #[arg(long)]
    a: bool, // plain
}
/// Ordinary.
#[derive(Debug)]
struct Other { /** Field. */ b: bool }
/// Of Python.
#[pyfunction]
fn g() {}
"""
    check_kept(
        "rust", source, "published /// The command.\npublished /// An option.\npublished /// Of Python."
    )


def test_examples_in_documentation_are_kept_where_they_run() -> None:
    source = "/// Text.\n///\n/// ```\n/// f();\n/// ```\nfn f() {}\n\n/// No example.\nfn g() {}\n"
    check_kept("rust", source, "")
    check_glue("rust", source, ["/// No example."], doctests=True)
