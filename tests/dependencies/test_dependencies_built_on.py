"""What code is built on, told apart from what merely runs: impact, cycles, layers and dead code of real Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from dependency_project import make_files, refresh

CALLBACK = {
    "lib.py": "def apply(action):\n    return action()\n",
    "app.py": "from lib import apply\n\n\ndef greet():\n    return 1\n\n\ndef start():\n    return apply(greet)\n",
}
TEMPLATE = {
    "base.py": "class Base:\n    def run(self):\n        return self.step()\n\n    def step(self):\n        return 0\n",
    "child.py": "from base import Base\n\n\nclass Child(Base):\n    def step(self):\n        return 1\n",
}


def opened(root: Path, files: Mapping[str, str]) -> SqliteGraph:
    """The graph of these files."""
    refresh(make_files(root, files))
    return SqliteGraph(root)


def test_who_calls_what_it_is_given_does_not_break_with_it(tmp_path: Path) -> None:
    with opened(tmp_path, CALLBACK) as graph:
        calls = {(edge.source, edge.target) for edge in graph.whole().graph.edges if edge.kind == "calls"}
        assert ("lib.py::apply", "app.py::greet") in calls
        assert {one.node for one in graph.impact(["app.py::greet"]).dependents} == {"app.py::start"}
        assert {one.node for one in graph.impact(["lib.py::apply"]).dependents} == {"app.py", "app.py::start"}


def test_a_callback_makes_no_cycle_and_no_layer(tmp_path: Path) -> None:
    with opened(tmp_path, CALLBACK) as graph:
        assert graph.cycles() == ()
        assert graph.layers().layers == (("lib.py",), ("app.py",))


def test_an_override_that_may_run_makes_no_cycle(tmp_path: Path) -> None:
    with opened(tmp_path, TEMPLATE) as graph:
        calls = {(edge.source, edge.target) for edge in graph.whole().graph.edges if edge.kind == "calls"}
        assert ("base.py::Base.run", "child.py::Child.step") in calls
        assert graph.cycles() == ()
        assert graph.layers().layers == (("base.py",), ("child.py",))


def test_a_file_without_any_link_is_in_no_layer(tmp_path: Path) -> None:
    with opened(tmp_path, {**TEMPLATE, "alone.py": "X = 1\n"}) as graph:
        assert "alone.py" not in {node for layer in graph.layers().layers for node in layer}


def test_a_method_that_a_base_outside_may_call_is_not_dead(tmp_path: Path) -> None:
    files = {
        "mine.py": "from http.server import BaseHTTPRequestHandler\n\n\nclass Mine(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n        pass\n\n\nclass Below(Mine):\n    def do_PUT(self):\n        pass\n\n\n"
        "class Plain(object):\n    def lonely(self):\n        pass\n\n\nUSED = (Mine, Below, Plain)\n",
        "use.py": "from mine import USED\n\nprint(USED)\n",
    }
    with opened(tmp_path, files) as graph:
        assert {one.node for one in graph.dead_code()} == {"mine.py::Plain.lonely"}


def test_the_tests_of_an_example_are_not_dead(tmp_path: Path) -> None:
    files = {"examples/shop/tests/test_cart.py": "def test_cart():\n    assert True\n"}
    with opened(tmp_path, files) as graph:
        assert graph.dead_code() == ()
