"""Facts of a Python file: broken text never raises, and they say what others need and no more."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from aifirst_memory.dependencies.project import resolve_project
from aifirst_memory.dependencies.resolver import FileFacts
from file_facts import read_facts
from hypothesis import given, settings
from hypothesis import strategies as st

SOURCE = Path(__file__).parents[2] / "memory/aifirst_memory/dependencies/python"
MODULE = '''\
"""A module."""
import os
from .other import Base as Root


class Box(Root):
    size: int = 3

    def __init__(self, fn):
        self.fn = fn

    def run(self):
        helper()
        return self.fn()


def make(kind, *rest, **more):
    match kind:
        case {"a": Box(size=n), **rest}:
            return [x for x in rest if (y := x)]
    with open(kind) as file, Box(lambda: 1) as (box, *_):
        return f"{box!r:>{kind}}"
'''


def facts_of(text: str, path: str = "pkg/mod.py") -> FileFacts:
    return read_facts(path, text)


def test_a_moved_line_changes_no_entry() -> None:
    before, after = facts_of(MODULE), facts_of("# one\n# two\n\n" + MODULE)
    assert before.entries == after.entries
    assert before.body != after.body


def test_a_call_changes_no_entry_but_a_result_changes_that_of_its_function_alone() -> None:
    before = facts_of(MODULE).entries
    called = facts_of(MODULE.replace("helper()", "helper(os)")).entries
    assert before == called
    returned = facts_of(MODULE.replace("return self.fn()", "return self.size")).entries
    assert {name for name in before if before[name] != returned[name]} == {"Box", "Box.run"}


def test_a_file_goes_by_every_tail_of_its_path_and_by_the_bases_of_its_classes() -> None:
    assert set(facts_of(MODULE, "src/pkg/mod.py").keys) == {
        "py:src.pkg.mod",
        "py:pkg.mod",
        "py:mod",
        "py:sub:Root",
    }
    assert facts_of("", "src/pkg/__init__.py").keys == ("py:src.pkg", "py:pkg")
    assert facts_of("", "my-scripts/run.py").keys == ("py:run",)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.integers(0, len(MODULE)),
    st.sampled_from(["", "(", "class", "\n\tdef", "@", "'''", "\udcff".encode("utf-8", "replace").decode()]),
)
def test_a_half_typed_file_is_read_and_resolved(cut: int, more: str) -> None:
    text = MODULE[:cut] + more
    graph = resolve_project(
        {"pkg/__init__.py": b"", "pkg/mod.py": text.encode(), "pkg/other.py": b"class Base: ...\n"}
    )
    known = {node.id for node in graph.nodes}
    assert all(edge.source in known and edge.target in known for edge in graph.edges)


def test_nesting_without_end_is_cut() -> None:
    texts = {
        "deep": "x = " + "f(" * 300 + "g()" + ")" * 300,
        "chain": "y = a" + ".b()" * 300,
        "total": "z = " + " + ".join(["g()"] * 2000),
        "blocks": "".join(" " * level + "if x:\n" for level in range(200)) + " " * 200 + "g()",
        "levels": "x = " + "(" * 5000 + ")" * 5000,
    }
    files = {f"{name}.py": f"def g(): ...\ng()\n{text}\n".encode() for name, text in texts.items()}
    found = {(edge.source, edge.target) for edge in resolve_project(files).edges}
    assert {(f"{name}.py", f"{name}.py::g") for name in ("deep", "chain", "total", "blocks")} <= found


def test_values_that_multiply_are_bounded() -> None:
    classes = "".join(f"class C{n}:\n    def go(self, o): return o\n" for n in range(60))
    table = "T = [" + ", ".join(f"C{n}" for n in range(60)) + "]\n"
    calls = "def run():\n    x = [t() for t in T]\n" + "".join(
        "    x = [a.go(b) for a in x for b in x] or x\n" for _ in range(60)
    )
    begin = time.process_time()
    graph = resolve_project({"main.py": (classes + table + calls).encode()})
    assert any(edge.source == "main.py::run" for edge in graph.edges)
    assert time.process_time() - begin < 60  # hours, where nothing bounds it


def test_edges_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "from pathlib import Path\nfrom aifirst_memory.dependencies.project import resolve_project\n"
        f"files = {{p.name: p.read_bytes() for p in sorted(Path({str(SOURCE)!r}).glob('[c-f]*.py'))}}\n"
        "print(resolve_project({f'aifirst_memory/dependencies/python/{n}': d for n, d in files.items()}).edges)"
    )
    shown = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(shown[0]) > 10_000
    assert shown[0] == shown[1]
