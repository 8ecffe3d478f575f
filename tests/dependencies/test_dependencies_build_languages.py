"""The law of the build with the resolvers that there are: what followed changes equals what is made from scratch."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_memory.dependencies.build import DependencySession
from aifirst_memory.dependencies.project import resolve_project
from dependency_project import code_graph, make_files, refresh
from hypothesis import given, settings
from hypothesis import strategies as st

_PYTHON = (
    "from pkg.a import f, g as h", "from . import a, b", "from .a import *", "import pkg.b as bee", "import json",
    "def f(x=None):\n    g()\n    item = C()\n    item.run()\n    return item",
    "def g():\n    f().run()\n    bee.f()\n    with C() as c:\n        c.run()",
    "class C:\n    def run(self):\n        self.stop()\n    def stop(self):\n        raise E()",
    "class D(C):\n    def stop(self):\n        super().stop()\n        apply(f)",
    "class E(ValueError):\n    pass", "def apply(call):\n    call()", "@apply\ndef k():\n    return D().run()",
)  # fmt: skip
_TYPESCRIPT = (
    "import { f, K as L } from './a'", "export * from './b'", "import dee from './b'",
    "export function f() { g(); return new K() }", "function g() { f().run() }",
    "export class K { run() { this.stop() } stop() {} }", "export default class M extends K { stop() { super.stop() } }",
)  # fmt: skip
_GO = (
    'import "example.com/me/x"', "type S struct{}", "func (s *S) Run() { s.stop() }", "func (s *S) stop() { One() }",
    "func One() { s := &S{}; s.Run() }", "type R interface{ Run() }", "func Two(r R) { r.Run(); One() }",
)  # fmt: skip
_PATHS = {
    "pkg/__init__.py": _PYTHON, "pkg/a.py": _PYTHON, "pkg/b.py": _PYTHON, "tests/test_a.py": _PYTHON,
    "web/a.ts": _TYPESCRIPT, "web/b.ts": _TYPESCRIPT, "x/one.go": _GO, "x/two.go": _GO, "y/three.go": _GO,
}  # fmt: skip


@st.composite
def _edit(draw: st.DrawFn) -> tuple[str, str | None]:
    path = draw(st.sampled_from(sorted(_PATHS)))
    if draw(st.integers(0, 5)) == 0:
        return path, None
    lines = draw(st.lists(st.sampled_from(_PATHS[path]), max_size=6))
    return path, "\n".join([f"package {path[0]}"] * path.endswith(".go") + lines) + "\n"


@settings(derandomize=True, deadline=None, max_examples=25)
@given(edits=st.lists(st.lists(_edit(), min_size=1, max_size=4), min_size=2, max_size=5))
def test_every_language_follows_changes_to_the_graph_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, edits: list[list[tuple[str, str | None]]]
) -> None:
    root = tmp_path_factory.mktemp("languages")
    files = {"go.mod": "module example.com/me\n\ngo 1.21\n", "web/tsconfig.json": "{}\n"}
    make_files(root, files)
    with DependencySession(root) as session:
        for edit in edits:
            for path, text in edit:
                if text is None:
                    files.pop(path, None)
                    Path(root / path).unlink(missing_ok=True)
                else:
                    files[path] = text
                    make_files(root, {path: text})
            refresh(root, session)
            expected = resolve_project({path: text.encode() for path, text in files.items()})
            assert code_graph(root) == expected
