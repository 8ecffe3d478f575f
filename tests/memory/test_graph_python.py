"""What the graph knows of Python: each case a small project and the edges that are true of it."""

# ruff: noqa: E501  source texts stay on one line, so that a case can be taken in at once

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aifirst_memory.graph.resolve import Resolver
from graph_projects import GraphProject

if TYPE_CHECKING:
    from aifirst_memory.graph.scope import Scope

CASES: dict[str, tuple[dict[str, str], str]] = {
    "a function of the same file": (
        {"a.py": "def f():\n    g()\n\n\ndef g():\n    pass\n"},
        "a.py::f calls a.py::g",
    ),
    "a name imported from a module": (
        {"a.py": "from b import f\n\n\ndef g():\n    f()\n", "b.py": "def f():\n    pass\n"},
        "a.py imports b.py\na.py uses b.py::f\na.py::g calls b.py::f",
    ),
    "a module under an alias": (
        {"a.py": "import pkg.b as c\n\nc.f()\n", "pkg/__init__.py": "", "pkg/b.py": "def f():\n    pass\n"},
        "a.py calls pkg/b.py::f\na.py imports pkg/b.py",
    ),
    "a dotted module": (
        {"a.py": "import pkg.b\n\npkg.b.f()\n", "pkg/__init__.py": "", "pkg/b.py": "def f():\n    pass\n"},
        "a.py calls pkg/b.py::f\na.py imports pkg/b.py",
    ),
    "relative imports": (
        {
            "p/__init__.py": "",
            "p/q/__init__.py": "",
            "p/q/a.py": "from ..b import f\nfrom . import c\n\nf()\nc.g()\n",
            "p/b.py": "def f():\n    pass\n",
            "p/q/c.py": "def g():\n    pass\n",
        },
        """p/q/a.py calls p/b.py::f
        p/q/a.py calls p/q/c.py::g
        p/q/a.py imports p/b.py
        p/q/a.py imports p/q/__init__.py
        p/q/a.py imports p/q/c.py
        p/q/a.py uses p/b.py::f""",
    ),
    "a name that a package re-exports": (
        {
            "p/__init__.py": "from .b import f\n",
            "p/b.py": "def f():\n    pass\n",
            "a.py": "import p\n\np.f()\n",
        },
        """a.py calls p/b.py::f
        a.py imports p/__init__.py
        p/__init__.py imports p/b.py
        p/__init__.py uses p/b.py::f""",
    ),
    "everything from a module": (
        {"a.py": "from b import *\n\nf()\n", "b.py": "from c import *\n", "c.py": "def f():\n    pass\n"},
        "a.py calls c.py::f\na.py imports b.py\nb.py imports c.py",
    ),
    "code below src": (
        {
            "src/p/__init__.py": "",
            "src/p/a.py": "from p.b import f\n\nf()\n",
            "src/p/b.py": "def f():\n    pass\n",
        },
        """src/p/a.py calls src/p/b.py::f
        src/p/a.py imports src/p/b.py
        src/p/a.py uses src/p/b.py::f""",
    ),
    "a package without its own file": (
        {"p/b.py": "def f():\n    pass\n", "a.py": "from p import b\n\nb.f()\n"},
        "a.py calls p/b.py::f\na.py imports p/b.py",
    ),
    "methods of the object and of its class": (
        {
            "a.py": "class A:\n    def f(self):\n        self.g()\n\n    @classmethod\n    def g(cls):\n        cls.f()\n"
        },
        "a.py::A.f calls a.py::A.g\na.py::A.g calls a.py::A.f",
    ),
    "inherited methods, and super": (
        {
            "a.py": "from b import B\n\n\nclass A(B):\n    def f(self):\n        super().f()\n        self.g()\n",
            "b.py": "class Base:\n    def g(self):\n        pass\n\n\nclass B(Base):\n    def f(self):\n        pass\n",
        },
        """a.py imports b.py
        a.py uses b.py::B
        a.py::A inherits b.py::B
        a.py::A.f calls b.py::B.f
        a.py::A.f calls b.py::Base.g
        b.py::B inherits b.py::Base""",
    ),
    "the first of two bases that has the method": (
        {
            "a.py": "class R:\n    def f(self):\n        pass\n\n\nclass A(R):\n    pass\n\n\nclass B(R):\n"
            "    def f(self):\n        pass\n\n\nclass C(A, B):\n    def g(self):\n        self.f()\n"
        },
        """a.py::A inherits a.py::R
        a.py::B inherits a.py::R
        a.py::C inherits a.py::A
        a.py::C inherits a.py::B
        a.py::C.g calls a.py::B.f""",
    ),
    "a variable whose class is known": (
        {
            "a.py": "class A:\n    def f(self):\n        pass\n\n\ndef g(b: A):\n    a = A()\n    a.f()\n    b.f()\n"
        },
        "a.py::g calls a.py::A\na.py::g calls a.py::A.f",
    ),
    "an attribute whose class is known": (
        {
            "a.py": "from b import B\n\n\nclass A:\n    def __init__(self):\n        self.b = B()\n\n"
            "    def f(self):\n        self.b.g()\n",
            "b.py": "class B:\n    def g(self):\n        pass\n",
        },
        """a.py imports b.py
        a.py uses b.py::B
        a.py::A.__init__ calls b.py::B
        a.py::A.f calls b.py::B.g""",
    ),
    "a call on what a constructor gives": (
        {"a.py": "class A:\n    def f(self):\n        pass\n\n\nA(1, 2).f()\n"},
        "a.py calls a.py::A\na.py calls a.py::A.f",
    ),
    "a parameter that hides a function": (
        {"a.py": "def f():\n    pass\n\n\ndef g(f):\n    f()\n"},
        "",
    ),
    "a nested function before a global one": (
        {"a.py": "def f():\n    pass\n\n\ndef g():\n    def f():\n        pass\n\n    f()\n"},
        "a.py::g calls a.py::g.f",
    ),
    "a decorator, and an error raised": (
        {
            "a.py": "class E(Exception):\n    pass\n\n\ndef d(f):\n    return f\n\n\n@d\ndef g():\n    raise E('no')\n"
        },
        "a.py::g decorates a.py::d\na.py::g raises a.py::E",
    ),
    "a package from elsewhere": (
        {"a.py": "import numpy as np\nfrom os.path import join\n\nnp.array()\njoin()\n"},
        "a.py imports package:numpy\na.py imports package:os",
    ),
    "a module variable that stands for a function": (
        {"a.py": "def f():\n    pass\n\n\ng = f\n", "b.py": "from a import g\n\ng()\n"},
        "b.py calls a.py::f\nb.py imports a.py\nb.py uses a.py::f",
    ),
    "modules that import each other": (
        {"a.py": "from b import *\nfrom b import g\n", "b.py": "from a import *\nfrom a import g\n\ng()\n"},
        "a.py imports b.py\nb.py imports a.py",
    ),
    "a class that derives from itself": (
        {
            "a.py": "from b import A\n\n\nclass A(A):\n    def f(self):\n        self.g()\n",
            "b.py": "from a import A\n",
        },
        "a.py imports b.py\na.py uses a.py::A\nb.py imports a.py\nb.py uses a.py::A",
    ),
    "a test named after what it tests": (
        {
            "tests/test_b.py": "from b import Box, open_box\n\n\ndef test_open_box():\n    pass\n\n\nclass BoxTest:\n    pass\n",
            "b.py": "class Box:\n    pass\n\n\ndef open_box():\n    pass\n",
        },
        """tests/test_b.py imports b.py
        tests/test_b.py uses b.py::Box
        tests/test_b.py uses b.py::open_box
        tests/test_b.py::BoxTest tests b.py::Box
        tests/test_b.py::test_open_box tests b.py::open_box""",
    ),
    "a page that names files and functions": (
        {
            "docs/a.md": "# Title\n\nSee [code](../src/b.py), `open_box()` and `src/b.py`, not `the`.\n",
            "src/b.py": "def open_box():\n    pass\n",
        },
        "docs/a.md::title documents src/b.py\ndocs/a.md::title documents src/b.py::open_box",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_python_edges(case: str) -> None:
    files, expected = CASES[case]
    assert GraphProject(files).edges() == sorted(line.strip() for line in expected.splitlines())


def test_a_method_of_an_unknown_object_is_guessed_by_name_and_less_sure_the_more_there_are() -> None:
    one = "class {}:\n    def stop_all(self):\n        pass\n\n\n"
    call = "def f(x):\n    x.stop_all()\n"
    assert GraphProject({"a.py": one.format("A") + call}).confidence("a.py::f", "a.py::A.stop_all") == 0.5
    two = GraphProject({"a.py": one.format("A") + one.format("B") + call})
    assert two.confidence("a.py::f", "a.py::B.stop_all") == 0.25
    four = GraphProject({"a.py": "".join(one.format(name) for name in "ABCD") + call})
    assert four.edges() == []


def test_common_method_names_are_never_guessed() -> None:
    assert (
        GraphProject(
            {"a.py": "class A:\n    def get(self):\n        pass\n\n\ndef f(x):\n    x.get()\n"}
        ).edges()
        == []
    )


def test_diamonds_of_classes_deeper_than_is_followed_are_gone_through_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0
    real = Resolver.bases

    def counted(self: Resolver, scope: Scope, owner: int) -> list[tuple[Scope, int]]:
        nonlocal asked
        asked += 1
        assert asked < 50_000, "each base doubles the work of the class below it"
        return real(self, scope, owner)

    monkeypatch.setattr(Resolver, "bases", counted)
    levels = "".join(
        f"class A{i}(A{i - 1}, B{i - 1}):\n    def m(self):\n        super().m()\n        self.nosuch()\n\n\n"
        f"class B{i}(A{i - 1}, B{i - 1}):\n    def m(self):\n        super().m()\n\n\n"
        for i in range(1, 60)
    )
    text = f"class A0:\n    pass\n\n\nclass B0:\n    pass\n\n\n{levels}A9().m().nosuch()\n"
    edges = GraphProject({"a.py": text}).edges()
    assert "a.py::A59 inherits a.py::B58" in edges
    assert "a.py::A59.m calls a.py::A58.m" in edges
