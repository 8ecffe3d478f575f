"""The law of the graph: whatever series of changes led to some files, their graph is that of a fresh build."""

# ruff: noqa: E501  source texts stay on one line, so that a case can be taken in at once

from __future__ import annotations

from unittest import mock

from aifirst_memory.graph import level as graph_level
from graph_projects import GraphProject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_PYTHON = (
    "pkg/__init__.py",
    "pkg/a.py",
    "pkg/b.py",
    "pkg/sub/__init__.py",
    "pkg/sub/c.py",
    "main.py",
    "src/pkg/d.py",
)
_TYPESCRIPT = ("web/a.ts", "web/b.ts", "web/index.ts", "web/lib/index.ts", "web/lib/c.tsx")
_GO = ("go/x/one.go", "go/x/two.go", "go/y/three.go", "go/y.go")
_PAGES = ("README.md", "tests/test_a.py")

_PYTHON_LINES = (
    "from pkg import *", "from pkg.a import f, g as h", "from . import a, b", "from .a import *", "from .b import C",
    "from .sub import c", "from pkg.sub.c import C, D", "import pkg.a", "import pkg.b as bee", "import json",
    "from ..a import C", "from .. import b", "from pkg.b import f", "from .c import *", "from a import f",
    "def f():\n    g()\n    x = C()\n    x.run()\n    a.f()\n    bee.f()",
    "def g():\n    h()\n    f()\n    pkg.a.f()\n    c.D().stop_all()",
    "class C:\n    def run(self):\n        self.stop_all()\n        f()\n        self.part.run()\n    def __init__(self):\n        self.part = D()",
    "class D(C):\n    def stop_all(self):\n        super().run()\n        self.missing_one()",
    "class C(D):\n    def run(self):\n        return self.other.stop_all()\n    other = f",
    "class E(a.C, b.D):\n    def missing_one(self):\n        self.run()\n        thing.stop_all()",
    "f = g", "item = C()", "item.run()", "@f\ndef k(f):\n    f()\n    raise C()", "def test_f():\n    f()",
    "class CTest:\n    def test_run(self):\n        C().run()",
)  # fmt: skip
_TYPESCRIPT_LINES = (
    "import { f, K as L } from './a'", "import dee from './b'", "import * as lib from './lib'", "export * from './lib/c'",
    "export { f as g } from './b'", "import { f } from '.'", "import { h } from './lib/index.js'", "import x from 'react'",
    "export function f() { g(); lib.h(); dee() }", "export class K extends L { run() { this.stopAll(); f() } }",
    "export default class K { stopAll() { new K().run() } }", "export const h = () => { f(); const k = new K(); k.run() }",
    "function g() { x(); new L() }", "export default h",
)  # fmt: skip
_GO_LINES = (
    'import "example.com/me/go/x"', 'import why "example.com/me/go/y"', 'import "fmt"',
    "func One() {\n\tTwo()\n\tx.One()\n\twhy.Two()\n}", "func Two() {\n\ts := Server{}\n\ts.Serve()\n}",
    "type Server struct{}", "func (s *Server) Serve() {\n\ts.stopAll()\n\tOne()\n}", "func (s *Server) stopAll() {\n}",
)  # fmt: skip
_PAGE_LINES = (
    "See `pkg/a.py` and `C.run`.",
    "# Heading",
    "[b](pkg/b.py), `stop_all()`",
    "[go](go/x)",
    "`pkg.a.f`",
)
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def _text(path: str) -> st.SearchStrategy[str]:
    lines = {
        "y": _PYTHON_LINES,
        "s": _TYPESCRIPT_LINES,
        "x": _TYPESCRIPT_LINES,
        "o": _GO_LINES,
        "d": _PAGE_LINES,
    }[path[-1]]
    start = f"package {path.split('/')[1][0]}\n" if path.endswith(".go") else ""
    return st.lists(st.sampled_from(lines), max_size=7).map(lambda chosen: start + "\n".join(chosen) + "\n")


@st.composite
def _files(draw: st.DrawFn, size: int) -> dict[str, str]:
    paths = draw(
        st.lists(st.sampled_from(_PYTHON * 2 + _TYPESCRIPT + _GO + _PAGES), max_size=size, unique=True)
    )
    return {path: draw(_text(path)) for path in paths}


@settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=_SLOW,
)
@given(st.data())
def test_changes_lead_to_the_graph_of_a_fresh_build(data: st.DataObject) -> None:
    _check_changes(data)


@settings(derandomize=True, max_examples=30, deadline=None, suppress_health_check=_SLOW)
@given(st.data())
def test_changes_that_are_put_off_lead_to_the_same_graph(data: st.DataObject) -> None:
    with mock.patch.object(graph_level, "_MOST_AT_ONCE", 1):
        _check_changes(data)


def _check_changes(data: st.DataObject) -> None:
    project = GraphProject(data.draw(_files(8)))
    for _ in range(data.draw(st.integers(1, 5))):
        moves = data.draw(_moves(sorted(project.files)))
        busy = {*moves, *moves.values()}
        changed: dict[str, str | None] = {
            p: text for p, text in data.draw(_files(3)).items() if p not in busy
        }
        gone = data.draw(st.lists(st.sampled_from(_PYTHON + _TYPESCRIPT + _GO), max_size=2))
        changed |= dict.fromkeys([path for path in gone if path in project.files and path not in busy])
        if data.draw(st.booleans()):
            project.change_and_take_back(
                {p: text for p, text in data.draw(_files(2)).items() if p not in moves}
            )
        if data.draw(st.booleans()):
            project.change(changed, moves)
        else:
            project.change({}, moves, finish=False)
            project.change(changed)
        assert project.dump() == GraphProject(project.files).dump()


@st.composite
def _moves(draw: st.DrawFn, present: list[str]) -> dict[str, str]:
    """At most one file, and a free path of its language that it goes to."""
    free = sorted(set(_PYTHON + _TYPESCRIPT + _GO) - set(present))
    pairs = [(before, after) for before in present for after in free if before[-2:] == after[-2:]]
    return dict(draw(st.lists(st.sampled_from(pairs), max_size=1))) if pairs else {}
