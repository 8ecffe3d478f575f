"""However HEAD got to where it is, an update leaves what reading everything anew leaves."""

from __future__ import annotations

import random
import sqlite3
import threading
from pathlib import Path

import pytest
from aifirst_codebase.git import Git
from aifirst_memory.history.read_log import LogReader
from aifirst_memory.history.reader import HistoryReader
from aifirst_memory.history.settings import HistorySettings
from aifirst_memory.history.update import (
    StaleHistoryError,
    known_history,
    read_history,
    store_history,
    update_history,
)
from history_repository import Index, Repository, subjects


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return Repository(tmp_path / "project", monkeypatch)


def test_a_new_commit_is_all_that_is_read(repository: Repository) -> None:
    repository.commit("Add parser", {"a.py": "1"})
    repository.commit("Add printer", {"b.py": "1"})
    index = Index(repository.root)
    assert index.update().read == 2
    head = repository.commit("Mend parser", {"a.py": "2"})
    status = index.update()
    assert (status.read, status.commits, status.dropped, status.head) == (1, 3, 0, head)
    assert index.lines() == index.anew()
    assert index.update().read == 0


def test_a_reset_forgets_and_going_back_reads_nothing(repository: Repository) -> None:
    first = repository.commit("Add parser", {"a.py": "1"})
    second = repository.commit("Add secret plan", {"plan.py": "1"})
    index = Index(repository.root)
    index.update()
    repository.git("reset", "-q", "--hard", first)
    status = index.update()
    assert (status.read, status.commits, status.dropped) == (0, 1, 1)
    assert index.lines() == index.anew()
    assert subjects(HistoryReader.load(index.connection), "plan.py") == []
    repository.git("reset", "-q", "--hard", second)
    assert index.update().read == 0
    assert index.lines() == index.anew()


