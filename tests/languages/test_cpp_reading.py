"""C++: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_query, check_units

SOURCE = """\
// clang-format off
#include <vector>
namespace app::io {
namespace {
int hidden() { return 1; }
}  // namespace

/// A stack.
template <typename T>
class Stack : public Base<T> {
 public:
  Stack() : size_(0) {}          // empty
  explicit Stack(int n) try : size_(n) {} catch (...) {}
  ~Stack() = default;
  // Adds.
  template <typename U> void push(U u) { data_.push_back(u); }
  bool operator==(const Stack& o) const { return size_ == o.size_ && o.ok(); }
  operator bool() const { return size_ > 0; }
  friend bool same(Stack a) { return true; }
  struct Node { int value; void walk() { auto f = [](int q) { return q; }; f(1); } };
  virtual int top() const = 0;
 private:
  int size_;
};

template <typename T>
int Stack<T>::depth(int a) const {
  for (auto& x : data_) if (x) return 1; else if (a) return 2;
  try { throw 1; } catch (const E& e) { } catch (...) { }
  return a and size_ ? 1 : 0;
}
}  // namespace app::io

app::Widget::Widget() {}
app::Widget::~Widget() { /* NOLINT */ }
Widget& Widget::operator=(const Widget& o) { return *this; }
int* Widget::data() { return nullptr; }
Widget::operator int() const { return 1; }
enum class Color : char { Red };
class EXPORT Shared : public X {
 public:
  int get() { return 1; }
};
TEST_F(StackTest, Pops) { EXPECT_EQ(1, 1); }
TEST_F(StackTest, Pushes) { }
Logger::Logger(int level) { }
template <> struct Hash<Foo> { int operator()(int a) const { return a; } };
"""


def test_cpp_definitions_are_units() -> None:
    check_units(
        "cpp",
        SOURCE,
        """
        3-32 block app.io
        5-5 function app.io.hidden
        8-24 class app.io.Stack
        12-12 function app.io.Stack.Stack
        13-13 function app.io.Stack.Stack#2
        15-16 function app.io.Stack.push
        17-17 function app.io.Stack.operator==
        18-18 function app.io.Stack.operator bool() const
        19-19 function app.io.Stack.same
        20-20 class app.io.Stack.Node
        20-20 function app.io.Stack.Node.walk
        26-31 function app.io.Stack.depth
        34-34 function app.Widget.Widget
        35-35 function app.Widget.~Widget
        36-36 function Widget.operator=
        37-37 function Widget.data
        38-38 function Widget.operator int() const
        39-39 class Color
        40-43 class Shared
        42-42 function Shared.get
        44-44 function TEST_F(StackTest, Pops)
        45-45 function TEST_F(StackTest, Pushes)
        46-46 function Logger.Logger
        47-47 class Hash<Foo>
        47-47 function Hash<Foo>.operator()
        """,
    )


def test_cpp_comments_are_glue() -> None:
    check_glue(
        "cpp",
        SOURCE,
        [
            "// namespace",
            "/// A stack.",
            "// empty",
            "// Adds.",
            "// namespace app::io",
        ],
    )


def test_cpp_comments_that_are_read_are_kept() -> None:
    check_kept(
        "cpp",
        SOURCE,
        """
        pragma // clang-format off
        pragma /* NOLINT */
        """,
    )


def test_cpp_branches_are_counted() -> None:
    check_complexity(
        "cpp",
        SOURCE,
        """
        1 0 app.io
        1 0 app.io.hidden
        1 0 app.io.Stack
        1 0 app.io.Stack.Stack
        2 1 app.io.Stack.Stack#2
        1 0 app.io.Stack.push
        2 0 app.io.Stack.operator==
        1 0 app.io.Stack.operator bool() const
        1 0 app.io.Stack.same
        1 0 app.io.Stack.Node
        1 0 app.io.Stack.Node.walk
        8 2 app.io.Stack.depth
        1 0 app.Widget.Widget
        1 0 app.Widget.~Widget
        1 0 Widget.operator=
        1 0 Widget.data
        1 0 Widget.operator int() const
        1 0 Color
        1 0 Shared
        1 0 Shared.get
        1 0 TEST_F(StackTest, Pops)
        1 0 TEST_F(StackTest, Pushes)
        1 0 Logger.Logger
        1 0 Hash<Foo>
        1 0 Hash<Foo>.operator()
        """,
    )


def test_cpp_imports_are_found() -> None:
    check_query(
        "cpp",
        SOURCE,
        "imports",
        """
        module=<vector>
        package=app::io
        """,
    )


def test_cpp_calls_are_found() -> None:
    check_query(
        "cpp",
        SOURCE,
        "calls",
        """
        callee=push_back
        callee=ok
        callee=f
        callee=EXPECT_EQ
        """,
    )


def test_cpp_a_macro_that_makes_a_function_is_its_name_and_a_constructor_is_not() -> None:
    check_units(
        "cpp",
        "BENCHMARK(Run) {}\nTEST(A, B) {}\nXML::XML(int a) {}\nstruct IO { IO(int a) {} };\n",
        """
        1-1 function BENCHMARK(Run)
        2-2 function TEST(A, B)
        3-3 function XML.XML
        4-4 class IO
        4-4 function IO.IO
        """,
    )


def test_cpp_an_exported_class_keeps_its_members_and_its_bytes() -> None:
    source = (
        "class LIB_EXPORT Base : public Other {\n public:\n  Base() {}\n  int get() { return 1; }\n};\n"
        "int after() { return 1; }\n"
    )
    check_units(
        "cpp",
        source,
        """
        1-5 class Base
        3-3 function Base.Base
        4-4 function Base.get
        6-6 function after
        """,
    )
