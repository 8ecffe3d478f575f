"""`aifirst context` as a person, a pipe and a program use it."""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from aifirst_codebase.tokens import get_counter
from command_run import Aifirst, Write

count = get_counter().count

AUTH = '''\
"""Logging in."""

from shop.session import open_session


def redirect_after_login(request):
    """Where a person goes after logging in."""
    return request.get("next") or "/"


class Login:
    """The login page."""

    def post(self, request):
        """Check the password, then redirect."""
        open_session(request.user)
        return redirect_after_login(request)
'''
SESSION = '"""Sessions."""\n\n\ndef open_session(user):\n    """Keep who is logged in."""\n    return {"user": user}\n'
BILLING = '"""Billing."""\n\n\ndef invoice(order):\n    """Write an invoice for an order."""\n    return order.total\n'
TESTS = """\
from shop.auth import redirect_after_login


def test_redirect():
    assert redirect_after_login({}) == "/"
"""
README = "# Shop\n\n## Vision\n\nSell things.\n\n## Testing\n\nRun pytest.\n"


@pytest.fixture
def shop(write: Write) -> None:
    """A project of a few files."""
    write("shop/auth.py", AUTH)
    write("shop/session.py", SESSION)
    write("shop/billing.py", BILLING)
    write("tests/test_auth.py", TESTS)
    write("README.md", README)
    write("shop/README.md", "# The shop\n\nHow its parts fit together.\n")


def items_of(out: str) -> list[dict[str, object]]:
    return json.loads(out)["items"]


@pytest.mark.usefixtures("shop")
def test_a_task_gets_the_code_it_is_about(aifirst: Aifirst) -> None:
    ran = aifirst("context", "fix the login redirect")
    assert (ran.code, ran.err) == (0, "")
    assert "=== shop/auth.py" in ran.out
    assert 'return request.get("next") or "/"' in ran.out
    assert count(ran.out) <= 10_000


@pytest.mark.usefixtures("shop")
def test_an_edit_gets_the_file_its_dependencies_its_tests_and_its_readme(aifirst: Aifirst) -> None:
    ran = aifirst("context", "--file", "shop/auth.py", "-f", "json")
    told = json.loads(ran.out)
    assert (told["version"], told["budget"]) == (1, 8_000)
    found = {(item["path"], item["unit"]): item for item in told["items"]}
    assert all(
        found["shop/auth.py", name]["resolution"] == "exact"
        for name in ("redirect_after_login", "Login", "Login.post")
    )
    assert "asked for" in found["shop/auth.py", "Login"]["reasons"]
    assert "called by Login.post" in found["shop/session.py", "open_session"]["reasons"]
    assert ("tests/test_auth.py", "test_redirect") in found
    assert "shop/README.md" in {path for path, _ in found}
    assert sum(item["tokens"] for item in told["items"]) == told["tokens"] <= 8_000


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "spec", ["shop/auth.py::Login.post", "shop/auth.py::post", "shop/auth.py:16", "./shop/auth.py:15-16"]
)
def test_one_unit_is_named_by_its_name_or_a_line(aifirst: Aifirst, spec: str) -> None:
    ran = aifirst("context", "--file", spec, "-f", "json", "--budget", "90")
    assert ran.code == 0
    asked = [
        item
        for item in items_of(ran.out)
        if item["reasons"] == ["asked for"] or "asked for" in str(item["reasons"])
    ]
    assert [item["unit"] for item in asked] == ["Login.post"]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("budget", [0, 1, 25, 60, 200])
@pytest.mark.parametrize("shape", ["text", "markdown", "xml"])
def test_what_is_printed_stays_within_the_budget(aifirst: Aifirst, budget: int, shape: str) -> None:
    ran = aifirst("context", "login redirect", "--budget", str(budget), "-f", shape)
    assert ran.code == 0
    assert count(ran.out) <= budget
    assert ran.out or "nothing fits a budget" in ran.err


@pytest.mark.usefixtures("shop")
def test_xml_parses_and_explain_goes_to_standard_error(aifirst: Aifirst) -> None:
    ran = aifirst("context", "login redirect", "-f", "xml", "--explain")
    documents = ElementTree.fromstring(ran.out).findall("document")  # noqa: S314  our own output
    assert documents
    assert all(one.get("path") and one.get("lines") and one.get("reason") for one in documents)
    assert "units of" in ran.err.splitlines()[0]


