"""The server as an editor meets it: start, offer, end, and what it does when a session goes wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lsp_session import PULLS, ServerGoneError, Session


def test_a_session_begins_offers_what_there_is_and_ends_with_zero(tmp_path: Path) -> None:
    with Session() as session:
        offered = session.initialize([tmp_path])["capabilities"]
        assert offered["positionEncoding"] == "utf-16"
        assert offered["textDocumentSync"]["change"] == 2
        assert offered["hoverProvider"]
        assert offered["diagnosticProvider"]["identifier"] == "aifirst"
        assert session.end() == 0
        assert session.errors == ""


def test_the_command_line_starts_the_same_server(tmp_path: Path) -> None:
    command = (str(Path(sys.executable).parent / "aifirst"), "lsp")
    with Session(["--stdio"], command=command) as session:
        session.initialize([tmp_path])
        assert session.end() == 0


def test_an_end_without_shutdown_is_an_error_as_the_protocol_says(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path])
        session.notify("exit")
        assert session.process.wait(10) == 1


def test_the_server_ends_when_its_input_does(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path])
        assert session.process.stdin is not None
        session.process.stdin.close()
        assert session.process.wait(10) == 1


def test_wrong_arguments_are_told_in_a_line() -> None:
    with Session(["--nonsense"]) as session:
        with pytest.raises(ServerGoneError, match="--nonsense is no option"):
            session.initialize()
        assert session.process.wait(10) == 2


def test_nothing_is_answered_before_initialize(tmp_path: Path) -> None:
    with Session() as session:
        params = {"textDocument": {"uri": "file:///a.py"}, "position": {"line": 0, "character": 0}}
        refused = session.wait_for(session.start_request("textDocument/hover", params))
        assert refused["error"]["code"] == -32002
        session.initialize([tmp_path])
        assert session.request("textDocument/hover", params) is None
        again = session.wait_for(session.start_request("initialize", {"capabilities": {}}))
        assert again["error"]["code"] == -32600


def test_hover_tells_the_figures_of_a_unit(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, "def add(a, b):\n    # why: sums\n    return a + b\n")
        session.pull(uri)
        hover = session.request(
            "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
        )
        assert hover["contents"]["value"].startswith("**function** `add` · 3 lines")
        assert hover["range"] == {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 7}}


def test_hover_waits_for_no_librarian_that_is_busy(tmp_path: Path) -> None:
    (tmp_path / "aifirst.toml").write_text("")
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, "def add(a, b):\n    return a + b\n")
        session.pull(uri)
        held = session.start_request(
            "aifirst/debug/provoke", {"role": "librarian", "what": "hang", "patience": 20}
        )
        where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
        for _ in range(20):
            assert "`add`" in session.request("textDocument/hover", where)["contents"]["value"]
        with pytest.raises(ServerGoneError, match="in time"):
            session.wait_for(held, 0.05)  # it still hangs
