"""Diagnostics: pulled with result ids, pushed where the client cannot pull."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp_session import PULLS, ServerGoneError, Session, insert, replace

TEXT = "# aifirst: ignore[AF101]\nx = 1\n"
"""A suppression without a reason is a finding (AF001) at any setting."""


def test_a_pulled_report_names_rule_place_and_severity(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, "é = '😀' " + TEXT)
        report = session.pull(uri)
        assert report["kind"] == "full"
        [found] = report["items"]
        assert found["code"] == "AF001"
        assert found["source"] == "aifirst"
        assert found["range"]["start"] == {"line": 0, "character": 11}


def test_an_unchanged_report_is_told_as_such_whatever_was_typed(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT)
        first = session.pull(uri)
        session.change(uri, 2, insert(2, 0, "y = 2\n"))
        assert session.pull(uri, first["resultId"]) == {"kind": "unchanged", "resultId": first["resultId"]}
        session.change(uri, 3, insert(0, 0, "\n"))
        moved = session.pull(uri, first["resultId"])
        assert moved["kind"] == "full"
        assert moved["items"][0]["range"]["start"]["line"] == 1
        session.change(uri, 4, replace((0, 0), (2, 0), ""))
        assert session.pull(uri, moved["resultId"])["items"] == []


def test_a_client_that_cannot_pull_is_pushed_and_told_when_a_document_closes(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path])
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT, version=7)
        pushed = session.wait_for_notification("textDocument/publishDiagnostics")
        assert (pushed["uri"], pushed["version"], len(pushed["diagnostics"])) == (uri, 7, 1)
        session.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert session.wait_for_notification("textDocument/publishDiagnostics")["diagnostics"] == []


def test_of_quick_edits_only_the_newest_is_told(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path])
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT)
        session.wait_for_notification("textDocument/publishDiagnostics")
        for version in range(2, 42):
            session.change(uri, version, insert(0, 0, "\n"))
        versions: list[int] = []
        while not versions or versions[-1] < 41:
            versions.append(session.wait_for_notification("textDocument/publishDiagnostics")["version"])
        assert versions == sorted(set(versions))


def test_an_ignored_file_has_no_findings(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("made/\n")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.py").write_text(TEXT)
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "made" / "a.py").as_uri()
        session.open(uri, TEXT)
        assert session.pull(uri)["items"] == []


def test_settings_that_change_on_disk_count_at_the_next_key(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT)
        assert len(session.pull(uri)["items"]) == 1
        (tmp_path / "aifirst.toml").write_text('[rules]\nAF001 = "off"\n')
        session.change(uri, 2, insert(2, 0, "y = 2\n"))
        assert session.pull(uri)["items"] == []


def test_the_whole_workspace_is_told_once_and_then_only_what_changes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("é = '😀' " + TEXT)
    (tmp_path / "b.py").write_text("x = 1\n")
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        first = session.request("workspace/diagnostic", {"previousResultIds": []})["items"]
        [report] = first
        assert report["uri"] == (tmp_path / "a.py").as_uri()
        assert report["items"][0]["range"]["start"] == {"line": 0, "character": 11}
        known = [{"uri": report["uri"], "value": report["resultId"]}]
        held = session.start_request("workspace/diagnostic", {"previousResultIds": known})
        with pytest.raises(ServerGoneError, match="in time"):
            session.wait_for(held, 2.0)
        (tmp_path / "b.py").write_text(TEXT)
        (tmp_path / "a.py").write_text("x = 1\n")
        changes = [{"uri": (tmp_path / name).as_uri(), "type": 2} for name in ("a.py", "b.py")]
        session.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        items = session.wait_for(held)["result"]["items"]
        assert [(one["uri"], len(one["items"])) for one in items] == [
            ((tmp_path / "a.py").as_uri(), 0),
            ((tmp_path / "b.py").as_uri(), 1),
        ]


def test_rules_about_the_project_know_the_other_files_while_one_is_typed(tmp_path: Path) -> None:
    (tmp_path / "defines.py").write_text("# @TAG:FEATURE:ranking\nTOP = 3\n")
    text = "# see @TAG:FEATURE:ranking and @TAG:TICKET:gone for more\nLIMIT = 5\n"
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, text)
        assert session.pull(uri)["items"] == []  # who knows what the others define
        session.request("workspace/diagnostic", {"previousResultIds": []})
        session.change(uri, 2, insert(2, 0, "y = 2\n"))
        [found] = session.pull(uri)["items"]
        assert (found["code"], found["range"]["start"]["character"]) == ("AF303", 31)
