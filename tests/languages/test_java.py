"""What is read of Java files."""

from language_checks import check_complexity, check_glue, check_kept, check_units


def test_types_hold_their_methods_constructors_and_static_blocks() -> None:
    check_units(
        "java",
        """\
package a;

/** A is. */
@Foo(x = 1)
public class A<T> extends B {
  static { start(); }
  int a = 1;
  // why
  @Override
  public void m(int a) throws E {}
  void m() {}
  A() {}
  abstract int q();
  interface I { void m(); default void d() {} }
}
record R(int a) { R { } }
enum E { X { void f() {} }, Y; void g() {} }
@interface An { int v() default 1; }
""",
        """\
3-15 class A
6-6 function A.static
8-10 function A.m
11-11 function A.m#2
12-12 function A.A
13-13 function A.q
14-14 class A.I
14-14 function A.I.m
14-14 function A.I.d
16-16 class R
16-16 function R.R
17-17 class E
17-17 class E.X
17-17 function E.X.f
17-17 function E.g
18-18 class An
18-18 function An.v
""",
    )


def test_a_class_inside_an_expression_goes_by_the_type_it_extends() -> None:
    check_units(
        "java",
        """\
class A {
  Runnable r = new Runnable() { public void run() {} };
  Runnable l = () -> { start(); };
  void f() {
    sort(new Comparator<X>() { int compare() { return 1; } });
    sort(x -> 1);
  }
}
""",
        """\
1-8 class A
2-2 class A.Runnable
2-2 function A.Runnable.run
3-3 function A.l
4-7 function A.f
5-5 class A.f.Comparator
5-5 function A.f.Comparator.compare
""",
    )


def test_complexity_counts_cases_catches_and_short_circuits() -> None:
    check_complexity(
        "java",
        """\
class A {
  int f() {
    if (a && b) {
      for (int i : x) { while (c) {} }
    } else if (d || e) {
      for (;;) { do {} while (a); }
    } else {}
    switch (x) { case 1: case 2: break; default: }
    int y = switch (z) { case 1, 2 -> 3; default -> 4; };
    try (R r = x) {} catch (E e) {} finally {}
    return b ? c : d;
  }
}
""",
        "1 0 A\n14 3 A.f",
    )


def test_comments_are_glue_and_pragmas_are_kept() -> None:
    source = """\
/*
 * Copyright (C) 2008 A. Person
 */
package a;
/** A is. */
class A { // trailing
  String s = "// no" + \"\"\"
    /* no */
    \"\"\" + /* yes */ 'a';
  // CHECKSTYLE:OFF
  int b; // NOSONAR
  //noinspection unchecked
  // @formatter:off
}
"""
    check_glue("java", source, ["/** A is. */", "// trailing", "/* yes */"])
    check_kept(
        "java",
        source,
        """\
licence /*
pragma // CHECKSTYLE:OFF
pragma // NOSONAR
pragma //noinspection unchecked
pragma // @formatter:off
""",
    )