def test_what_a_branch_holds_counts_only_there(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    repository.git("switch", "-q", "-c", "side")
    repository.commit("Try lexer", {"lexer.py": "1"})
    index = Index(repository.root)
    assert subjects(index.reader(), "lexer.py") == ["Try lexer"]
    repository.git("switch", "-q", "main")
    assert subjects(index.reader(), "lexer.py") == []
    repository.commit("Go on", {"a.py": "2"})
    repository.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    reader = index.reader()
    assert subjects(reader, "lexer.py") == ["Try lexer"]
    assert len(reader) == 3
    assert index.lines() == index.anew()


ACTIONS = (
    "commit",
    "commit",
    "commit",
    "rename",
    "amend",
    "reset",
    "branch",
    "switch",
    "merge",
    "rebase",
    "delete",
)


def move(repository: Repository, action: str, dice: random.Random, number: int) -> bool:
    """Have HEAD stand elsewhere; whether the action is of this kind."""
    if action == "reset":
        depth = len(repository.git("rev-list", "--first-parent", "HEAD").split())
        repository.git("reset", "-q", "--hard", f"HEAD~{min(depth - 1, dice.randrange(3))}")
        return True
    other = dice.choice(repository.git("branch", "--format=%(refname:short)").split())
    commands = {
        "branch": ["switch", "-q", "-c", f"branch{number}"],
        "switch": ["switch", "-q", other],
        "merge": ["merge", "-q", "-s", "ours", "--no-ff", "-m", "Merge", other],
        "rebase": ["rebase", "-q", "--empty=drop", "-s", "ours", other],
    }
    if action in commands:
        repository.git(*commands[action])
    return action in commands


def act(repository: Repository, action: str, dice: random.Random, number: int) -> None:
    """One thing that people do to a repository; another commit where it is not possible."""
    if move(repository, action, dice, number):
        return
    files = sorted(path.name for path in repository.root.glob("*.py"))
    if action == "rename" and files:
        repository.git("mv", dice.choice(files), f"moved{number}.py")
    elif action == "delete" and len(files) > 1:
        (repository.root / dice.choice(files)).unlink()
    name = dice.choice(files) if files and dice.random() < 0.7 else f"f{number}.py"
    text = "".join(f"line {name} {i} {number if i == 3 else 0}\n" for i in range(6))
    options = ["--amend"] if action == "amend" else []
    repository.commit(f"Change number {number} of {name}", {name: text}, *options)


@pytest.mark.parametrize(("seed", "most", "step"), [(1, 20_000, 60), (2, 20_000, 0), (3, 5, 60), (4, 3, 0)])
def test_an_update_equals_reading_anew_after_anything(
    repository: Repository, seed: int, most: int, step: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - chooses what a test does
    repository.step = step
    repository.commit("Begin", {"f.py": "0", "g.py": "1"})
    index = Index(repository.root, HistorySettings(max_commits=most))
    for number in range(14):
        act(repository, dice.choice(ACTIONS), dice, number)
        if dice.random() < 0.7:
            index.update()
            assert index.lines() == index.anew()
    index.update()
    assert index.lines() == index.anew()
    followed, anew = HistoryReader.load(index.connection), Index(repository.root, index.settings).reader()
    assert followed.paths == anew.paths
    assert [followed.commits_of(path) for path in anew.paths] == [
        anew.commits_of(path) for path in anew.paths
    ]


def test_many_small_updates_become_one_row_with_the_same_contents(repository: Repository) -> None:
    index = Index(repository.root)
    for number in range(80):
        tree = repository.git("write-tree")
        parent = ["-p", "HEAD"] if number else []
        commit = repository.git("commit-tree", tree, *parent, "-m", f"Step {number}")
        repository.git("update-ref", "refs/heads/main", commit)
        if number % 2:
            index.update()
    rows = index.connection.execute("SELECT count(*) FROM history_commits").fetchone()[0]
    assert rows < 40
    assert index.lines() == index.anew()
    assert len(index.lines()) == 81


def test_only_the_newest_commits_count_where_there_are_too_many(repository: Repository) -> None:
    for number in range(6):
        repository.commit(f"Step {number}", {"a.py": str(number)})
    index = Index(repository.root, HistorySettings(max_commits=4))
    assert subjects(index.reader(), "a.py") == ["Step 5", "Step 4", "Step 3", "Step 2"]
    repository.commit("Step 6", {"a.py": "6"})
    assert subjects(index.reader(), "a.py") == ["Step 6", "Step 5", "Step 4", "Step 3"]
    index.settings = HistorySettings(max_commits=6)
    assert len(index.reader()) == 6
    assert index.lines() == index.anew()


def test_what_time_did_not_allow_is_read_the_next_time(repository: Repository) -> None:
    for number in range(5):
        repository.commit(f"Step {number}", {"a.py": str(number)})
    index = Index(repository.root, HistorySettings(seconds=-1.0))
    status = index.update()
    assert not status.complete
    assert "Index again" in status.reason
    index.settings = HistorySettings()
    assert index.update().complete
    assert index.lines() == index.anew()


def test_nothing_is_stored_of_a_reading_that_was_cancelled(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    index = Index(repository.root)
    index.update()
    before = index.lines()
    repository.commit("More", {"a.py": "2"})
    status = update_history(index.connection, repository.root, index.settings, cancelled=lambda: True)
    assert status.read == 0
    assert "cancelled" in status.reason
    assert index.lines() == before
    index.update()
    assert index.lines() == index.anew()


def test_a_reading_made_beside_other_work_is_not_stored_over_a_newer_one(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    index = Index(repository.root)
    reading = read_history(repository.root, index.settings, known_history(index.connection))
    index.update()
    with pytest.raises(StaleHistoryError, match="Read it again"):
        store_history(index.connection, reading)
    assert index.lines() == index.anew()


def test_it_joins_the_transaction_that_is_open(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    index = Index(repository.root)
    index.connection.execute("BEGIN")
    assert index.update().commits == 1
    index.connection.execute("ROLLBACK")
    assert index.lines() == []
    assert index.update().commits == 1
    assert not index.connection.in_transaction


def test_a_failed_write_leaves_what_was_there(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    index = Index(repository.root)
    index.update()
    before = index.lines()
    repository.commit("More", {"a.py": "2"})
    index.connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON history_state BEGIN SELECT raise(ABORT, 'disk full'); END"
    )
    with pytest.raises(sqlite3.IntegrityError, match="disk full"):
        index.update()
    assert index.lines() == before
    index.connection.execute("DROP TRIGGER full")
    index.update()
    assert index.lines() == index.anew()


def test_the_last_commit_of_a_log_that_was_cut_off_is_not_trusted(repository: Repository) -> None:
    ids = [repository.commit(f"Step {number}", {"a.py": str(number)}) for number in range(3)]
    stop = threading.Event()
    reader = LogReader(
        Git(repository.root), within=(), exact_renames=False, seconds=60, cancelled=stop.is_set
    )
    assert [commit.id for commit in reader.newest(ids[-1], 10)] == ids[::-1]
    assert reader.complete
    seen: list[str] = []
    for commit in reader.newest(ids[-1], 10):
        seen.append(commit.id)
        stop.set()
    assert (reader.complete, reader.was_cancelled) == (False, True)
    assert seen == ids[:0:-1]


def test_what_another_version_stored_is_read_anew(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    index = Index(repository.root)
    index.update()
    for other in (b"\x93\x01\x02\x03", b"", b"\xff"):
        index.connection.execute("UPDATE history_state SET data = ?", (other,))
        assert index.lines() == []
        assert index.update().read == 1
        assert index.lines() == index.anew()


def test_a_broken_repository_gives_a_reason_and_no_exception(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    repository.commit("Go on", {"a.py": "2"})
    index = Index(repository.root)
    tree = repository.git("rev-parse", "HEAD~1^{tree}")
    (repository.root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    status = index.update()
    assert not status.available
    assert "git fsck" in status.reason
