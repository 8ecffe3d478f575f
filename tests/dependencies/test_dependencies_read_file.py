"""Reading a file: what the index knows of it gives the same as its text, and a resolver that fails costs no node."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest
from aifirst_codebase.config import Settings
from aifirst_codebase.reading import Reading
from aifirst_codebase.source import decode_source
from aifirst_memory.dependencies import registry
from aifirst_memory.dependencies.read_file import read_file
from aifirst_memory.dependencies.resolver import FileFacts, FoundEdge, ProjectView
from aifirst_memory.extract import extract_record
from aifirst_memory.tree.packed_units import pack_units, unpack_units
from dependency_project import make_files, refresh, stored_graph

ROOT = Path(__file__).parents[2]
TRUTH = ROOT / "tests/dependencies/truth"
KEY = "AKIA" + "Q7RZ3M5XK2WN8TVB"
TEXTS = {
    "half.py": "class A:\n    @property\n    def x(self): ...\n    @x.setter\n    def x(self, v): ...\n\ndef (a):\n",
    "nameless.py": "def f():\n    def (): g()\n    class : pass\ndef g(): ...\n",
    "returns.py": "'''one\rtwo'''\n@d\nclass A:\n    def f(self): g()\ndef g(): ...\n",
    "doubled.py": "if x:\n    def f(): g()\nelse:\n    def f(): h()\ndef g(): ...\ndef h(): ...\n",
    "deep.py": "".join("  " * level + f"def f{level}():\n" for level in range(70)) + "  " * 70 + "pass\n",
    "key.md": f"# One\n\n## {KEY}\n\n### Below\n",
    "package.json": '{"name": "x", "main": "a.js"}\n',
    "a.js": "export class A { go() { return run(); } }\nfunction run() {}\n",
    "a.css": "a { color: red }\nb { }\n",
    "a.go": "package a\n\nfunc F() { G() }\nfunc G() {}\n",
}


class FailingResolver:
    """Fails on every file."""

    name = "failing"
    version = 1
    languages = frozenset({"python"})
    manifests = frozenset[str]()

    def read(self, reading: Reading) -> FileFacts:
        raise RecursionError(f"on {reading.path}")

    def read_manifest(self, path: str, data: bytes) -> FileFacts:
        raise ValueError(f"on {path}")

    def resolve(self, path: str, body: bytes, project: ProjectView) -> list[FoundEdge]:
        raise AssertionError("there is nothing to resolve")


@contextmanager
def failing() -> Generator[None]:
    module = ModuleType("aifirst_memory.dependencies.failing.resolver")
    module.__dict__["RESOLVER"] = FailingResolver()
    with (
        mock.patch.dict(sys.modules, {module.__name__: module}),
        mock.patch.dict(vars(registry)["_LANGUAGES"], {"python": "failing"}),
        mock.patch.dict(vars(registry)["_MANIFESTS"], {"go.mod": "failing"}),
    ):
        yield


def samples() -> Iterator[tuple[str, bytes]]:
    yield from ((path, text.encode()) for path, text in TEXTS.items())
    for path in sorted((ROOT / "memory/aifirst_memory/dependencies/python").glob("*.py")):
        yield path.name, path.read_bytes()
    for case in sorted(TRUTH.glob("*/*.case"))[::9]:
        for part in case.read_text().split("=== ")[1:]:
            path, _, text = part.partition("\n")
            yield path, text.encode()


def test_the_units_of_the_index_give_the_same_as_reading_the_file() -> None:
    compared = 0
    for path, data in samples():
        source = decode_source(path, data)
        record = extract_record(source, Settings(), None)
        if record is None:
            continue
        known = unpack_units(pack_units(record.units))
        assert read_file(source, known=known) == read_file(source), path
        compared += 1
    assert compared > 100


def test_no_secret_gets_into_a_node() -> None:
    file = read_file(decode_source("key.md", TEXTS["key.md"].encode()))
    assert file is not None
    assert len(file.nodes) == 4
    assert not any(KEY.lower() in repr(node).lower() for node in file.nodes)


def test_a_resolver_that_fails_on_a_file_costs_it_no_node() -> None:
    source = decode_source("m.py", b"def f(): ...\nclass A: ...\n")
    whole = read_file(source)
    with failing():
        file, manifest = read_file(source), read_file(decode_source("go.mod", b"module x\n"))
    assert whole is not None
    assert file is not None
    assert manifest is not None
    assert file.nodes == whole.nodes
    assert file.problem == "m.py: its dependencies could not be read: RecursionError: on m.py"
    assert manifest.problem == "go.mod: its dependencies could not be read: ValueError: on go.mod"
    assert not file.facts.body


def test_the_graph_keeps_a_file_that_its_resolver_fails_on_and_tells_it(tmp_path: Path) -> None:
    make_files(tmp_path, {"m.py": "def f(): ...\n", "n.md": "# One\n"})
    with failing():
        report = refresh(tmp_path)
    assert {"m.py", "m.py::f", "n.md"} <= {node.id for node in stored_graph(tmp_path).nodes}
    assert report.notices == ("m.py: its dependencies could not be read: RecursionError: on m.py",)


def test_an_interruption_while_a_file_is_read_is_no_failure_of_its_resolver() -> None:
    with (
        failing(),
        mock.patch.object(FailingResolver, "read", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        read_file(decode_source("m.py", b"x = 1\n"))


def test_a_long_chain_of_elifs_is_in_the_stored_graph(tmp_path: Path) -> None:
    chain = "def g(): ...\ndef f(x):\n    if x:\n        g()\n" + "    elif x:\n        g()\n" * 1000
    make_files(tmp_path, {"m.py": chain})
    assert refresh(tmp_path).notices == ()
    assert ("m.py::f", "m.py::g", "calls") in {
        (e.source, e.target, e.kind) for e in stored_graph(tmp_path).edges
    }
