"""Laws of resolving Python: the order of files plays no part, and a changed entry counts however much is remembered."""

from __future__ import annotations

import gc
from pathlib import Path

import aifirst_memory
from aifirst_codebase.source import decode_source
from aifirst_memory.dependencies.demands import NotingView
from aifirst_memory.dependencies.project import ReadProject, resolve_project
from aifirst_memory.dependencies.python.interpreter import Interpreter
from aifirst_memory.dependencies.python.resolver import RESOLVER
from aifirst_memory.dependencies.read_file import ReadFile, read_file
from aifirst_memory.dependencies.resolver import FoundEdge
from hypothesis import given, settings
from hypothesis import strategies as st

_LIBRARY = """\
class Base:
    def run(self):
        return self.make()
    def make(self):
        return First()
class First:
    def go(self): ...
class Second:
    def go(self): ...
def looped(n):
    return other(n) if n else First()
def other(n):
    return looped(n - 1)
def applied(call):
    return call()
"""
_FILES = {
    "shop/__init__.py": "from shop.library import *\n",
    "shop/library.py": _LIBRARY,
    "shop/one.py": "from shop import Base, applied\ndef start():\n    Base().run().go()\n    applied(Base)\n",
    "shop/two.py": "from shop import looped, other\ndef start():\n    looped(1).go()\n    other(2).go()\n",
    "shop/three.py": "from shop.two import other\nimport shop.one\ndef start():\n    other(3).go()\n"
    "    shop.one.Base().run().go()\n",
    "shop/four.py": "from shop import Base\nclass Own(Base):\n    def make(self):\n        return start\n"
    "def start(): ...\nOwn().run()()\n",
}


def read_all(files: dict[str, str]) -> list[ReadFile]:
    """The facts of files, those of which nothing can be read left out."""
    found = (read_file(decode_source(path, text.encode())) for path, text in files.items())
    return [file for file in found if file is not None]


def resolved(read: list[ReadFile], paths: list[str]) -> dict[str, list[FoundEdge]]:
    """The edges of some files, resolved in this order."""
    project = ReadProject(read)
    bodies = {file.path: file.facts.body for file in read}
    return {path: RESOLVER.resolve(path, bodies[path], project) for path in paths}


@settings(derandomize=True, max_examples=20, deadline=None)
@given(st.permutations(sorted(_FILES)))
def test_the_order_in_which_files_are_resolved_does_not_matter(order: list[str]) -> None:
    read = read_all(_FILES)
    alone = {path: edges for one in sorted(_FILES) for path, edges in resolved(read, [one]).items()}
    assert resolved(read, order) == alone
    assert any(edge.target == "shop/library.py::First.go" for edge in alone["shop/two.py"])


def test_a_changed_entry_of_a_library_counts_for_files_that_were_resolved_before() -> None:
    paths = ["shop/one.py", "shop/three.py"]
    before = resolved(read_all(_FILES), paths)
    changed = _FILES | {
        "shop/library.py": _LIBRARY.replace("return First()\nclass", "return Second()\nclass")
    }
    after = resolved(read_all(changed), paths)
    for path in paths:
        targets = [{edge.target for edge in found[path]} for found in (before, after)]
        assert "shop/library.py::First.go" in targets[0]
        assert "shop/library.py::Second.go" not in targets[0]
        assert "shop/library.py::Second.go" in targets[1]
    assert resolved(read_all(_FILES), paths) == before


def test_a_name_that_was_built_in_is_found_once_the_module_binds_it() -> None:
    files = {"m.py": "def go():\n    print().x()\n", "lib.py": ""}
    shadowed = files | {
        "m.py": "class P:\n    def x(self): ...\ndef print():\n    return P()\n" + files["m.py"]
    }
    assert not any(edge.kind == "calls" for edge in resolved(read_all(files), ["m.py"])["m.py"])
    found = {edge.target for edge in resolved(read_all(shadowed), ["m.py"])["m.py"]}
    assert {"m.py::print", "m.py::P.x"} <= found


def test_a_whole_project_leaves_the_collector_as_it_was() -> None:
    assert gc.isenabled()
    resolve_project({path: text.encode() for path, text in _FILES.items()})
    assert gc.isenabled()
    gc.disable()
    try:
        resolve_project({"m.py": b"def f(): ...\n"})
        assert not gc.isenabled()
    finally:
        gc.enable()


