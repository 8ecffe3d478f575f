"""The user's own tests on source and output: what is equal, what differs, what is flaky, and what cannot be run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from aifirst_compiler.errors import CompileError
from aifirst_compiler.verify.outcomes import compare_outcomes, read_outcomes
from aifirst_compiler.verify.tally import Tally
from aifirst_compiler.verify.verify import ToVerify, Verification, verify_output

PYTEST = f"{sys.executable} -m pytest -q -p no:cacheprovider"
SOURCE = 'def price():\n    """Told."""\n    return 1\n'
TESTS = """import pytest
from shop.store import price

def test_price():
    assert price() == 1

def test_told():
    assert price.__doc__

@pytest.mark.xfail
def test_not_yet():
    assert False

@pytest.mark.parametrize("n", [1, 2])
def test_each(n):
    assert n
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A package with tests, and its output beside it as it is."""
    root = tmp_path / "project"
    for folder in ("src/shop", "tests", "out/shop"):
        (root / folder).mkdir(parents=True)
    for place in ("src", "out"):
        (root / place / "shop/__init__.py").write_text("")
        (root / place / "shop/store.py").write_text(SOURCE)
    (root / "tests/test_store.py").write_text(TESTS)
    return root


def verify(root: Path, command: str = PYTEST, **more: float) -> Verification:
    """Verify the output of a project's `src`."""
    return verify_output(ToVerify(root, root / "src", root / "out", command, **more))


def test_an_equal_output_has_no_difference(project: Path) -> None:
    done = verify(project)
    assert done.equal
    assert done.source.runner == "pytest"
    assert done.source.tests == done.output.tests
    assert done.source.tests["tests/test_store.py::test_price"] == ("passed",)
    assert done.source.tests["tests/test_store.py::test_not_yet"] == ("xfailed",)
    assert len(done.source.tests) == 5
    assert sorted(path.name for path in project.iterdir()) == ["out", "src", "tests"]


def test_a_test_that_ends_otherwise_is_told(project: Path) -> None:
    (project / "out/shop/store.py").write_text("def price():\n    return 1\n")
    (difference,) = verify(project).differences
    assert difference.test == "tests/test_store.py::test_told"
    assert (difference.source, difference.output) == (("passed",), ("failed",))


def test_an_output_that_cannot_be_imported_differs_in_all(project: Path) -> None:
    (project / "out/shop/store.py").write_text("def price(:\n")
    done = verify(project)
    assert not done.equal
    assert {d.test for d in done.differences} >= {"tests/test_store.py", "tests/test_store.py::test_price"}
    assert "SyntaxError" in done.output.tail


