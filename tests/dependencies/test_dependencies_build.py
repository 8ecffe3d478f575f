"""The build of the graph: whatever changed, it equals what the files give from scratch, and survives its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_memory.dependencies.build import DependencySession, update_dependencies
from aifirst_memory.dependencies.project import resolve_project
from aifirst_memory.update import UpdateRequest, update_memory
from dependency_project import code_graph, dump, make_files, refresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_language import toy_language

FILES = {
    "pkg/one.py": "from two import f\nfrom os import path\n\ndef g():\n    f()\n\ndef h():\n    g()\n",
    "pkg/two.py": "from three import *\nfrom three import k\n\ndef f():\n    k()\n",
    "three.py": "# see pkg/one.py\ndef k():\n    pass\n",
    "tests/test_one.py": "from one import g\n\ndef test_g():\n    g()\n",
}


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    with toy_language():
        yield


def test_a_first_build_is_what_the_files_give_from_scratch(tmp_path: Path) -> None:
    make_files(tmp_path, FILES)
    report = refresh(tmp_path)
    assert (report.files, report.read, report.resolved) == (4, 4, 4)
    assert code_graph(tmp_path) == resolve_project({path: text.encode() for path, text in FILES.items()})


def test_nothing_is_read_where_nothing_changed(tmp_path: Path) -> None:
    make_files(tmp_path, FILES)
    refresh(tmp_path)
    report = refresh(tmp_path)
    assert (report.read, report.resolved, report.removed, report.changed) == (0, 0, 0, False)


def test_only_who_asked_for_what_changed_is_resolved_again(tmp_path: Path) -> None:
    make_files(tmp_path, FILES)
    with DependencySession(tmp_path) as session:
        refresh(tmp_path, session)
        make_files(tmp_path, {"three.py": "# see pkg/one.py\n\n\ndef k():\n    return 1\n"})
        assert (refresh(tmp_path, session).read, refresh(tmp_path, session).read) == (1, 0)
        make_files(tmp_path, {"three.py": "def k2():\n    return 1\n"})
        report = refresh(tmp_path, session)
        assert (report.read, report.resolved) == (1, 2)  # itself and pkg/two.py, not pkg/one.py
        make_files(tmp_path, {"pkg/two.py": "def f():\n    pass\n"})
        assert refresh(tmp_path, session).resolved == 1  # what it says of f is what it said
        make_files(tmp_path, {"pkg/two.py": "from three import f\n"})
        assert refresh(tmp_path, session).resolved == 2


def test_a_new_version_of_a_resolver_reads_its_files_again(tmp_path: Path) -> None:
    make_files(tmp_path, FILES | {"README.md": "# Read\n"})
    refresh(tmp_path)
    with toy_language(version=2):
        assert refresh(tmp_path).read == 4


_LINES = (
    "from a import f", "from b import *", "from c import g", "from a import *", "from b import f", "from d import f",
    "# see a.py", "# see x/b.py", "def f():\n    g()", "def g():\n    f()\n    h()", "def h():\n    pass",
    "class K:\n    def m(self):\n        f()", "f()", "g()",
)  # fmt: skip
_PATHS = ("a.py", "x/b.py", "x/y/c.py", "x/a.py", "d.py", "tests/test_d.py", "notes.md")
_texts = st.lists(st.sampled_from(_LINES), max_size=6).map(lambda lines: "\n".join(lines) + "\n")
_edits = st.lists(
    st.lists(st.tuples(st.sampled_from(_PATHS), st.none() | _texts), min_size=1, max_size=3),
    min_size=2, max_size=5,
)  # fmt: skip


@settings(
    derandomize=True, deadline=None, max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(edits=_edits, kept_open=st.booleans())
def test_a_graph_that_followed_changes_is_the_graph_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, edits: list[list[tuple[str, str | None]]], kept_open: bool
) -> None:
    root, fresh = tmp_path_factory.mktemp("law"), tmp_path_factory.mktemp("fresh")
    files: dict[str, str] = {}
    session = DependencySession(root)
    for edit in edits:
        for path, text in edit:
            if text is None:
                files.pop(path, None)
                (root / path).unlink(missing_ok=True)
            else:
                files[path] = text
                make_files(root, {path: text})
        refresh(root, session, [path for path, _ in edit] if kept_open else None)
        if not kept_open:
            session.close()
    session.close()
    assert code_graph(root) == resolve_project({path: text.encode() for path, text in files.items()})
    make_files(fresh, files)
    refresh(fresh)
    assert dump(root) == dump(fresh)


def test_a_build_that_is_interrupted_keeps_what_it_has_read(tmp_path: Path) -> None:
    make_files(
        tmp_path,
        {f"m{number}.py": f"from m{number - 1} import f\n\ndef f():\n    f()\n" for number in range(700)},
    )
    update_memory(UpdateRequest(tmp_path))

    def stop(phase: str, done: int, todo: int) -> None:
        if (phase, done) == ("read", 600):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_dependencies(tmp_path, progress=stop)
    seen: list[tuple[str, int]] = []
    report = update_dependencies(tmp_path, progress=lambda phase, _, todo: seen.append((phase, todo)))
    assert report.read == 100
    assert report.resolved == 700
    assert set(seen) == {("read", 100), ("resolve", 700)}
    files = {path.name: path.read_bytes() for path in tmp_path.glob("*.py")}
    assert code_graph(tmp_path) == resolve_project(files)
