"""What diagnostics tell beside their message: a link to the rule's page, other places, text that may fade."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp_session import PULLS, Json, Session

SHOWS: Json = {
    "workspace": {"textDocumentContent": {"dynamicRegistration": True}},
    "textDocument": {
        "diagnostic": {},
        "publishDiagnostics": {"relatedInformation": True, "tagSupport": {"valueSet": [1, 2]}},
    },
}
TWICE = '''"""Walks."""


def walk(x):
    # one bad line must not stop the others
    y = x + 1
    # one bad line must not stop the others
    return y
'''
TICKET = """# ============================================================
# @TAG:TICKET:walk-far
# ============================================================
# TICKET: Walk far
# ============================================================
# CONTEXT: people walk
# PROBLEM: not far enough
# ============================================================
X = 1
"""


def found(session: Session, path: Path, text: str, rule: str) -> Json:
    session.open(path.as_uri(), text)
    [one] = [one for one in session.pull(path.as_uri())["items"] if one["code"] == rule]
    return dict(one)


def settings(root: Path) -> None:
    (root / "aifirst.toml").write_text('preset = "full"\n[glue]\nquality = "all"\n')


def test_a_rule_is_explained_by_a_document_that_the_server_makes(tmp_path: Path) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=SHOWS)
        one = found(session, tmp_path / "a.py", "x = 1  # aifirst: ignore[AF101]\n", "AF001")
        address = one["codeDescription"]["href"]
        assert address == "aifirst-rule:/AF001-suppression-reason.md"
        page = session.request("workspace/textDocumentContent", {"uri": address})["text"]
        assert page.startswith("# AF001 suppression-reason\n")
        assert "## Objected to" in page
        asked = [each for each in session.asked if each["method"] == "client/registerCapability"]
        registered = [one for each in asked for one in each["params"]["registrations"]]
        assert {"schemes": ["aifirst-rule"]} in [one.get("registerOptions") for one in registered]


@pytest.mark.parametrize(
    "address", ["aifirst-rule:/AF999-none.md", "aifirst-rule:/", "file:///etc/passwd", "x"]
)
def test_a_document_that_is_no_rule_says_so(tmp_path: Path, address: str) -> None:
    with Session() as session:
        session.initialize([tmp_path], capabilities=SHOWS)
        text = session.request("workspace/textDocumentContent", {"uri": address})["text"]
        assert text.startswith("There is no ")


def test_text_that_says_nothing_more_may_fade_and_names_the_first_of_its_kind(tmp_path: Path) -> None:
    settings(tmp_path)
    with Session() as session:
        session.initialize([tmp_path], capabilities=SHOWS)
        one = found(session, tmp_path / "a.py", TWICE, "AF205")
        assert one["tags"] == [1]
        [other] = one["relatedInformation"]
        assert other["location"]["uri"] == (tmp_path / "a.py").as_uri()
        assert other["location"]["range"]["start"] == {"line": 4, "character": 4}
        assert other["location"]["range"]["end"] == {"line": 4, "character": 43}


def test_a_tag_that_is_defined_twice_leads_to_the_other_file(tmp_path: Path) -> None:
    settings(tmp_path)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(TICKET)
    with Session() as session:
        session.initialize([tmp_path], capabilities=SHOWS)
        report = session.request("workspace/diagnostic", {"previousResultIds": []})
        ones = [one for file in report["items"] for one in file["items"] if one["code"] == "AF302"]
        [other] = ones[0]["relatedInformation"]
        assert other["location"]["uri"] == (tmp_path / "a.py").as_uri()
        assert other["location"]["range"]["start"] == {"line": 1, "character": 0}


def test_a_client_that_shows_none_of_it_is_sent_none_of_it(tmp_path: Path) -> None:
    settings(tmp_path)
    with Session() as session:
        session.initialize([tmp_path], capabilities=PULLS)
        one = found(session, tmp_path / "a.py", TWICE, "AF205")
        assert not {"codeDescription", "tags", "relatedInformation"} & one.keys()