def test_what_also_differs_on_the_source_alone_is_flaky(project: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    (project / "tests/test_flaky.py").write_text(
        f"import pathlib\n\ndef test_once():\n    seen = pathlib.Path({str(seen)!r})\n"
        "    seen.write_text(seen.read_text() + 'x' if seen.exists() else 'x')\n    assert len(seen.read_text()) == 1\n"
    )
    done = verify(project)
    assert done.equal
    assert done.flaky == ("tests/test_flaky.py::test_once",)


def test_a_test_that_commits_does_so_in_the_copy(project: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "begin")
    before = git("log", "--oneline", "--all")
    commit = "git -c user.name=a -c user.email=a@b.c commit -qm more --allow-empty"
    done = verify(project, f"{commit} && git log --oneline | wc -l | grep -x 2")
    assert done.equal
    assert done.source.code == 0
    assert git("log", "--oneline", "--all") == before
    assert git("fsck") == ""


def test_names_of_tests_that_hold_the_folder_are_the_same(project: Path) -> None:
    (project / "tests/test_here.py").write_text(
        "import os, pytest\n\n@pytest.mark.parametrize('place', [os.getcwd()])\ndef test_here(place):\n    assert place\n"
    )
    done = verify(project)
    assert done.equal
    assert "tests/test_here.py::test_here[.]" in done.source.tests


def test_tests_that_import_the_original_are_refused(project: Path) -> None:
    (project / "tests/conftest.py").write_text(f"import sys\nsys.path.insert(0, {str(project / 'src')!r})\n")
    with pytest.raises(CompileError, match="not from the copy") as caught:
        verify(project)
    assert "conftest" in caught.value.next_step


def test_a_command_that_does_not_end_is_ended_with_all_it_started(project: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    command = f"(sleep 4; touch {mark}) & sleep 60"
    with pytest.raises(CompileError, match="had not ended") as caught:
        verify(project, command, timeout=1.0)
    assert "--verify-timeout" in caught.value.next_step
    assert not mark.exists()


def test_other_commands_are_compared_by_their_end(project: Path) -> None:
    (project / "out/shop/store.py").write_text("def price():\n    return 2\n")
    code = "import sys; sys.path.insert(0, 'src'); from shop.store import price; sys.exit(price() - 1)"
    done = verify(project, f'{sys.executable} -c "{code}"')
    assert done.source.runner == ""
    (difference,) = done.differences
    assert (difference.test, difference.source, difference.output) == ("exit code", ("0",), ("1",))


def test_unittest_is_read_from_what_it_prints(project: Path) -> None:
    (project / "tests/test_store.py").write_text(
        "import unittest\nfrom shop.store import price\n\nclass T(unittest.TestCase):\n"
        "    def test_told(self):\n        self.assertTrue(price.__doc__)\n\n    def test_one(self):\n        price()\n"
    )
    (project / "out/shop/store.py").write_text("def price():\n    return 1\n")
    done = verify(project, f"{sys.executable} -m unittest discover -s tests")
    assert done.source.runner == "summary"
    assert {d.test for d in done.differences} == {"test_told (test_store.T.test_told)"}


PRINTED = """
ok 1 - adds
not ok 2 - takes away
=== RUN   TestAdd
--- FAIL: TestAdd (0.01s)
ok  \texample.com/sum\t0.012s
test sum::adds ... ok
  \x1b[32m✔\x1b[0m adds two (12ms)
    1) takes two
  12 passing (3s)
[INFO] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in com.example.SumTest
"""


def test_what_other_runners_print_is_read(tmp_path: Path) -> None:
    found = read_outcomes(1, PRINTED, tmp_path)
    assert found.tests == {
        "TestAdd": ("FAIL",),
        "adds": ("ok",),
        "adds two": ("✔",),
        "com.example.SumTest": ("run: 3, Failures: 1, Errors: 0, Skipped: 0",),
        "example.com/sum": ("ok",),
        "sum::adds": ("ok",),
        "summary: passing": ("12",),
        "takes away": ("not ok",),
        "takes two": ("failed",),
    }
    other = read_outcomes(
        1, PRINTED.replace("(0.01s)", "(9.99s)").replace("0.012s", "7s").replace("(3s)", "(4ms)"), tmp_path
    )
    assert compare_outcomes(found, other) == []
    assert [
        d.test for d in compare_outcomes(found, read_outcomes(1, PRINTED.replace("✔", "✕"), tmp_path))
    ] == ["adds two"]


def test_a_single_file_is_verified_in_its_place(project: Path) -> None:
    (project / "one").mkdir()
    (project / "one/store.py").write_text("def price():\n    return 1\n")
    done = verify_output(ToVerify(project, project / "src/shop/store.py", project / "one", PYTEST))
    assert [difference.test for difference in done.differences] == ["tests/test_store.py::test_told"]


def test_an_error_in_collection_proves_nothing(project: Path) -> None:
    (project / "tests/test_more.py").write_text("import nosuchmodule\n\ndef test_more():\n    pass\n")
    with pytest.raises(CompileError, match="interrupted on the source itself") as caught:
        verify(project)
    assert "ModuleNotFoundError: No module named 'nosuchmodule'" in str(caught.value)
    assert f"a copy of {project}" in str(caught.value)
    assert "passes on the source" in caught.value.next_step


def test_tests_of_which_none_passes_prove_nothing(project: Path) -> None:
    (project / "tests/test_store.py").write_text(
        "def test_one():\n    assert False\n\ndef test_two():\n    assert False\n"
    )
    with pytest.raises(CompileError, match=r"ended with 1 .* no test passed \(2 failed\)"):
        verify(project)
    with pytest.raises(CompileError, match="no test passed"):
        verify(project, f"{PYTEST} || true")


def test_tests_that_are_all_skipped_prove_nothing(project: Path) -> None:
    (project / "tests/test_store.py").write_text(
        "import pytest\n\n@pytest.mark.skip\ndef test_one():\n    pass\n"
    )
    with pytest.raises(CompileError, match=r"no test passed \(1 skipped\)"):
        verify(project)


def test_how_the_tests_ended_is_counted(project: Path) -> None:
    (project / "tests/test_more.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef broken():\n    raise OSError\n\n"
        "def test_fails():\n    assert False\n\ndef test_breaks(broken):\n    pass\n\n"
        "@pytest.mark.skip\ndef test_left():\n    pass\n"
    )
    done = verify(project)
    assert done.equal
    assert done.source.tally == Tally(passed=5, failed=1, skipped=1, errors=1)
    assert str(done.source.tally) == "5 passed, 1 failed, 1 skipped, 1 error"


@pytest.mark.parametrize(
    ("printed", "tally"),
    [
        ("FAIL: test_a (t.T.test_a)\nRan 5 tests in 0.1s\n", Tally(4, 1)),
        ("Ran 0 tests in 0.0s\n", Tally()),
        ("  ✔ adds (1ms)\n  1) takes\n  1 passing (3s)\n  1 failing\n", Tally(1, 1)),
        ("Tests:       1 failed, 2 skipped, 3 passed, 6 total\n", Tally(3, 1, 2)),
        ("test a::b ... ok\ntest a::c ... ignored\ntest result: ok. 1 passed; 0 measured\n", Tally(1, 0, 1)),
        ("[INFO] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1, Time: 1 s -- in com.SumTest\n", Tally(2, 1, 1, 1)),
    ],
)  # fmt: skip
def test_the_words_of_other_runners_are_counted(printed: str, tally: Tally, tmp_path: Path) -> None:
    assert read_outcomes(0, printed, tmp_path).tally == tally


@pytest.mark.parametrize("manifest", ["pyproject.toml", "setup.py", "package.json"])
def test_the_project_is_the_folder_with_the_manifest(project: Path, manifest: str) -> None:
    (project / manifest).write_text("{}" if manifest.endswith("json") else "")
    done = verify_output(ToVerify(project / "src", project / "src", project / "out", PYTEST))
    assert done.source.tally.passed == 5


def test_without_a_manifest_the_folder_that_was_copied_is_told(project: Path) -> None:
    with pytest.raises(CompileError) as caught:
        verify_output(ToVerify(project / "src", project / "src", project / "out", PYTEST))
    assert f"it ran in a copy of {project / 'src'}" in str(caught.value)
