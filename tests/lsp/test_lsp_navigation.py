"""Going from place to place: tags, requirements, code, names of the project; and completing them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.update import UpdateRequest, update_memory
from lsp_session import Json, Session

EXAMPLE = Path(__file__).parents[2] / "examples/quote"
BASE = """class Animal:
    def speak(self):
        return ""
"""
DOG = """from animals.base import Animal


# @TAG:SPEC:barking
class Dog(Animal):
    def speak(self):
        return bark_loudly()


def bark_loudly():
    return "wau"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project") / "quote"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".aifirst", "__pycache__"))
    (root / "animals").mkdir()
    (root / "animals/__init__.py").write_text("")
    (root / "animals/base.py").write_text(BASE)
    (root / "animals/dog.py").write_text(DOG)
    (root / "animals/feature.py").write_text(
        "# @TAG:FEATURE:barking\nX = 1\n\n\ndef é_name():\n    return 1\n"
    )
    update_memory(UpdateRequest(root, jobs=1))
    update_dependencies(root, jobs=1)
    return root


@pytest.fixture
def session(project: Path) -> Iterator[Session]:
    with Session() as made:
        made.initialize([project], capabilities={"textDocument": {"diagnostic": {}}})
        yield made


class At:
    """A document, and a place in it by the text that stands there."""

    def __init__(self, session: Session, path: Path, text: str | None = None) -> None:
        self.session, self.uri = session, path.as_uri()
        self.text = path.read_text() if text is None else text
        session.open(self.uri, self.text)
        session.pull(self.uri)

    def position(self, words: str, more: int = 1) -> Json:
        before = self.text[: self.text.index(words) + more]
        line = before.count("\n")
        return {"line": line, "character": len(before.rpartition("\n")[2].encode("utf-16-le")) // 2}

    def ask(self, what: str, words: str, more: int = 1, **also: Any) -> Any:
        params = {"textDocument": {"uri": self.uri}, "position": self.position(words, more), **also}
        return self.session.request(f"textDocument/{what}", params)

    def labels(self, words: str, more: int = 1) -> list[str]:
        found = self.ask("completion", words, more)
        return [one["label"] for one in found["items"]]


def places(locations: list[Json]) -> list[tuple[str, int]]:
    return sorted((one["uri"].rpartition("/")[2], one["range"]["start"]["line"]) for one in locations)


def test_a_tag_leads_to_where_it_is_defined_and_to_all_who_name_it(session: Session, project: Path) -> None:
    here = At(session, project / "animals/dog.py")
    assert places(here.ask("definition", "@TAG:SPEC", 3)) == [("feature.py", 0)]
    everywhere = here.ask("references", "@TAG:SPEC", 3, context={"includeDeclaration": True})
    assert places(everywhere) == [("dog.py", 3), ("feature.py", 0)]
    others = here.ask("references", "@TAG:SPEC", 3, context={"includeDeclaration": False})
    assert places(others) == [("dog.py", 3)]
    told = here.ask("hover", "@TAG:SPEC", 3)["contents"]["value"]
    assert "Defined" in told
    assert "feature.py:1" in told


def test_code_leads_to_its_definition_its_uses_and_its_implementations(
    session: Session, project: Path
) -> None:
    dog = At(session, project / "animals/dog.py")
    assert places(dog.ask("definition", "bark_loudly()", 3)) == [("dog.py", 9)]
    used = dog.ask("references", "def bark_loudly", 6, context={"includeDeclaration": False})
    assert places(used) == [("dog.py", 6)]
    base = At(session, project / "animals/base.py")
    assert places(base.ask("implementation", "class Animal", 8)) == [("dog.py", 4)]
    assert places(base.ask("implementation", "def speak", 6)) == [("dog.py", 5)]


def named(locations: list[Json]) -> list[str]:
    """The text at each location, of the files as they are on disk."""
    found: list[str] = []
    for one in locations:
        text = Path(str(one["uri"]).removeprefix("file://")).read_text().split("\n")
        start, end = one["range"]["start"], one["range"]["end"]
        assert start["line"] == end["line"]
        line = text[int(start["line"])].encode("utf-16-le")
        found.append(line[2 * start["character"] : 2 * end["character"]].decode("utf-16-le"))
    return found


def test_a_place_is_the_name_itself_in_open_files_and_in_others(session: Session, project: Path) -> None:
    dog = At(session, project / "animals/dog.py")
    every: Json = {"context": {"includeDeclaration": True}}
    assert named(dog.ask("references", "@TAG:SPEC", 3, **every)) == [
        "@TAG:SPEC:barking", "@TAG:FEATURE:barking",
    ]  # fmt: skip
    assert named(dog.ask("definition", "bark_loudly()", 3)) == ["bark_loudly"]
    assert named(dog.ask("references", "def bark_loudly", 6, **every)) == ["bark_loudly"] * 2
    assert named(dog.ask("references", "Animal):", 2, **every))[:2] == ["Animal"] * 2
    base = At(session, project / "animals/base.py")
    assert named(base.ask("implementation", "class Animal", 8)) == ["Dog"]
    found = session.request("workspace/symbol", {"query": "bark_loudly"})
    assert named([one["location"] for one in found]) == ["bark_loudly"]
    tags = session.request("workspace/symbol", {"query": "@barking"})
    assert {*named([one["location"] for one in tags])} == {"@TAG:SPEC:barking", "@TAG:FEATURE:barking"}


def test_a_place_moves_with_what_is_typed_in_an_open_file(session: Session, project: Path) -> None:
    text = (project / "animals/dog.py").read_text()
    dog = At(session, project / "animals/dog.py", f"\n\n\n{text}")
    [used] = dog.ask("references", "def bark_loudly", 6, context={"includeDeclaration": False})
    assert used["range"]["start"] == {"line": 9, "character": 15}


def test_a_requirement_leads_to_ticket_and_specification_and_to_all_who_name_it(
    session: Session, project: Path
) -> None:
    here = At(session, project / "quote/apply_volume_discount.py")
    found = here.ask("definition", "FR4: a line", 1)
    assert places(found) == [("apply_volume_discount.py", 10), ("quote.md", 11)]
    assert named(found) == ["FR4", "FR4"]
    used = here.ask("references", "FR4: a line", 1, context={"includeDeclaration": False})
    assert ("apply_volume_discount.py", 25) in places(used)
    assert {name.lower() for name in named(used)} == {"fr4"}
    assert not {("quote.md", 11), ("apply_volume_discount.py", 10)} & {*places(used)}


def test_the_call_hierarchy_goes_both_ways(session: Session, project: Path) -> None:
    dog = At(session, project / "animals/dog.py")
    [item] = dog.ask("prepareCallHierarchy", "def bark_loudly", 6)
    [call] = session.request("callHierarchy/incomingCalls", {"item": item})
    assert call["from"]["name"] == "Dog.speak"
    assert call["fromRanges"][0]["start"] == {"line": 6, "character": 15}
    assert call["fromRanges"][0]["end"] == {"line": 6, "character": 26}
    assert call["from"]["selectionRange"]["start"] == {"line": 5, "character": 8}
    [back] = session.request("callHierarchy/outgoingCalls", {"item": call["from"]})
    assert back["to"]["name"] == "bark_loudly"
    assert session.request("callHierarchy/incomingCalls", {"item": {**item, "data": 7}}) == []


def test_symbols_of_the_workspace_are_found_by_name_and_tags_by_value(session: Session) -> None:
    found = session.request("workspace/symbol", {"query": "bark"})
    assert [(one["name"], one["location"]["range"]["start"]["line"]) for one in found] == [("bark_loudly", 9)]
    loose = session.request("workspace/symbol", {"query": "blud"})
    assert [one["name"] for one in loose] == ["bark_loudly"]
    tags = session.request("workspace/symbol", {"query": "@barking"})
    assert {one["name"] for one in tags} == {"@TAG:FEATURE:barking", "@TAG:SPEC:barking"}


def test_a_tag_is_renamed_where_it_stands_and_nowhere_else(session: Session, project: Path) -> None:
    here = At(session, project / "animals/feature.py")
    offered = here.ask("prepareRename", "@TAG:FEATURE", 3)
    assert offered["placeholder"] == "barking"
    edit = here.ask("rename", "@TAG:FEATURE", 3, newName="calling")
    assert {
        uri.rpartition("/")[2]: [one["newText"] for one in edits] for uri, edits in edit["changes"].items()
    } == {"feature.py": ["calling"]}
    assert here.ask("prepareRename", "X = 1") is None
    number = session.start_request(
        "textDocument/rename",
        {"textDocument": {"uri": here.uri}, "position": here.position("@TAG", 3), "newName": "two words"},
    )
    assert "no value of a tag" in session.wait_for(number)["error"]["message"]
    ticket = At(session, project / "quote/apply_volume_discount.py")
    edit = ticket.ask("rename", "@TAG:TICKET", 3, newName="discount")
    changed = {uri.rpartition("/")[2] for uri in edit["changes"]}
    named = {
        path.name
        for path in project.rglob("*")
        if path.is_file()
        and ".aifirst" not in path.parts
        and "@TAG:TICKET:apply-volume-discount" in path.read_text()
    }
    assert changed == named


def test_in_comments_tags_values_markers_and_requirements_are_offered(
    session: Session, project: Path
) -> None:
    text = "# @TAG:FEATURE:bark\n# @TA\n# \n\n\ndef f():\n    # STEP 1: a\n    # ST\n    return 1\n"
    here = At(session, project / "animals/new.py", text)
    assert "barking" in here.labels("bark\n", 4)
    categories = here.labels("@TA\n", 3)
    assert "@TAG:FEATURE:" in categories
    assert "WHY:" in here.labels("# \n", 2)
    assert "STEP 2:" in here.labels("ST\n", 2)
    ticket = (project / "quote/apply_volume_discount.py").read_text()
    with_ticket = At(session, project / "quote/another.py", ticket + "\n# see FR\n# Pri\n")
    with_ticket.text = with_ticket.text
    assert "Priority:" not in with_ticket.labels("# Pri\n", 5)


def test_names_come_from_the_whole_project_behind_those_of_others_and_say_more_when_looked_at(
    session: Session, project: Path
) -> None:
    here = At(session, project / "animals/new.py", "x = bark_l\ny = é_n\n")
    found = here.ask("completion", "bark_l", 6)
    [item] = [one for one in found["items"] if one["label"] == "bark_loudly"]
    assert item["sortText"].startswith("zz")
    assert item["textEdit"]["range"]["start"] == {"line": 0, "character": 4}
    assert session.request("completionItem/resolve", item)["detail"] == "bark_loudly()"
    assert here.labels("é_n", 3) == ["é_name"]
    assert here.labels("x =", 1) == []


def test_an_edit_of_a_file_is_known_after_it_is_saved(session: Session, project: Path) -> None:
    path = project / "animals/later.py"
    try:
        path.write_text("def only_later():\n    return 1\n")
        here = At(session, path)
        session.notify("textDocument/didSave", {"textDocument": {"uri": here.uri}})
        until = time.monotonic() + 30
        while not session.request("workspace/symbol", {"query": "only_later"}):
            assert time.monotonic() < until, "the saved file never came into the index"
            time.sleep(0.05)
    finally:
        path.unlink()


@pytest.mark.parametrize(
    "what", ["definition", "references", "implementation", "prepareCallHierarchy", "completion"]
)
def test_places_that_are_none_are_answered_with_nothing(session: Session, project: Path, what: str) -> None:
    here = At(session, project / "animals/base.py")
    for position in (
        {"line": 9999, "character": 0},
        {"line": 0, "character": 9999},
        {"line": 2, "character": 16},
    ):
        params = {
            "textDocument": {"uri": here.uri},
            "position": position,
            "context": {"includeDeclaration": True},
        }
        answer = session.request(
            f"textDocument/{what}", params if what == "references" else {**params, "context": None}
        )
        assert not answer or answer == {"isIncomplete": False, "items": []} or isinstance(answer, list)
