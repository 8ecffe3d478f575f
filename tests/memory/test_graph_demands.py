"""A change resolves the files that it concerns, and leaves all others alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from aifirst_memory.graph import level as graph_level
from aifirst_memory.graph.extract import as_path
from aifirst_memory.graph.file_edges import Found, find_edges
from aifirst_memory.graph.references import ReferenceRow, pack_references, unpack_references
from aifirst_memory.graph.resolve import Resolver
from aifirst_memory.graph.scope import Scope
from graph_projects import GraphProject, part_of

FILES = {
    "pkg/__init__.py": "from .base import Base\n",
    "pkg/base.py": "class Base:\n    def run_all(self):\n        pass\n",
    "pkg/child.py": "from . import Base\n\n\nclass Child(Base):\n    def go(self):\n        self.run_all()\n",
    "pkg/user.py": "def use(thing):\n    thing.run_all()\n",
    "pkg/alone.py": "import json\n\n\ndef alone():\n    json.dumps(1)\n",
}


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are resolved from now on."""
    paths: list[str] = []

    def find(resolver: Resolver, scope: Scope, references: Iterable[ReferenceRow]) -> tuple[Found, set[int]]:
        paths.append(scope.path)
        return find_edges(resolver, scope, references)

    monkeypatch.setattr(graph_level, "find_edges", find)
    return paths


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "pkg/base.py",
            "\n\nclass Base:\n    def run_all(self):\n        return len('body')\n",
            ["pkg/base.py"],
        ),
        (
            "pkg/base.py",
            "class Base:\n    def run_most(self):\n        pass\n",
            ["pkg/base.py", "pkg/child.py", "pkg/user.py"],
        ),
        (
            "pkg/base.py",
            "class Base(dict):\n    def run_all(self):\n        pass\n",
            ["pkg/base.py", "pkg/child.py"],
        ),
        ("pkg/new.py", "def fresh():\n    pass\n", ["pkg/new.py"]),
        ("json.py", "def dumps(x):\n    pass\n", ["json.py", "pkg/alone.py"]),
        (
            "pkg/other.py",
            "class Other:\n    def run_all(self):\n        pass\n",
            ["pkg/other.py", "pkg/user.py"],
        ),
    ],
    ids=["body", "method renamed", "base added", "unrelated file", "module appears", "namesake appears"],
)
def test_a_change_resolves_the_files_it_concerns(
    path: str, text: str, expected: list[str], resolved: list[str]
) -> None:
    project = GraphProject(FILES)
    resolved.clear()
    project.change({path: text})
    assert sorted(resolved) == expected


def test_edges_into_a_changed_file_follow_its_units(resolved: list[str]) -> None:
    project = GraphProject(FILES)
    resolved.clear()
    project.change({"pkg/base.py": "def early():\n    pass\n\n\n" + FILES["pkg/base.py"]})
    assert resolved == ["pkg/base.py"]
    assert "pkg/child.py::Child.go calls pkg/base.py::Base.run_all" in project.edges()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f", "f"),
        ("a.b.c", "a.b.c"),
        ("super().save", "super().save"),
        ("A(1, g(2)).run", "A().run"),
        ("x[0].run", ".run"),
        ("'text'.join", ".join"),
        ("new ns.Thing", "ns.Thing"),
        ("this?.part!.run", "this.part.run"),
        ("std::vec::Vec::new", "std.vec.Vec.new"),
        ("$this->part->run", "this.part.run"),
        ("a\n  .b", "a.b"),
        ("(f)", ""),
    ],
)
def test_a_path_is_what_the_code_spells_with_dots(text: str, expected: str) -> None:
    assert as_path(text) == expected


def test_packed_references_are_read_back_in_order() -> None:
    references = part_of(
        "a.py", "class A(B):\n    def f(self):\n        g()\n        h.g()\n        g()\n"
    ).references
    rows = [(r.unit, r.kind, r.path, r.line, r.count) for r in references]
    assert len(rows) == 3
    assert list(unpack_references(pack_references(references))) == rows
    assert list(unpack_references(pack_references(()))) == []


def test_broken_and_hostile_texts_give_facts_and_no_error() -> None:
    texts = {
        "a.py": "def f(:\n  g(((\nclass\nimport\nfrom . import\n" + "(" * 3000,
        "b.py": "x" + ".y()" * 3000 + "\n",
        "c.ts": "import { from './x'; export * from; class extends {",
        "d.md": "`" * 100 + "\n[](" + "../" * 50 + "x.py)\n```\n`a.b`",
        "package.json": '{"name": 3, "main": ["x"]}',
        "tsconfig.json": '{"compilerOptions": {"paths": {"*": "x", "a": []}}',
    }
    project = GraphProject(texts)
    assert project.dump() == GraphProject(dict(reversed(texts.items()))).dump()


def _begun() -> GraphProject:
    """A first build whose first batch is written."""
    project = GraphProject()
    project.change(dict(list(FILES.items())[:3]), initial=True, finish=False)
    return project


def test_a_first_build_ends_alike_with_its_files_at_hand_and_read_back() -> None:
    rest = dict(list(FILES.items())[3:])
    at_hand = _begun()
    at_hand.change(rest, initial=True)
    gone_on_by_another = _begun()
    gone_on_by_another.level = graph_level.GraphLevel()
    gone_on_by_another.change(rest)
    after_a_batch_taken_back = _begun()
    after_a_batch_taken_back.change_and_take_back({"pkg/user.py": "x = 1\n"})
    after_a_batch_taken_back.change(rest, initial=True)
    built = [at_hand, gone_on_by_another, after_a_batch_taken_back]
    assert [project.dump() for project in built] == [GraphProject(FILES).dump()] * 3


def test_a_first_build_does_not_read_back_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    project = _begun()
    monkeypatch.delattr(graph_level, "unpack_facts")
    monkeypatch.delattr(graph_level, "packed_references")
    project.change(dict(list(FILES.items())[3:]), initial=True)
    monkeypatch.undo()
    assert project.dump() == GraphProject(FILES).dump()