@pytest.mark.usefixtures("shop")
def test_meta_is_a_map_of_files(aifirst: Aifirst) -> None:
    ran = aifirst("context", "login redirect", "--resolution", "meta")
    assert ran.out.startswith("graph LR\n")
    assert "shop/auth.py<br/>redirect_after_login, Login" in ran.out


@pytest.mark.usefixtures("shop")
def test_docs_give_the_package_with_its_completeness(aifirst: Aifirst) -> None:
    ran = aifirst("context", "--docs", "--file", "shop/auth.py", "-f", "json")
    told = json.loads(ran.out)
    levels = {level["level"]: level for level in told["levels"]}
    assert told["budget"] == 4_000
    assert levels[1]["present"] == ["vision"]
    assert levels[1]["completeness"] == pytest.approx(1 / 3, abs=1e-3)
    assert "module_overview" in levels[3]["present"]
    assert "testing_strategy" in levels[5]["present"]
    assert "Sell things." in "".join(item["text"] for item in told["items"])
    assert "level 2 (development approach) has none of" in ran.err


@pytest.mark.usefixtures("shop")
def test_a_query_comes_by_standard_input_whatever_its_bytes_and_size(aifirst: Aifirst) -> None:
    log = b"noise \xff\xfe\x00 of a build\n" * 40_000
    trace = b'Traceback (most recent call last):\n  File "shop/auth.py", line 8, in post\nKeyError: next\n'
    ran = aifirst("context", "-", stdin=trace + log)
    assert ran.code == 0
    assert "redirect_after_login" in ran.out


@pytest.mark.usefixtures("shop")
def test_a_changed_file_is_never_given_as_it_was(aifirst: Aifirst, write: Write) -> None:
    aifirst("context", "login redirect")
    write(
        "shop/auth.py",
        '"""New."""\n\n\ndef other():\n    return 0\n\n\n' + AUTH.replace('or "/"', 'or "/home"'),
    )
    stale = aifirst("context", "login redirect", "--no-update")
    assert 'or "/home"' in stale.out
    assert 'or "/"\n' not in stale.out
    fresh = aifirst("context", "login redirect")
    assert 'or "/home"' in fresh.out
    assert 'or "/"\n' not in fresh.out


@pytest.mark.usefixtures("shop")
def test_the_same_tree_gives_the_same_bytes(aifirst: Aifirst) -> None:
    aifirst("context", "login redirect")
    runs = {
        aifirst("context", "login redirect", "-f", "json", env={"PYTHONHASHSEED": seed}).out for seed in "012"
    }
    assert len(runs) == 1


