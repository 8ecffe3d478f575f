"""Edges that Python files give: where names lead over files, and what flows into calls."""

from __future__ import annotations

from aifirst_memory.dependencies.model import Edge
from aifirst_memory.dependencies.project import resolve_project


def edges_of(**files: str) -> list[Edge]:
    """The edges of files given by name, `__` in a name for a slash."""
    named = {f"{name.replace('__', '/')}.py": text.encode() for name, text in files.items()}
    return list(resolve_project(named).edges)


def triples(files: dict[str, str]) -> set[tuple[str, str, str]]:
    graph = resolve_project({path: text.encode() for path, text in files.items()})
    return {(edge.source, edge.target, edge.kind) for edge in graph.edges}


def test_a_module_is_found_under_a_source_folder_and_not_inside_a_package() -> None:
    found = triples(
        {
            "src/shop/__init__.py": "",
            "src/shop/cart.py": "def add(): ...\n",
            "src/shop/json.py": "def dumps(): ...\n",
            "tests/test_cart.py": "import json\nfrom shop.cart import add\nadd()\njson.dumps(1)\n",
        }
    )
    assert ("tests/test_cart.py", "src/shop/cart.py::add", "calls") in found
    assert ("tests/test_cart.py", "package:json", "imports") in found
    assert not any(target.startswith("src/shop/json.py") for _, target, _ in found)


def test_of_two_roots_the_one_around_the_importing_file_counts() -> None:
    found = triples(
        {
            "one/util.py": "def go(): ...\n",
            "one/main.py": "from util import go\ngo()\n",
            "two/util.py": "def go(): ...\n",
            "two/main.py": "from util import go\ngo()\n",
        }
    )
    assert ("one/main.py", "one/util.py::go", "calls") in found
    assert ("two/main.py", "two/util.py::go", "calls") in found
    assert ("one/main.py", "two/util.py::go", "calls") not in found


def test_a_name_that_two_unrelated_roots_have_leads_nowhere() -> None:
    found = triples(
        {
            "a/util.py": "def go(): ...\n",
            "b/util.py": "def go(): ...\n",
            "c/main.py": "from util import go\ngo()\n",
        }
    )
    assert {target for source, target, _ in found if source == "c/main.py"} == {"package:util"}


def test_a_stub_beside_a_module_tells_the_types_and_the_module_is_what_runs() -> None:
    found = triples(
        {
            "lib.py": "class Box:\n    def open(self): ...\ndef make(kind):\n    return REGISTRY[kind]()\n",
            "lib.pyi": "class Box:\n    def open(self) -> None: ...\ndef make(kind: str) -> Box: ...\n",
            "main.py": "from lib import make\ndef run():\n    make('x').open()\n",
        }
    )
    assert ("main.py::run", "lib.py::make", "calls") in found
    assert ("main.py::run", "lib.pyi::Box.open", "calls") in found


def test_what_is_passed_on_runs_where_it_is_called_at_the_line_that_passes_it() -> None:
    edges = edges_of(
        main="def f(): ...\ndef second(g):\n    g()\ndef first(g):\n    second(g)\ndef run():\n    first(f)\n"
    )
    flow = [edge for edge in edges if edge.source == "main.py::second" and edge.kind == "calls"]
    assert [(edge.target, edge.line) for edge in flow] == [("main.py::f", 7)]
    assert 0.5 < flow[0].confidence < 0.95


def test_a_base_declared_may_run_what_subclasses_override_but_one_made_here_may_not() -> None:
    text = (
        "class A:\n    def go(self): ...\nclass B(A):\n    def go(self): ...\n"
        "def declared(a: A):\n    a.go()\ndef made():\n    A().go()\n"
    )
    edges = {
        (edge.source, edge.target): edge.confidence for edge in edges_of(main=text) if edge.kind == "calls"
    }
    assert edges["main.py::declared", "main.py::A.go"] > 0.9
    assert edges["main.py::declared", "main.py::B.go"] == 0.6
    assert ("main.py::made", "main.py::B.go") not in edges


def test_a_receiver_that_nothing_tells_gives_no_edge() -> None:
    found = triples(
        {"main.py": "class A:\n    def go(self): ...\ndef run(x):\n    x.go()\n    unknown.go()\n"}
    )
    assert not any(source == "main.py::run" for source, _, _ in found)


def test_a_later_assignment_in_line_replaces_the_earlier_one() -> None:
    text = (
        "class A:\n    def go(self): ...\nclass B:\n    def go(self): ...\n"
        "def run():\n    x = A()\n    x.go()\n    x = B()\n"
    )
    found = triples({"main.py": text})
    assert ("main.py::run", "main.py::A.go", "calls") in found
    assert ("main.py::run", "main.py::B.go", "calls") not in found


def test_a_loop_is_followed_until_nothing_new_flows() -> None:
    text = (
        "class M:\n    def run(self):\n        step = self.a\n        while step:\n            step = step()\n"
        "    def a(self):\n        return self.b\n    def b(self):\n        return self.c\n    def c(self): ...\n"
    )
    found = triples({"main.py": text})
    assert {("main.py::M.run", f"main.py::M.{name}", "calls") for name in "abc"} <= found


def test_a_line_inside_a_long_statement_is_its_own() -> None:
    edges = edges_of(main="def f(): ...\ndef run():\n    return [\n        1,\n        f(),\n    ]\n")
    assert [edge.line for edge in edges if edge.source == "main.py::run"] == [5]


def test_formatting_with_r_runs_repr_and_without_runs_str() -> None:
    text = (
        "class A:\n    def __str__(self): ...\n    def __repr__(self): ...\n"
        "def r(a: A):\n    return f'{a!r}'\ndef s(a: A):\n    return f'{a}'\n"
    )
    found = triples({"main.py": text})
    assert ("main.py::r", "main.py::A.__repr__", "calls") in found
    assert ("main.py::s", "main.py::A.__str__", "calls") in found
    assert ("main.py::r", "main.py::A.__str__", "calls") not in found


def test_bases_that_contradict_each_other_and_cycles_end() -> None:
    found = triples(
        {
            "main.py": "class A(B): ...\nclass B(A):\n    def go(self): ...\n"
            "class X: ...\nclass Y(X): ...\nclass Z(X, Y): ...\n"
            "def run(a: A):\n    a.go()\n",
            "one.py": "from two import *\n",
            "two.py": "from one import *\nfrom main import run\nrun(missing)\n",
        }
    )
    assert ("main.py::run", "main.py::B.go", "calls") in found
    assert ("two.py", "main.py::run", "calls") in found


def test_a_parameter_of_a_test_holds_what_the_fixture_of_its_name_gives() -> None:
    found = triples(
        {
            "app.py": "class App:\n    def run(self): ...\nclass Client:\n    def get(self): ...\n",
            "tests/conftest.py": "import pytest\nfrom app import App\n@pytest.fixture\ndef app():\n    yield App()\n",
            "tests/unit/test_app.py": (
                "import pytest\nfrom app import Client\n@pytest.fixture()\ndef client(app):\n    app.run()\n"
                "    return Client()\ndef test_it(client, app):\n    client.get()\n    app.run()\n"
                "def helper(client):\n    client.get()\n"
            ),
        }
    )
    assert ("tests/unit/test_app.py::client", "app.py::App.run", "calls") in found
    assert ("tests/unit/test_app.py::test_it", "app.py::Client.get", "calls") in found
    assert ("tests/unit/test_app.py::test_it", "app.py::App.run", "calls") in found
    assert not any(source.endswith("::helper") for source, _, _ in found)
