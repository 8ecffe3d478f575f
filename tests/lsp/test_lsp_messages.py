"""The messages that are aifirst's own, over the real server and a real index: search, context, graph, tickets, texts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_lsp_server.workers.questions.count_dependents import Dependents
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.update import UpdateRequest, update_memory
from lsp_session import Session

EXAMPLE = Path(__file__).parents[2] / "examples/quote"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project") / "quote"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".aifirst", "__pycache__"))
    update_memory(UpdateRequest(root, jobs=1))
    update_dependencies(root, jobs=1)
    return root


@pytest.fixture(scope="module")
def session(project: Path) -> Iterator[Session]:
    with Session() as made:
        made.initialize([project])
        yield made


def opened(session: Session, project: Path, name: str) -> str:
    path = project / "quote" / name
    session.open(path.as_uri(), path.read_text())
    return path.as_uri()


def test_search_finds_places_with_reasons(session: Session, project: Path) -> None:
    found = session.request("aifirst/search", {"query": "take the volume discount off", "limit": 3})[
        "results"
    ]
    assert found[0]["path"] == "quote/apply_volume_discount.py"
    assert found[0]["uri"] == (project / "quote/apply_volume_discount.py").as_uri()
    assert found[0]["reasons"]
    assert len(found) <= 3
    assert session.request("aifirst/search", {"query": "  "}) == {"results": []}


def test_a_context_is_about_the_unit_at_the_cursor_and_never_over_its_budget(
    session: Session, project: Path
) -> None:
    uri = opened(session, project, "apply_volume_discount.py")
    session.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    for budget in (200, 900):
        place = {"uri": uri, "position": {"line": 30, "character": 4}, "budget": budget}
        made = session.request("aifirst/context", place)
        assert made["tokens"] == get_counter("o200k_base").count(made["text"]) <= budget
        assert made["items"][0]["path"] == "quote/apply_volume_discount.py"
    assert made["items"][0]["unit"] == "apply_volume_discount"
    asked = session.request("aifirst/context", {"query": "sales tax", "budget": 600})
    assert any(one["path"].endswith("add_sales_tax.py") for one in asked["items"])
    assert "error" in session.request("aifirst/context", {"budget": 600})


def test_impact_tells_who_depends_on_the_unit_and_which_tests(session: Session, project: Path) -> None:
    uri = opened(session, project, "parse_order_lines.py")
    session.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    lines = (project / "quote/parse_order_lines.py").read_text().split("\n")
    line = next(at for at, text in enumerate(lines) if text.startswith("def parse_order_lines"))
    found = session.request("aifirst/impact", {"uri": uri, "position": {"line": line, "character": 5}})
    assert found["tests"] == ["tests/test_quote.py"]
    assert all(one["line"] > 0 and one["uri"].startswith("file:") for one in found["units"])
    lenses = session.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    [open_lens] = [
        one for one in lenses if "data" in one and one["data"]["unit"].endswith("::parse_order_lines")
    ]
    near = session.request(
        "aifirst/impact", {"uri": uri, "position": {"line": line, "character": 5}, "depth": 1}
    )
    title = session.request("codeLens/resolve", open_lens)["command"]["title"]
    assert title == f"{len(near['units'])} dependents, all in tests"


def test_the_graph_is_a_whole_page_of_this_project(session: Session) -> None:
    page = session.request("aifirst/graphPage", {})["html"]
    assert page.startswith("<!DOCTYPE html>")
    assert "apply_volume_discount" in page
    assert "Content-Security-Policy" in page


def test_tickets_tell_their_requirements_and_where_these_are_met(session: Session, project: Path) -> None:
    tickets = session.request("aifirst/tickets", {})["tickets"]
    by_id = {one["id"]: one for one in tickets}
    discount = by_id["apply-volume-discount"]
    assert discount["title"] == "Take the volume discount off"
    assert discount["uri"] == (project / "quote/apply_volume_discount.py").as_uri()
    lines = (project / "quote/apply_volume_discount.py").read_text().split("\n")
    assert "TICKET" in "".join(lines[discount["line"] - 1 : discount["line"] + 6])
    assert [one["id"] for one in discount["requirements"]] == ["FR4", "FR6"]
    assert discount["requirements"][0]["covered"]
    places: list[dict[str, Any]] = discount["requirements"][0]["places"]
    for place in places:
        named = (
            Path(str(place["uri"]).removeprefix("file://")).read_text().split("\n")[int(place["line"]) - 1]
        )
        assert "fr4" in named.lower()


@pytest.mark.parametrize(
    ("method", "more", "holds"),
    [
        ("aifirst/compiled", {"mode": "clean"}, "def add_sales_tax"),
        ("aifirst/aiccl", {"resolution": "low"}, "add_sales_tax"),
    ],
)
def test_texts_are_made_of_what_is_typed_and_of_files_that_are_not_open(
    session: Session, project: Path, method: str, more: dict[str, str], holds: str
) -> None:
    uri = (project / "quote/add_sales_tax.py").as_uri()
    made = session.request(method, {"uri": uri, **more})
    assert holds in made["text"]
    assert 0 < made["tokens"] < made["source_tokens"]
    typed = (project / "quote/typed.py").as_uri()
    session.open(typed, "def only_typed():  # now\n    return 1\n")
    assert "only_typed" in session.request(method, {"uri": typed, **more})["text"]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("aifirst/compiled", {"uri": "file:///etc/passwd"}),
        ("aifirst/compiled", {"uri": "untitled:x", "mode": "clean"}),
        ("aifirst/compiled", {"uri": 7}),
        ("aifirst/compiled", {"uri": "file:///x.py", "mode": "tidy"}),
        ("aifirst/aiccl", {}),
        ("aifirst/impact", {"uri": "file:///nowhere/x.py"}),
        ("aifirst/context", {"uri": "untitled:x", "budget": 100}),
        ("aifirst/search", {"query": 3}),
    ],
)
def test_what_cannot_be_answered_says_why_and_what_to_do(session: Session, method: str, params: Any) -> None:
    error = session.request(method, params)["error"]
    assert error["message"]
    assert error["next"]


def test_a_link_of_the_workspace_leads_to_no_file_outside(
    session: Session, project: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("KEY = 'never shown'\n")
    link = project / "quote/link.py"
    link.symlink_to(secret)
    try:
        answer = session.request("aifirst/compiled", {"uri": link.as_uri()})
    finally:
        link.unlink()
    assert "error" in answer
    assert "never shown" not in str(answer)


def test_lenses_are_asked_for_again_when_the_index_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def one():\n    return 1\n\n\ndef two():\n    return one()\n")
    refreshes = {"workspace": {"codeLens": {"refreshSupport": True}, "configuration": True}}
    with Session() as session:
        session.answers["workspace/configuration"] = [{"index": {"automatic": False}}]
        session.initialize([tmp_path], capabilities=refreshes)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, (tmp_path / "a.py").read_text())
        session.wait_for_notification("textDocument/publishDiagnostics")

        def told() -> str:
            lenses = session.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
            lens = next(one for one in lenses if "data" in one)
            return str(session.request("codeLens/resolve", lens)["command"]["title"])

        assert told() == "dependents unknown"
        session.request("aifirst/index", {})
        while not any(one["method"] == "workspace/codeLens/refresh" for one in session.asked):
            session.pump(30)
        assert told() == "1 dependent"


def test_without_an_index_the_next_step_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def one():\n    return 1\n")
    with Session() as session:
        session.answers["workspace/configuration"] = [{"index": {"automatic": False}}]
        session.initialize([tmp_path], capabilities={"workspace": {"configuration": True}})
        for method, params in (
            ("aifirst/search", {"query": "one"}),
            ("aifirst/tickets", {}),
            ("aifirst/graphPage", {}),
            ("aifirst/context", {"query": "one", "budget": 500}),
        ):
            error = session.request(method, params)["error"]
            assert "not indexed" in error["message"], (method, error)
            assert "ndex" in error["next"]
    assert not (tmp_path / ".aifirst").exists()


@pytest.mark.parametrize(
    ("total", "tests", "said"),
    [(0, 0, ""), (3, 0, ""), (3, 1, ", 1 of them in tests"), (3, 2, ", 2 of them in tests"), (1, 1, ", in tests"),
     (2, 2, ", all in tests")],
)  # fmt: skip
def test_dependents_that_lie_in_tests_are_named(total: int, tests: int, said: str) -> None:
    assert Dependents(total, tests).of_them == said
