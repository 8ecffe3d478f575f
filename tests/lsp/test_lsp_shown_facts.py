"""What a document shows by itself: lenses, symbols, folding of glue, colours of tags, hints, links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsp_session import Session, insert, replace

TEXT = '''# @TAG:FEATURE:price-quote
# a second line
"""Adds 😀 up."""


# STEP 1: look at docs/spec.md and code.py:2
# WHY: é comes before @TAG:SPEC:docs/spec.md
def total(prices):
    """Add up.

    All of them.
    """
    return sum(prices)  # trailing


class Till:
    # one
    # two
    def take(self):
        def inner():
            return 1

        return inner()
'''


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Session, str]]:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/spec.md").write_text("# Spec\n")
    (tmp_path / "code.py").write_text("X = 1\nY = 2\n")
    with Session() as session:
        trees = {"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}}
        session.initialize([tmp_path], capabilities=trees)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT)
        session.wait_for_notification("textDocument/publishDiagnostics")
        yield session, uri


def ask(opened: tuple[Session, str], what: str, **more: object) -> Any:
    session, uri = opened
    return session.request(f"textDocument/{what}", {"textDocument": {"uri": uri}, **more})


def titles(lenses: list[Any]) -> dict[int, str]:
    return {one["range"]["start"]["line"]: one["command"]["title"] for one in lenses if "command" in one}


def test_a_lens_stands_above_each_unit_and_tells_its_cost(opened: tuple[Session, str]) -> None:
    told = titles(ask(opened, "codeLens"))
    assert list(told) == [7, 15, 18, 19]
    assert "of 700 tokens" in told[7]
    assert "glue" not in told[7]


def test_lenses_stay_while_a_line_is_half_written_and_move_with_their_lines(
    opened: tuple[Session, str],
) -> None:
    session, uri = opened
    session.change(uri, 2, insert(13, 0, "def broken(:\n"))
    assert list(titles(ask(opened, "codeLens"))) == [7, 16, 19, 20]
    session.change(uri, 3, replace((13, 0), (14, 0), ""))
    assert list(titles(ask(opened, "codeLens"))) == [7, 15, 18, 19]


def test_a_lens_tells_of_glue_where_it_is_asked_for(tmp_path: Path) -> None:
    with Session() as session:
        session.answers["workspace/configuration"] = [{"codeLens": {"enable": ["glue"]}}]
        session.initialize([tmp_path], capabilities={"workspace": {"configuration": True}})
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT)
        session.wait_for_notification("textDocument/publishDiagnostics")
        told = titles(ask((session, uri), "codeLens"))
        assert all(title.endswith("% glue") and "tokens" not in title for title in told.values())
        assert list(told) == [7, 15, 18, 19]


def test_settings_choose_what_lenses_show(tmp_path: Path) -> None:
    with Session() as session:
        session.answers["workspace/configuration"] = [
            {"codeLens": {"enable": []}, "inlayHints": {"enable": True}}
        ]
        session.initialize([tmp_path], capabilities={"workspace": {"configuration": True}})
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT + "\n\ndef long():\n" + "    print(1)\n" * 30)
        session.wait_for_notification("textDocument/publishDiagnostics")
        assert ask((session, uri), "codeLens") == []
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
        [hint] = ask((session, uri), "inlayHint", range=whole)
        assert hint["label"].startswith("long: ")
        assert hint["position"] == {"line": 55, "character": 12}
        top = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        assert ask((session, uri), "inlayHint", range=top) == []


def test_symbols_lie_in_each_other_and_name_what_they_are(opened: tuple[Session, str]) -> None:
    total, till = ask(opened, "documentSymbol")
    assert (total["name"], total["kind"], till["kind"]) == ("total", 12, 5)
    assert total["selectionRange"]["start"] == {"line": 7, "character": 4}
    [take] = till["children"]
    assert (take["name"], take["kind"]) == ("take", 6)
    assert [one["name"] for one in take["children"]] == ["inner"]


def test_a_client_without_trees_gets_a_list(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path])
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, TEXT)
        found = ask((session, uri), "documentSymbol")
        assert [(one["name"], one.get("containerName")) for one in found] == [
            ("total", None), ("Till", None), ("take", "Till"), ("inner", "take")
        ]  # fmt: skip
        assert all(one["location"]["uri"] == uri for one in found)


def test_glue_folds_and_code_does_not(opened: tuple[Session, str]) -> None:
    found = ask(opened, "foldingRange")
    assert [(one["startLine"], one["endLine"]) for one in found] == [(0, 1), (5, 6), (8, 11), (16, 17)]
    assert {one["kind"] for one in found} == {"comment"}


def decoded(text: str, numbers: list[int], legend: list[str]) -> list[tuple[str, str]]:
    """What is coloured, read back from the protocol's numbers in UTF-16 units."""
    line = column = 0
    found: list[tuple[str, str]] = []
    lines = [one.encode("utf-16-le") for one in text.split("\n")]
    for at in range(0, len(numbers), 5):
        more, further, length, kind, _ = numbers[at : at + 5]
        line, column = line + more, further + (0 if more else column)
        found.append((lines[line][2 * column : 2 * (column + length)].decode("utf-16-le"), legend[kind]))
    return found


def test_tags_steps_and_markers_have_their_own_colours(opened: tuple[Session, str]) -> None:
    from aifirst_lsp_server.features.semantic_tokens import TOKEN_TYPES

    found = decoded(TEXT, ask(opened, "semanticTokens/full")["data"], list(TOKEN_TYPES))
    assert ("@TAG:FEATURE:price-quote", "aifirstTag") in found
    assert ("@TAG:SPEC:docs/spec.md", "aifirstTag") in found
    assert any(text.startswith("STEP 1") and kind == "aifirstStep" for text, kind in found)
    assert any(text.startswith("WHY") and kind == "aifirstMarker" for text, kind in found)
    place = {"start": {"line": 6, "character": 0}, "end": {"line": 7, "character": 0}}
    part = decoded(TEXT, ask(opened, "semanticTokens/range", range=place)["data"], list(TOKEN_TYPES))
    assert part == [one for one in found if one[0].startswith(("WHY", "@TAG:SPEC"))]


def test_links_lead_to_what_comments_name_and_never_out_of_the_project(opened: tuple[Session, str]) -> None:
    session, uri = opened
    found = {one["target"].rpartition("/")[2] for one in ask(opened, "documentLink")}
    assert found == {"spec.md", "code.py#L2"}
    session.change(
        uri, 2, replace((5, 0), (5, 0), "# see ../../../../../../../../etc/passwd.md:1 and gone.md\n")
    )
    assert {one["target"].rpartition("/")[2] for one in ask(opened, "documentLink")} == found


@pytest.mark.parametrize(
    "what", ["codeLens", "documentSymbol", "foldingRange", "semanticTokens/full", "documentLink"]
)
def test_a_document_that_is_not_open_shows_nothing(opened: tuple[Session, str], what: str) -> None:
    session, _ = opened
    answer = session.request(f"textDocument/{what}", {"textDocument": {"uri": "file:///nowhere/x.py"}})
    assert answer in ([], {"data": []})
