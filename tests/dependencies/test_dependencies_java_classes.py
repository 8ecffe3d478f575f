"""What Java's imports, classes, fields and annotations mean in the dependency graph."""

from __future__ import annotations

from resolved_edges import edges_of, found, wanted


def test_imports_lead_to_files_classes_and_methods_also_over_source_roots() -> None:
    text = """
=== src/main/java/app/Util.java
package app;
public class Util {
  public static void help() {}
  public static final int MAX = 1;
  public static class Inner {}
}
=== src/main/java/app/sub/Item.java
package app.sub;
public class Item {}
=== src/main/java/app/sub/Unused.java
package app.sub;
public class Unused {}
=== src/test/java/app/UtilTest.java
package app.test;
import app.Util;
import app.Util.Inner;
import app.sub.*;
import java.util.*;
import org.junit.Test;
import static app.Util.help;
import static app.Util.MAX;
import static org.junit.Assert.assertEquals;
class UtilTest {
  Item item;
  int t() { help(); return MAX; }
}
"""
    assert found(text, "imports") == wanted("""
        src/test/java/app/UtilTest.java -> src/main/java/app/Util.java
        src/test/java/app/UtilTest.java -> src/main/java/app/Util.java::Util
        src/test/java/app/UtilTest.java -> src/main/java/app/Util.java::Util.Inner
        src/test/java/app/UtilTest.java -> src/main/java/app/Util.java::Util.help
        src/test/java/app/UtilTest.java -> src/main/java/app/sub/Item.java
        src/test/java/app/UtilTest.java -> package:java.util
        src/test/java/app/UtilTest.java -> package:org.junit
    """)
    assert found(text, "calls") == {
        "src/test/java/app/UtilTest.java::UtilTest.t -> src/main/java/app/Util.java::Util.help"
    }


def test_of_two_classes_of_one_name_the_one_of_the_own_source_root_is_meant() -> None:
    text = """
=== one/src/a/Tool.java
package a;
class Tool { static void go() {} }
=== two/src/a/Tool.java
package a;
class Tool { static void go() {} }
=== two/src/a/Main.java
package a;
class Main { void m() { Tool.go(); } }
"""
    assert found(text, "calls") == {"two/src/a/Main.java::Main.m -> two/src/a/Tool.java::Tool.go"}


def test_classes_inherit_and_methods_override_the_nearest_of_each_way_up() -> None:
    text = """
=== A.java
interface I { void m(); default void d() {} }
interface J extends I { void m(); }
abstract class Base implements I { public void m() {} void own(int a) {} static void s() {} }
class Deep extends Base implements J { public void m() {} public void d() {} void own(String a) {} static void s() {} }
enum Color implements I { RED { public void d() {} }; public void m() {} }
record Point(int x) implements I { public void m() {} }
"""
    assert found(text, "inherits") == wanted("""
        A.java::J -> A.java::I
        A.java::Base -> A.java::I
        A.java::Deep -> A.java::Base
        A.java::Deep -> A.java::J
        A.java::Color -> A.java::I
        A.java::Color.RED -> A.java::Color
        A.java::Point -> A.java::I
    """)
    assert found(text, "overrides") == wanted("""
        A.java::J.m -> A.java::I.m
        A.java::Base.m -> A.java::I.m
        A.java::Deep.m -> A.java::Base.m
        A.java::Deep.m -> A.java::J.m
        A.java::Deep.d -> A.java::I.d
        A.java::Color.m -> A.java::I.m
        A.java::Color.RED.d -> A.java::I.d
        A.java::Point.m -> A.java::I.m
    """)


def test_a_generic_method_is_overridden_with_its_argument_put_in() -> None:
    text = """
=== A.java
interface Rule<T> { boolean test(T item); }
class User {}
class Active implements Rule<User> {
  public boolean test(User u) { return true; }
  boolean test(String s) { return false; }
}
"""
    assert found(text, "overrides") == {"A.java::Active.test -> A.java::Rule.test"}


def test_fields_inner_classes_and_constants_are_uses_of_the_class_that_declares_them() -> None:
    text = """
=== A.java
class Base { protected int count; static final int MAX = 1; static class In { int deep; } }
class Sub extends Base {
  int a() { return count + this.count; }
  int b(In in) { return in.deep; }
  int c() { int count = 3; return count; }
  int d() { return Base.MAX; }
  int e(E x) { switch (x) { case ONE: return 1; default: return 0; } }
}
enum E { ONE }
"""
    assert found(text, "uses") == wanted("""
        A.java::Sub.a -> A.java::Base
        A.java::Sub.b -> A.java::Base.In
        A.java::Sub.d -> A.java::Base
        A.java::Sub.e -> A.java::E
    """)


def test_annotations_decorate_and_errors_are_raised_or_used() -> None:
    text = """
=== A.java
@interface Mark { Class<?> value() default Object.class; }
class Oops extends Exception { Oops(String s) { super(s); } }
@Mark
class A {
  @Mark(Oops.class) void m() throws Oops { throw new Oops("x"); }
  void n() { try { m(); } catch (Oops e) { throw new RuntimeException(e); } }
  void o(Oops e) throws Exception { throw e; }
  @Mark int field;
}
"""
    assert found(text, "decorates", "raises") == wanted("""
        A.java::A -> A.java::Mark  decorates
        A.java::A.m -> A.java::Mark  decorates
        A.java::A.m -> A.java::Oops  raises
        A.java::A.o -> A.java::Oops  raises
    """)
    assert found(text, "uses") == wanted("""
        A.java::A -> A.java::Mark
        A.java::A.m -> A.java::Oops
        A.java::A.n -> A.java::Oops
        A.java::A.o -> A.java::Oops
    """)


def test_a_nameless_class_is_no_type_of_its_base_s_name() -> None:
    text = """
=== A.java
class Outer {
  Base one() { return new Base() { void go() { other.go(); } Base other; }; }
}
class Base { void go() {} }
"""
    calls = found(text, "calls")
    assert "A.java::Outer.one.Base.go -> A.java::Base.go" in calls
    assert found(text, "inherits") == {"A.java::Outer.one.Base -> A.java::Base"}


def test_lines_and_confidence_say_where_and_how_surely() -> None:
    text = """
=== a/Main.java
package a;

import b.Far;

class Main extends Far {
  void m(Main other) {
    n();
    far();
    other.open();
  }

  void n() {}
}

class Sub extends Main {
  void open() {}
}
=== b/Far.java
package b;
public abstract class Far { protected void far() {} protected abstract void open(); }
"""
    edges = {(edge.target, edge.kind): (edge.line, edge.confidence) for edge in edges_of(text)}
    assert edges["a/Main.java::Main.n", "calls"] == (7, 1.0)
    assert edges["b/Far.java::Far.far", "calls"] == (8, 0.95)
    assert edges["b/Far.java::Far.open", "calls"] == (9, 0.95)
    assert edges["a/Main.java::Sub.open", "calls"] == (9, 0.6)
    assert edges["b/Far.java::Far", "imports"] == (3, 1.0)


def test_diamonds_of_interfaces_are_gone_through_once() -> None:
    levels = "".join(
        f"interface A{i} extends A{i - 1}, B{i - 1} {{}}\ninterface B{i} extends A{i - 1}, B{i - 1} {{}}\n"
        for i in range(1, 24)
    )
    text = f"""
=== a/Main.java
package a;
interface A0 {{ void go(); }}
interface B0 {{}}
{levels}
class Main {{ void f(A23 a) {{ a.go(); a.nosuch(); }} }}
"""
    assert found(text, "calls") == {"a/Main.java::Main.f -> a/Main.java::A0.go"}
