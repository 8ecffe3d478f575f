"""The history of every kind of repository: hostile, shallow, partial, empty, none, nested, with odd messages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from aifirst_memory.history.reader import HistoryReader
from aifirst_memory.history.settings import HistorySettings
from history_repository import Index, Repository, subjects


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return Repository(tmp_path / "project", monkeypatch)


def test_no_program_of_the_repository_runs_and_its_settings_change_nothing(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit("Begin", {"a.py": "1\n" * 20, "ünï.py": "2"})
    repository.write({".gitattributes": "*.py diff=evil filter=evil\n"})
    repository.commit("Move", {"b.py": "1\n" * 20 + "2\n"})
    repository.git("mv", "a.py", "c.py")
    repository.commit("Move again")
    plain = Index(repository.root).anew()
    trap, script = tmp_path / "sprung", repository.root / ".git" / "evil.sh"
    script.write_text(f'#!/bin/sh\ntouch "{trap}"\ncat\n')
    script.chmod(0o755)
    settings = {
        "core.fsmonitor": str(script), "core.pager": str(script), "pager.log": str(script),
        "core.hooksPath": str(repository.root / ".git"), "diff.external": str(script),
        "diff.evil.command": str(script), "diff.evil.textconv": str(script), "filter.evil.clean": str(script),
        "filter.evil.process": str(script), "gpg.program": str(script), "alias.log": f"!{script}",
        "alias.rev-list": f"!{script}", "core.alternateRefsCommand": str(script), "log.showSignature": "true",
        "log.showRoot": "false", "log.follow": "true", "log.date": "relative", "log.decorate": "full",
        "format.pretty": "oneline", "diff.renames": "copies", "diff.orderFile": "none", "color.ui": "always",
        "core.quotePath": "true", "diff.noprefix": "true", "diff.relative": "true", "log.mailmap": "true",
        "i18n.logOutputEncoding": "UTF-16", "notes.displayRef": "refs/notes/*", "log.excludeDecoration": "*",
    }  # fmt: skip
    for name, value in settings.items():
        repository.git("config", name, value)
    repository.write({".git/info/grafts": f"{repository.git('rev-parse', 'HEAD')}\n"})
    assert Index(repository.root).anew() == plain
    assert len(plain) == 4
    assert not trap.exists()


@pytest.mark.parametrize("place", ["nowhere", "empty", "off", "missing"])
def test_without_a_history_all_is_empty_and_the_status_says_why(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(tmp_path / "project", monkeypatch, create=place != "nowhere")
    # A repository further up would otherwise answer for the folder.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    if place in {"off", "missing"}:
        repository.commit("Begin", {"a.py": "1"})
    if place == "missing":
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    index = Index(repository.root, HistorySettings(enabled=place != "off"))
    status = index.update()
    expected = {
        "nowhere": "is in no git repository. Run git init.", "empty": "no commit yet. Commit",
        "off": "switched off. Index without --no-history", "missing": "Install git.",
    }  # fmt: skip
    assert expected[place] in status.reason
    assert (status.available, status.commits) == (False, 0)
    reader = HistoryReader.load(index.connection)
    assert reader.reason == status.reason
    assert (len(reader), reader.paths, reader.head) == (0, (), "")
    commits, files = reader.score_commits({"parser": 1.0}), reader.score_messages({"parser": 1.0})
    assert (len(commits), len(files), len(reader.newness)) == (0, 0, 0)
    assert reader.explain(commits, "a.py") is None
    assert reader.changes_with("a.py") == reader.commits_of("a.py") == []
    assert (reader.frequency("a.py"), reader.recency("a.py")) == (0, None)
    assert index.update().reason == status.reason


def test_a_history_that_is_switched_off_is_forgotten(repository: Repository) -> None:
    repository.commit("Begin", {"a.py": "1"})
    index = Index(repository.root)
    assert index.update().commits == 1
    index.settings = HistorySettings(enabled=False)
    assert index.update().dropped == 1
    assert index.connection.execute("SELECT count(*) FROM history_commits").fetchone() == (0,)
    index.settings = HistorySettings()
    assert index.update().commits == 1


def test_a_project_in_a_folder_of_the_repository_has_its_own_paths_only(repository: Repository) -> None:
    repository.commit("Begin both", {"app/a.py": "1", "other/b.py": "1"})
    repository.commit("Change other", {"other/b.py": "2"})
    repository.commit("Change app", {"app/a.py": "2"})
    repository.git("mv", "other/b.py", "app/b.py")
    repository.commit("Bring b in")
    index = Index(repository.root / "app", HistorySettings(max_commits=3))
    reader = index.reader()
    assert reader.paths == ("a.py", "b.py")
    assert subjects(reader, "a.py") == ["Change app", "Begin both"]
    assert subjects(reader, "b.py") == ["Bring b in"]
    repository.commit("Change app again", {"app/a.py": "3"})
    index.update()
    assert index.lines() == index.anew()
    assert len(index.lines()) == 4


def test_a_detached_head_and_a_second_work_tree_have_their_own_history(
    repository: Repository, tmp_path: Path
) -> None:
    first = repository.commit("Begin", {"a.py": "1"})
    repository.commit("Go on", {"a.py": "2"})
    repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "second"), first)
    assert (tmp_path / "second" / ".git").is_file()
    assert subjects(Index(tmp_path / "second").reader(), "a.py") == ["Begin"]
    repository.git("switch", "-q", "--detach", first)
    assert subjects(Index(repository.root).reader(), "a.py") == ["Begin"]


def test_the_end_of_a_shallow_clone_changes_no_file_until_it_is_deepened(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        repository.commit(f"Step {number}", {"a.py": str(number), f"f{number}.py": "1"})
    clone = Repository(tmp_path / "clone", monkeypatch, create=False)
    clone.git("clone", "-q", "--depth", "2", repository.root.as_uri(), ".")
    index = Index(clone.root)
    reader = index.reader()
    assert len(reader) == 2
    assert subjects(reader, "a.py") == ["Step 4"]
    assert "f0.py" not in reader.path_index
    clone.git("fetch", "-q", "--unshallow")
    index.update()
    assert index.lines() == index.anew()
    assert len(index.reader()) == 5


def test_a_clone_without_contents_is_read_without_fetching(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"line {i}\n" for i in range(40))
    repository.commit("Begin", {"a.py": text})
    repository.git("mv", "a.py", "b.py")
    repository.commit("Move and change", {"b.py": text + "more\n"})
    repository.git("mv", "b.py", "c.py")
    repository.commit("Move")
    repository.git("config", "uploadpack.allowFilter", "true")
    clone = Repository(tmp_path / "clone", monkeypatch, create=False)
    clone.git("clone", "-q", "--no-checkout", "--filter=blob:none", repository.root.as_uri(), ".")
    reader = Index(clone.root).reader()
    assert len(reader) == 3
    assert subjects(reader, "c.py") == ["Move", "Move and change"]
    assert clone.git("rev-list", "--objects", "--all", "--missing=print").count("?") == 2


def test_submodules_are_no_files_and_merges_no_commits(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner", pytest.MonkeyPatch())
    inner.commit("Inside", {"x.py": "1"})
    repository.commit("Begin", {"a.py": "1"})
    repository.git("submodule", "add", "-q", str(inner.root), "lib")
    repository.commit("Add library")
    reader = Index(repository.root).reader()
    assert reader.paths == (".gitmodules", "a.py")


def test_a_renamed_file_keeps_its_history_and_two_may_change_places(repository: Repository) -> None:
    one, two = ("".join(f"{word} {i}\n" for i in range(30)) for word in ("alpha", "beta"))
    repository.commit("Make one", {"one.py": one})
    repository.commit("Make two", {"two.py": two})
    repository.commit("Mend one", {"one.py": one + "more\n"})
    repository.git("mv", "one.py", "first.py")
    repository.commit("Rename one", {"first.py": one + "more\nstill\n"})
    reader = Index(repository.root).reader()
    assert subjects(reader, "first.py") == ["Rename one", "Mend one", "Make one"]
    assert "one.py" not in reader.path_index
    repository.commit("Use the name again", {"one.py": "something else\n"})
    reader = Index(repository.root).reader()
    assert subjects(reader, "one.py") == ["Use the name again"]
    assert subjects(reader, "first.py") == ["Rename one", "Mend one", "Make one"]
    repository.git("mv", "first.py", "spare")
    repository.git("mv", "two.py", "first.py")
    repository.git("mv", "spare", "two.py")
    repository.git("add", "-A")
    repository.git("-c", "diff.renames=true", "commit", "-q", "-m", "Swap")
    reader = Index(repository.root).reader()
    assert "Make two" in subjects(reader, "two.py") + subjects(reader, "first.py")


def test_a_change_on_a_branch_that_missed_the_rename_counts_for_the_new_name(repository: Repository) -> None:
    text = "".join(f"line {i}\n" for i in range(30))
    repository.commit("Begin", {"old.py": text})
    repository.git("switch", "-q", "-c", "side")
    repository.git("switch", "-q", "main")
    repository.git("mv", "old.py", "new.py")
    repository.commit("Rename")
    repository.git("switch", "-q", "side")
    repository.commit("Change beside", {"old.py": text + "more\n"})
    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "-m", "Merge", "side")
    reader = Index(repository.root).reader()
    assert reader.paths == ("new.py",)
    assert subjects(reader, "new.py") == ["Change beside", "Rename", "Begin"]


def test_odd_messages_and_names_stay_apart(repository: Repository) -> None:
    repository.commit("", {"empty.py": "1"})
    repository.commit("Überprüfung verbessert".encode("latin-1"), {"latin.py": "1"})
    repository.commit(b"\x01\x02\xff\xfe commit " + b"a" * 40 + b"\nM\na.py\n", {"binary.py": "1"})
    repository.commit("x" * 300_000, {"long.py": "1"})
    repository.commit("Tabs", {"a\tb\n.py": "1", "été.py": "1"})
    reader = Index(repository.root).reader()
    assert subjects(reader, "empty.py") == [""]
    assert subjects(reader, "latin.py") == ["Überprüfung verbessert"]
    assert subjects(reader, "binary.py")[0].startswith("ÿþ commit ")
    assert len(subjects(reader, "long.py")[0]) <= 100
    assert "été.py" in reader.paths
    assert len(reader.paths) == 6
    found = reader.commits_of_paths(np.array([reader.path_index["latin.py"]]))
    assert found.highest(reader.score_commits({"überprüfung": 1.0}))[0] > 0