@pytest.mark.usefixtures("shop")
def test_sources_can_be_left_out(aifirst: Aifirst) -> None:
    flags = [f"--no-{name}" for name in ("graph", "vectors", "history", "tags", "concepts")]
    told = items_of(aifirst("context", "--file", "shop/auth.py", "-f", "json", *flags).out)
    assert {item["step"] for item in told} <= {"target", "tree"}
    assert {"shop/auth.py"} <= {item["path"] for item in told}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), 'say what the task is: aifirst context "fix the login redirect", or --file FILE.'),
        (("",), "the query is empty. Say the task in words, or name a file with --file FILE."),
        (("--file", "shop/gone.py"), "shop/gone.py does not exist."),
        (("--file", "other/auth.py"), "other/auth.py does not exist. Did you mean shop/auth.py?"),
        (("--file", "shop"), "shop is a folder."),
        (("--file", "../else.py"), "is outside the project"),
        (("--file", "shop/auth.py::Logn"), "shop/auth.py has no unit 'Logn'. Did you mean Login"),
        (("--file", "shop/auth.py:900"), "shop/auth.py has lines 1 to 18, not 900."),
        (("--file", "picture.png"), "Give a source file of the project."),
        (("--budget", "-1", "x"), "-1 is not in the range"),
    ],
)  # fmt: skip
def test_wrong_use_says_the_next_step(
    aifirst: Aifirst, write: Write, arguments: tuple[str, ...], says: str
) -> None:
    write("picture.png", b"\x89PNG\x00\x00")
    ran = aifirst("context", *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert ran.out == ""


@pytest.mark.usefixtures("shop")
def test_the_answer_can_be_written_to_a_file(aifirst: Aifirst) -> None:
    ran = aifirst("context", "login redirect", "-o", "task.md", "-f", "markdown")
    assert (ran.code, ran.out) == (0, "")
    assert (aifirst.folder / "task.md").read_text().startswith("## shop/auth.py\n")


def test_it_knows_what_git_says_belongs_together(
    aifirst: Aifirst, write: Write, git: Callable[..., str]
) -> None:
    for number in range(4):
        write("shop/auth.py", AUTH + f"# {number}\n")
        write("shop/billing.py", BILLING + f"# {number}\n")
        write("shop/alone.py", f"alone = {number}\n" if number < 1 else "alone = 0\n")
        git("add", ".")
        git("commit", "-qm", f"change {number}")
    told = items_of(aifirst("context", "--file", "shop/auth.py", "-f", "json").out)
    assert any("changed with auth.py in 4 commits" in str(item["reasons"]) for item in told)


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_a_name_that_steers_the_terminal_or_breaks_the_line_is_escaped(
    aifirst: Aifirst, write: Write, shape: str
) -> None:
    write("a\n=== b\x1b[2J.py", SESSION)
    ran = aifirst("context", "open a session", "-f", shape)
    assert ran.code == 0
    assert "a\\n=== b\\x1b[2J.py\n" in ran.out
    assert "\x1b" not in ran.out


def test_a_name_that_is_no_text_is_an_error_that_says_so(aifirst: Aifirst, folder: Path) -> None:
    name = os.fsdecode(b"bad\xff.py")
    for there in (False, True):
        if there:
            (folder / name).write_text(SESSION)
        ran = aifirst("context", "--file", name)
        assert ran.code == 2
        assert "bad\\xff.py is " in ran.err
        assert "not valid UTF-8" in ran.err
        assert "bug" not in ran.err


def test_what_is_no_file_makes_no_index_where_it_lies(aifirst: Aifirst, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    os.mkfifo(place / "pipe.py")
    ran = aifirst("context", "--file", place / "pipe.py")
    assert ran.code == 2
    assert list(place.iterdir()) == [place / "pipe.py"]


def test_a_file_of_no_project_is_told_so_and_gets_no_index(aifirst: Aifirst, tmp_path: Path) -> None:
    place = tmp_path / "loose"
    place.mkdir()
    (place / "script.py").write_text(SESSION)
    ran = aifirst("context", "--file", place / "script.py")
    assert ran.code == 2
    assert "script.py is in no project" in ran.err
    assert "Go to the folder of its project" in " ".join(ran.err.split())
    assert list(place.iterdir()) == [place / "script.py"]
    (place / "aifirst.toml").write_text("")
    ran = aifirst("context", "--file", place / "script.py")
    assert ran.code == 0
    assert "def open_session" in ran.out


SECRET = "AKIA" + "Z7QX2LMP4RTBVC3D"


@pytest.mark.parametrize(
    "arguments",
    [
        ["context", "--file", "notes.md"],
        ["context", "rotate the key", "-f", "json"],
        ["search", "rotate the key", "--explain"],
        ["search", "key", "-f", "json"],
    ],
)
def test_a_secret_that_became_a_name_is_neither_told_nor_kept(
    aifirst: Aifirst, write: Write, folder: Path, arguments: list[str]
) -> None:
    write("notes.md", f"# {SECRET}\n\nRotate the key.\n\n## Next\n\nDelete the key.\n")
    write("keys.py", f'def {SECRET}():\n    """Rotate the key."""\n')
    ran = aifirst(*arguments)
    assert ran.code == 0
    assert SECRET.lower() not in (ran.out + ran.err).lower()
    write("notes.md", f"# {SECRET}\n\nRotate the key now.\n")
    assert (
        SECRET.lower()
        not in aifirst("context", "--file", "notes.md", "--no-update", "-f", "json").out.lower()
    )
    database = sqlite3.connect(folder / ".aifirst/memory.db")
    facts = [zlib.decompress(row) for (row,) in database.execute("SELECT facts FROM graph_facts")]
    database.close()
    kept = (folder / ".aifirst/memory.db").read_bytes() + b"".join(facts)
    assert SECRET.lower().encode() not in kept.lower()


def test_what_is_like_nothing_is_not_said_to_be_alike(aifirst: Aifirst, write: Write) -> None:
    write("a.py", "def add(a, b):\n    return a + b\n")
    write(
        "hooks.yaml", "repos:\n  - repo: local\n    hooks:\n      - id: aifirst\n        language: system\n"
    )
    ran = aifirst("context", "add numbers", "--explain")
    assert (ran.code, "a.py::add" in ran.err) == (0, True)
    assert "(0.0" not in ran.out + ran.err
    assert "(-" not in ran.out + ran.err
