"""The law of the index: after any series of edits it says what an index made anew says, level by level."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_codebase.discovery import DiscoverySettings, FoundFile, Skipped
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import TokenizerError
from aifirst_memory import extraction
from aifirst_memory.update import IndexSession, UpdateRequest, update_memory
from index_project import RandomEdits, differences, make_project, update


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_index_updated_step_by_step_is_the_index_made_anew(tmp_path: Path, seed: int) -> None:
    edits = RandomEdits(make_project(tmp_path / "project"), seed)
    edits.start(14)
    with IndexSession(UpdateRequest(edits.root)) as session:
        session.update()
        for number in range(1, 41):
            edits.step()
            report = session.update()
            assert report.rebuilt == ""
            if number % 20 == 0:
                assert differences(edits.root, tmp_path / "anew") == []


def test_separate_runs_come_to_the_same_as_one_that_stays_open(tmp_path: Path) -> None:
    edits = RandomEdits(make_project(tmp_path / "project"), 9)
    edits.start(10)
    for _ in range(12):
        for _ in range(3):
            edits.step()
        assert update_memory(UpdateRequest(edits.root)).rebuilt == ""
    assert differences(edits.root, tmp_path / "anew") == []


def test_an_update_by_paths_is_the_update_of_all(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    (root / "shop/price.py").write_text("def total(rows):\n    return 0\n\n\ndef tax(row):\n    return row\n")
    (root / "shop/new.py").write_text("from shop.price import tax\n\n\ndef use():\n    return tax(1)\n")
    (root / "web/show.js").rename(root / "web/other.js")
    report = update(root, ("shop/price.py", "shop/new.py", "web/show.js", "web/other.js"))
    assert (report.read, report.renamed, report.removed) == (3, 1, 0)
    assert differences(root, tmp_path / "anew") == []


def test_a_folder_that_moved_is_one_path_gone_and_one_come(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    (root / "shop").rename(root / "store")
    report = update(root, ("shop", "store"))
    assert (report.read, report.renamed, report.removed) == (2, 2, 0)
    assert differences(root, tmp_path / "anew") == []


def test_settings_that_change_records_have_the_files_they_concern_read_again_and_no_others(
    tmp_path: Path,
) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    (root / "aifirst.toml").write_text("[paths.'shop/*.py'.glue]\ndoctests = true\n")
    report = update(root, ("aifirst.toml",))
    assert report.read == 3, "the two files of the folder, and the settings themselves"


def test_a_file_that_is_touched_is_not_read_in_again(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    (root / "shop/price.py").touch()
    report = update(root)
    assert (report.read, report.changed) == (0, False)


def test_an_edit_in_the_same_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    for text in ("a = 1\n", "a = 2\n", "a = 3\n"):
        (root / "shop/price.py").write_text(text)
        assert update(root).read >= 1


def test_a_changed_ignore_file_takes_files_out_and_brings_them_back(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    (root / ".gitignore").write_text("web/\n")
    assert update(root, (".gitignore",)).removed == 2
    (root / ".gitignore").unlink()
    report = update(root, (".gitignore",))
    assert report.read == 2
    assert differences(root, tmp_path / "anew") == []


def test_a_broken_settings_file_of_a_folder_is_a_notice(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project", {"a/x.py": "x = 1\n", "a/aifirst.toml": "broken = [\n"})
    report = update(root)
    assert report.files == 2
    assert any("a/aifirst.toml" in notice for notice in report.notices)


def test_a_tokenizer_file_outside_of_the_project_is_not_the_projects_to_choose(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    (root / "aifirst.toml").write_text("tokenizer = '../outside.json'\n")
    with pytest.raises(TokenizerError, match="lies outside the project"):
        update(root)


def test_a_file_that_changes_while_it_is_read_is_read_again_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_project(tmp_path / "project")
    read = extraction.read_source

    def read_then_change(place: Path, found: FoundFile, settings: DiscoverySettings) -> SourceFile | Skipped:
        source = read(place, found, settings)
        if found.path == "shop/price.py":
            (root / found.path).write_text("def total(rows):\n    return 3\n\n\ndef late():\n    return 1\n")
        return source

    with monkeypatch.context() as patch:
        patch.setattr(extraction, "read_source", read_then_change)
        update(root)
    assert update(root).read == 1
    assert differences(root, tmp_path / "anew") == []
