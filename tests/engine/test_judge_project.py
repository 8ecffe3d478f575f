"""The engine: what it judges, what it remembers, what it does with what it cannot read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from aifirst_codebase.config import ConfigError
from aifirst_validator.report import Report
from engine_projects import Judge, long_function


def _told(report: Report) -> list[tuple[str, str, int]]:
    return [(f.rule, f.path, f.line) for f in report.findings]


def test_a_project_is_judged_by_its_own_settings(project: Path, judge: Judge) -> None:
    report = judge(project)
    assert _told(report) == [("AF101", "long.py", 1)]
    assert [f.path for f in report.files] == ["aifirst.toml", "long.py", "short.py"]
    assert not report.clean


def test_nothing_is_read_again_when_nothing_changed(project: Path, judge: Judge) -> None:
    _age(project)
    first = judge(project)
    second = judge(project)
    assert (first.reread, second.reread) == (3, 0)
    assert second.findings == first.findings
    assert second.files == first.files


def test_a_changed_file_alone_is_read_again(project: Path, judge: Judge) -> None:
    _age(project)
    judge(project)
    (project / "short.py").write_text(long_function("sum_up", 8))
    report = judge(project)
    assert report.reread == 1
    assert _told(report) == [("AF101", "long.py", 1), ("AF101", "short.py", 1)]


def test_a_change_within_the_same_clock_tick_is_noticed(project: Path, judge: Judge) -> None:
    judge(project)
    stat = (project / "long.py").stat()
    text = (project / "long.py").read_text().replace("score", "store")
    (project / "long.py").write_text(text)
    os.utime(project / "long.py", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert "store" in judge(project).findings[0].message


def test_other_settings_judge_everything_again(project: Path, judge: Judge) -> None:
    _age(project)
    judge(project)
    report = judge(project, overrides={"limits.unit_tokens": 400})
    assert report.reread == 3
    assert report.findings == ()


def test_several_processes_find_what_one_finds(
    tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aifirst_validator.engine._PARALLEL_BYTES", 1)
    monkeypatch.setattr("aifirst_codebase.worker_pool._CHUNK_BYTES", 20_000)
    for number in range(12):
        text = "\n\n".join(long_function(f"f{n}", 70) for n in range(4))
        (tmp_path / f"m{number:02}.py").write_text(text)
    alone = judge(tmp_path, jobs=1, use_cache=False)
    together = judge(tmp_path, jobs=2, use_cache=False)
    assert len(alone.findings) == 12 * 4
    assert together.findings == alone.findings
    assert together.files == alone.files


def test_a_damaged_cache_is_replaced_and_an_unusable_one_is_told(project: Path, judge: Judge) -> None:
    judge(project)
    (project / ".aifirst" / "cache.db").write_bytes(b"this is no database" * 100)
    assert _told(judge(project)) == [("AF101", "long.py", 1)]
    for path in (project / ".aifirst").iterdir():
        path.unlink()
    (project / ".aifirst").rmdir()
    (project / ".aifirst").write_text("a file where the folder should be")
    report = judge(project)
    assert _told(report) == [("AF101", "long.py", 1)]
    assert [notice.code for notice in report.notices] == ["cache"]


def test_the_cache_folder_ignores_itself(project: Path, judge: Judge) -> None:
    judge(project)
    assert (project / ".aifirst" / ".gitignore").read_text() == "*\n"


def test_deleted_files_leave_the_cache(project: Path, judge: Judge) -> None:
    import sqlite3

    _age(project)
    judge(project)
    (project / "long.py").unlink()
    judge(project)
    with sqlite3.connect(project / ".aifirst" / "cache.db") as connection:
        paths = [row[0] for row in connection.execute("SELECT path FROM results ORDER BY path")]
    connection.close()
    assert paths == ["aifirst.toml", "short.py"]


def test_files_that_cannot_be_read_are_told_and_the_rest_is_judged(project: Path, judge: Judge) -> None:
    (project / "picture.py").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0" * 50)
    (project / "large.py").write_text("a = 1\n" * 400_000)
    (project / "gone.py").symlink_to("nowhere.py")
    (project / "latin.py").write_bytes("name = 'caf\xe9'\n".encode("latin-1"))
    (project / "empty.py").write_bytes(b"")
    (project / "broken.py").write_text("def (:\n  x = = 3\n" + long_function("score", 10))
    report = judge(project)
    assert ("AF101", "long.py", 1) in _told(report)
    assert any(path == "broken.py" for _, path, _ in _told(report))
    codes = {notice.path: notice.code for notice in report.notices}
    assert codes["picture.py"] == "binary"
    assert codes["large.py"] == "too-large"
    assert codes["latin.py"] == "encoding-fallback"
    assert "empty.py" in [f.path for f in report.files]
    assert all(notice.message for notice in report.notices)


def test_wrong_settings_stop_the_run_with_their_place(project: Path, judge: Judge) -> None:
    (project / "aifirst.toml").write_text("[limits]\nunit_token = 30\n")
    with pytest.raises(ConfigError, match=r"aifirst\.toml:2.*unit_token.*unit_tokens"):
        judge(project)


def test_a_folder_has_its_own_settings(project: Path, judge: Judge) -> None:
    (project / "wide").mkdir()
    (project / "wide" / "aifirst.toml").write_text("[limits]\nunit_tokens = 900\n")
    (project / "wide" / "long.py").write_text(long_function("score", 10))
    assert _told(judge(project)) == [("AF101", "long.py", 1)]


def test_a_file_directive_changes_the_limits_of_that_file(project: Path, judge: Judge) -> None:
    text = "# aifirst: limits.unit_tokens=900\n" + (project / "long.py").read_text()
    (project / "long.py").write_text(text)
    assert judge(project).findings == ()


def test_facts_from_unchanged_files_still_count(project: Path, judge: Judge) -> None:
    ticket = "# @TAG:TICKET:same\nLIMIT = {}\n"
    (project / "a.py").write_text(ticket.format(1))
    _age(project)
    judge(project)
    (project / "b.py").write_text(ticket.format(2))
    report = judge(project)
    assert report.reread == 1
    assert ("AF302", "b.py", 1) in _told(report)


def test_a_tokenizer_outside_the_project_is_refused(project: Path, judge: Judge) -> None:
    from aifirst_codebase.tokens import TokenizerError

    (project / "aifirst.toml").write_text('tokenizer = "../tokenizer.json"\n')
    with pytest.raises(TokenizerError, match="outside the project"):
        judge(project)


def test_rules_that_do_not_exist_are_told(project: Path, judge: Judge) -> None:
    (project / "aifirst.toml").write_text('[rules]\nAF999 = "off"\n')
    notices = [notice for notice in judge(project).notices if notice.code == "config"]
    assert len(notices) == 1
    assert "AF999" in notices[0].message


def _age(project: Path) -> None:
    """Make the files old enough that their times can be trusted."""
    import time

    for path in project.rglob("*"):
        os.utime(path, ns=(1_700_000_000_000_000_000, 1_700_000_000_000_000_000))
    time.sleep(0.15)  # the change time is now, and a cache trusts no time this close to now