def derived(drawn: list[tuple[list[int], bool]]) -> list[type]:
    """Classes of which each derives from some before it, unless those contradict each other; some have a `go`."""
    made: list[type] = []
    for place, (numbers, defines) in enumerate(drawn):
        bases = tuple(dict.fromkeys(made[number % place] for number in numbers)) if place else ()
        body = {"go": None} if defines or not place else {}
        try:
            made.append(type(f"C{place}", bases, body))
        except TypeError:
            made.append(type(f"C{place}", (), body))
    return made


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 40), min_size=1, max_size=3), st.booleans()), min_size=7, max_size=9
    )
)
def test_a_method_is_found_where_pythons_own_resolution_order_finds_it(
    drawn: list[tuple[list[int], bool]],
) -> None:
    lines: list[str] = []
    expected: set[tuple[str, str]] = set()
    for one in derived(drawn):
        name, bases = one.__name__, ", ".join(base.__name__ for base in one.__bases__ if base is not object)
        lines.append(f"class {name}({bases}):\n    {'def go(self): ...' if 'go' in vars(one) else 'pass'}")
        lines.append(f"def run_{name}():\n    {name}().go()")
        owners = [far.__name__ for far in one.__mro__ if "go" in vars(far)]
        expected |= {(f"m.py::run_{name}", f"m.py::{owner}.go") for owner in owners[:1]}
    edges = resolve_project({"m.py": "\n".join(lines).encode()}).edges
    found = {(edge.source, edge.target) for edge in edges if edge.kind == "calls"}
    assert {pair for pair in found if pair[1].endswith(".go")} == expected


def asked(read: list[ReadFile], order: list[str], *, anew: bool) -> dict[str, tuple[list[FoundEdge], bytes]]:
    """The edges and the questions of files resolved in this order; `anew` keeps nothing from one to the next."""
    project = ReadProject(read)
    bodies = {file.path: file.facts.body for file in read}
    noting = NotingView(project)
    found: dict[str, tuple[list[FoundEdge], bytes]] = {}
    for path in order:
        noting = NotingView(project) if anew else noting
        noting.begin()
        edges = RESOLVER.resolve(path, bodies[path], noting)
        found[path] = (edges, noting.demands())
    return found


@settings(derandomize=True, max_examples=10, deadline=None)
@given(st.permutations(sorted(_FILES)))
def test_what_is_kept_for_other_files_changes_neither_edges_nor_questions(order: list[str]) -> None:
    read = read_all(_FILES)
    assert asked(read, order, anew=False) == asked(read, order, anew=True)


def test_files_of_this_project_are_resolved_alike_in_any_order() -> None:
    root = Path(aifirst_memory.__file__).parent / "dependencies" / "python"
    read = read_all({f"python/{path.name}": path.read_text() for path in sorted(root.glob("*.py"))})
    order = [file.path for file in read if file.facts.body]
    alone = asked(read, order, anew=True)
    assert asked(read, order, anew=False) == alone
    assert asked(read, order[::-1], anew=False) == alone
    assert sum(len(edges) for edges, _ in alone.values()) > 1_000


def test_a_ring_of_decorators_costs_no_other_edge() -> None:
    count = 1_000
    ring = "".join(f"@d{(at + 1) % count}\ndef d{at}(f):\n    return f\n" for at in range(count))
    chain = "def e0(f):\n    return f\n" + "".join(
        f"@e{at}\ndef e{at + 1}(f):\n    return f\n" for at in range(count)
    )
    files = {
        "ring.py": f"{ring}def other():\n    helper()\ndef helper(): ...\n",
        "chain.py": chain,
        "user.py": "from chain import e999\nfrom ring import d500\ndef f(): ...\nd500(f)\ne999(f)\n",
    }
    found = {
        (e.source, e.target)
        for edges, _ in asked(read_all(files), sorted(files), anew=False).values()
        for e in edges
    }
    assert ("ring.py::other", "ring.py::helper") in found
    assert ("chain.py::e1000", "chain.py::e999") in found
    assert ("user.py", "chain.py::e999") in found


def test_a_tall_pile_of_diamonds_is_looked_through_once() -> None:
    files = {"m0.py": "class A: ...\nclass B: ...\nclass C(A, B): ...\n"}
    for at in range(1, 40):
        files[f"m{at}.py"] = (
            f"from m{at - 1} import C as P\nclass A(P):\n    def run(self): ...\nclass B(P): ...\nclass C(A, B): ...\n"
        )
    read = read_all(files)
    project = ReadProject(read)
    for file in read:
        RESOLVER.resolve(file.path, file.facts.body, project)
    session = project.kept["python"]
    assert isinstance(session, Interpreter)
    lines = [key for key in session.summaries if key[0] == "order"]
    assert len(lines) == 3 * len(files)


MERGE = """
def merge(one, two):
    if not one:
        return two
    if isinstance(one, dict):
        if isinstance(two, dict):
            out = {**one, "more": {"a": one, "b": two}}
            return {"k": merge(one.get("a"), two), "l": merge(two, out), "m": [out, merge(out, one)]}
        one["x"] = merge(one.get("x"), {"y": two, "z": [one, two]})
        return one
    return {"o": one, "t": two}


def use():
    return merge({"a": {"b": {"c": use}}}, {"a": {"b": [merge({"d": use}, {"e": {"f": 1}})]}})
"""


def test_containers_that_grow_with_every_call_of_themselves_stay_bounded() -> None:
    """Without a bound on what containers hold it does not end."""
    graph = resolve_project({"m.py": MERGE.encode()})
    calls = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "calls"}
    assert ("m.py::use", "m.py::merge") in calls
