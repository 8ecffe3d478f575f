"""What an agent can find out and change by its tools, and what it cannot whatever it asks."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from agent_trial import FIXED, SHOP, Trial, model, use
from aifirst_orchestrator.agent.work_on_task import TaskOutcome
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap

FINISH = use("finish", summary="done")


@pytest.fixture
def trial(tmp_path: Path, sandbox: Bubblewrap) -> Trial:
    trial = Trial(tmp_path / "shop", sandbox)
    trial.is_tested = False
    return trial


def did(trial: Trial, *wanted: dict[str, object]) -> tuple[list[str], TaskOutcome]:
    """What came of each request, and of the task."""
    outcome = trial(model((*wanted, FINISH)), repairs=0)
    return [one.result for one in outcome.steps], outcome


def commit(root: Path, message: str) -> None:
    (root / ".git").rmdir() if not any((root / ".git").iterdir()) else None
    for command in (("init", "-q"), ("add", "-fA", "--", ".", ":!.aifirst"), ("commit", "-q", "-m", message)):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *command],
            cwd=root,
            check=True,
            capture_output=True,
        )


def test_the_graph_says_where_things_are_and_who_needs_them(trial: Trial) -> None:
    asked = [
        use("graph", question=question, target="price") for question in ("definition", "callers", "tests")
    ]
    results, _ = did(trial, *asked, use("graph", question="callers", target="nobody"))
    assert results[0] == "shop.py:4-12 function shop.py::price"
    assert "test_shop.py::test_price" in results[1]
    assert "test_shop.py::test_price" in results[2]
    assert "nothing is called 'nobody'" in results[3]


def test_git_is_read_and_shows_no_content_that_may_not_be_read(trial: Trial) -> None:
    commit(trial.root, "All there is")
    (trial.root / "shop.py").write_text(SHOP + "\n# more\n")
    with (trial.root / ".git/config").open(
        "a"
    ) as config:  # a program that a repository names is never started
        config.write(f'[diff "evil"]\n\ttextconv = touch {trial.root}/started; cat\n')
    (trial.root / ".gitattributes").write_text("*.py diff=evil\n")
    before = sorted(
        (path, path.stat().st_mtime_ns) for path in (trial.root / ".git").rglob("*") if path.is_file()
    )
    results, _ = did(
        trial, use("git", what="status"), use("git", what="diff", path="shop.py"), use("git", what="log"),
        use("git", what="blame", path="shop.py", first=4, last=5), use("git", what="show"),
        use("git", what="show", path="private.py"), use("git", what="show", path="shop.py"),
    )  # fmt: skip
    assert " M shop.py" in results[0]
    assert "+# more" in results[1]
    assert "All there is" in results[2]
    assert "def price(amount, unit):" in results[3]
    assert "private.py" in results[4]
    assert "SECRET" not in results[4]
    assert "there is no file 'private.py' that may be read" in results[5]
    assert "+def price(amount, unit):" in results[6]
    after = sorted(
        (path, path.stat().st_mtime_ns) for path in (trial.root / ".git").rglob("*") if path.is_file()
    )
    assert after == before


@pytest.mark.parametrize(
    "revision", ["--output=/tmp/x", "-p", "HEAD --", "HEAD:private.py", "a b", ":/x", "x" * 300]
)
def test_a_revision_is_no_option_and_no_file(trial: Trial, revision: str) -> None:
    commit(trial.root, "one")
    results, _ = did(trial, use("git", what="show", revision=revision))
    assert "is no revision" in results[0]


def test_a_diff_changes_renames_and_removes_and_all_is_written_once_it_is_taken(trial: Trial) -> None:
    (trial.root / "old.py").write_text('"""Old."""\n')
    (trial.root / "gone.py").write_text('"""Gone."""\n')
    diff = (
        "--- a/shop.py\n+++ b/shop.py\n@@ -70,2 +70,2 @@\n def price(amounts, unit):\n"
        '     """Return the price of an amount of something."""\n'
        "     # WHY: a discount from ten pieces on keeps large orders here.\n"
        "-    if amount > 10:\n+    if amount >= 10:\n"
        "diff --git a/old.py b/new.py\nrename from old.py\nrename to new.py\n"
        "diff --git a/gone.py b/gone.py\ndeleted file mode 100644\n"
    )
    results, outcome = did(trial, use("patch", diff=diff), use("read", path="old.py"), use("changes"))
    assert results[0].startswith("changed ")
    assert "there is no file 'old.py'" in results[1]
    assert "--- a/gone.py\n+++ /dev/null" in results[2]
    assert (outcome.state, set(outcome.written)) == ("done", {"shop.py", "old.py", "new.py", "gone.py"})
    assert trial.text == FIXED
    assert (trial.root / "new.py").read_text() == '"""Old."""\n'
    assert not (trial.root / "old.py").exists()
    assert not (trial.root / "gone.py").exists()


@pytest.mark.parametrize(
    "diff",
    [
        "--- a/pyproject.toml\n+++ b/pyproject.toml\n@@ -1 +1 @@\n-[project]\n+[tool]\n",
        "diff --git a/pyproject.toml b/x.py\nrename from pyproject.toml\nrename to x.py\n",
        "diff --git a/shop.py b/.git/hooks/x\nrename from shop.py\nrename to .git/hooks/x\n",
        "diff --git a/pyproject.toml b/pyproject.toml\ndeleted file mode 100644\n",
    ],
)
def test_a_diff_of_what_much_hangs_on_asks_a_person_too(trial: Trial, diff: str) -> None:
    results, _ = did(trial, use("patch", diff=diff))
    assert "nobody allowed it" in results[0]
    assert trial.asked[0].startswith("level 3: patch")
    assert (trial.root / "pyproject.toml").is_file()


@pytest.mark.parametrize(
    "diff",
    [
        "no diff",
        "--- a/../x\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n",
        "--- a/private.py\n+++ b/private.py\n@@ -1 +1 @@\n-SECRET = 1\n+x\n",
    ],
)
def test_a_diff_that_reaches_elsewhere_does_nothing(trial: Trial, diff: str) -> None:
    _, outcome = did(trial, use("patch", diff=diff))
    assert outcome.steps[0].is_error
    assert outcome.difference == ""
    assert (trial.root / "private.py").read_text() == "SECRET = 1\n"


def test_what_cannot_be_read_is_told_before_tests_are_run(trial: Trial) -> None:
    (trial.root / "page.js").write_text("let broken = (;\n")
    edit = use(
        "edit",
        edits=[{"path": "shop.py", "search": "    if amount > 10:\n", "replace": "    if amount > 10\n"}],
    )
    script = use("edit", edits=[{"path": "till.js", "search": "", "replace": "export function sell( {\n"}])
    worse = use(
        "edit", edits=[{"path": "page.js", "search": "let broken = (;\n", "replace": "let broken = (;;\n"}]
    )
    results, outcome = did(trial, edit, use("build"), script, use("build"), worse, use("build"))
    assert (
        results[1] == "line 7: shop.py cannot be read: expected ':' (mend it before anything else) [syntax]"
    )
    assert "till.js cannot be read" in results[3]
    assert "page.js" not in results[5]  # it was so before
    assert outcome.state == "blocked"
