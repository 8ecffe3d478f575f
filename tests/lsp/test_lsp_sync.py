"""A recorded session of edits leaves the same text on both sides, byte by byte; notebooks, saving, opening twice."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from lsp_session import PULLS, Json, Session, insert, replace
from naive_text import lines_of, position_at, replaced, units

_PIECES = [
    "x = 1",
    "é = 'ß中'",
    "s = '😀👩‍🚀'",
    "# \u2028 and \x85",
    "if a:\f",
    "\x0b",
    "\ty",
    "",
    "'''d",
    "\x1c",
]
_ENDS = ["\n", "\r\n", "\r"]
_LINES, _EDITS = 2_600, 500


def _large_text(choice: random.Random) -> str:
    return "".join(choice.choice(_PIECES) + choice.choice(_ENDS) for _ in range(_LINES))


def _edit(choice: random.Random, text: str, encoding: str) -> tuple[tuple[int, int], tuple[int, int], str]:
    """An edit as people make them: mostly a few characters, sometimes lines, at times a large stretch."""
    start = choice.randrange(len(text) + 1)
    length = choice.choice([0, 0, 0, 1, 1, 2, 5, 30, 400])
    while start > 0 and text[start - 1 : start + 1] == "\r\n":
        start -= 1  # no editor has its cursor inside of an end of line
    end = min(start + length, len(text))
    while 0 < end < len(text) and text[end - 1 : end + 1] == "\r\n":
        end += 1
    new = "".join(
        choice.choice(_PIECES + _ENDS + list("abc")) for _ in range(choice.choice([0, 1, 1, 1, 2, 8]))
    )
    return position_at(text, start, encoding), position_at(text, max(start, end), encoding), new


def _text_on_the_other_side(session: Session, uri: str) -> Json:
    state: Json = session.request("aifirst/debug/text", {"uri": uri})
    return state


def test_five_hundred_edits_in_a_large_odd_file_leave_the_same_bytes_on_both_sides(tmp_path: Path) -> None:
    choice = random.Random(2026)  # noqa: S311 - the same session at every run
    text = _large_text(choice)
    uri = (tmp_path / "large.py").as_uri()
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path], capabilities=PULLS)
        session.open(uri, text)
        for version in range(2, _EDITS + 2):
            start, end, new = _edit(choice, text, "utf-16")
            text = replaced(text, start, end, new, "utf-16")
            session.change(uri, version, replace(start, end, new))
            if version % 25 == 1:
                state = _text_on_the_other_side(session, uri)
                assert state["sha256"] == hashlib.sha256(text.encode()).hexdigest(), version
                assert (state["version"], state["lines"]) == (version, len(lines_of(text)))
        assert session.pull(uri)["kind"] == "full"
        assert session.end() == 0


def test_every_encoding_counts_its_own_units(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-16", "utf-32"):
        with Session(["--test-messages"]) as session:
            offered = session.initialize([tmp_path], encodings=[encoding, "utf-16"])
            assert offered["capabilities"]["positionEncoding"] == encoding
            session.open("untitled:one", "s = '😀é'\n")
            session.change("untitled:one", 2, insert(0, units("s = '😀é", encoding), "!"))
            state = session.request("aifirst/debug/text", {"uri": "untitled:one", "text": True})
            assert state["text"] == "s = '😀é!'\n"


def test_an_encoding_nobody_knows_leaves_utf_16(tmp_path: Path) -> None:
    with Session() as session:
        assert (
            session.initialize([tmp_path], encodings=["utf-7"])["capabilities"]["positionEncoding"]
            == "utf-16"
        )


def test_a_saved_text_that_differs_from_ours_is_taken(tmp_path: Path) -> None:
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path])
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, "x = 1\n")
        session.notify("textDocument/didSave", {"textDocument": {"uri": uri}, "text": "x = 2\n"})
        assert session.request("aifirst/debug/text", {"uri": uri, "text": True})["text"] == "x = 2\n"


def test_a_document_that_is_opened_twice_has_the_newer_text_and_one_that_is_closed_has_none(
    tmp_path: Path,
) -> None:
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path])
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, "x = 1\n")
        session.open(uri, "y = 1\n", version=5)
        assert session.request("aifirst/debug/text", {"uri": uri, "text": True})["text"] == "y = 1\n"
        session.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        session.change(uri, 6, insert(0, 0, "z"))
        assert session.request("aifirst/debug/text", {"uri": uri}) == {"open": False}


def test_a_cell_of_a_notebook_is_a_document_of_its_own(tmp_path: Path) -> None:
    notebook = (tmp_path / "n.ipynb").as_uri()
    cells = [f"vscode-notebook-cell:{notebook[7:]}#{number}" for number in range(3)]
    with Session(["--test-messages"]) as session:
        capabilities: Json = {**PULLS, "notebookDocument": {"synchronization": {}}}
        offered = session.initialize([tmp_path], capabilities=capabilities)["capabilities"]
        assert offered["notebookDocumentSync"]["notebookSelector"]
        texts = ["x = 1  # aifirst: ignore[AF101]\n", "# prose\n"]
        documents = [
            {"uri": cells[0], "languageId": "python", "version": 1, "text": texts[0]},
            {"uri": cells[1], "languageId": "markdown", "version": 1, "text": texts[1]},
        ]
        kinds = [{"kind": 2, "document": cells[0]}, {"kind": 1, "document": cells[1]}]
        book = {"uri": notebook, "notebookType": "jupyter-notebook", "version": 1, "cells": kinds}
        session.notify("notebookDocument/didOpen", {"notebookDocument": book, "cellTextDocuments": documents})
        assert [one["code"] for one in session.pull(cells[0])["items"]] == ["AF001"]
        assert session.pull(cells[1])["items"] == []
        structure = {
            "array": {"start": 1, "deleteCount": 1, "cells": [{"kind": 2, "document": cells[2]}]},
            "didOpen": [{"uri": cells[2], "languageId": "python", "version": 1, "text": texts[0]}],
            "didClose": [{"uri": cells[1]}],
        }
        edit = {"document": {"uri": cells[0], "version": 2}, "changes": [replace((0, 5), (0, 31), "")]}
        change = {"cells": {"structure": structure, "textContent": [edit]}}
        named = {"uri": notebook, "version": 2}
        session.notify("notebookDocument/didChange", {"notebookDocument": named, "change": change})
        assert session.pull(cells[0])["items"] == []
        assert len(session.pull(cells[2])["items"]) == 1
        assert session.request("aifirst/debug/text", {"uri": cells[1]}) == {"open": False}
        closing = {
            "notebookDocument": {"uri": notebook},
            "cellTextDocuments": [{"uri": cells[0]}, {"uri": cells[2]}],
        }
        session.notify("notebookDocument/didClose", closing)
        assert session.request("aifirst/debug/text", {"uri": cells[0]}) == {"open": False}
