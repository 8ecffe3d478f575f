"""`aifirst/changeImpact` over the real server, a real index and a real git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.update import UpdateRequest, update_memory
from lsp_session import Session, insert

STORE = (
    '"""Orders."""\n\n\ndef price():\n    return 1\n\n\ndef total():\n    return price()\n'
    "\n\ndef unused():\n    return 7\n"
)
PAY = "from shop.store import total\n\n\ndef pay():\n    return total()\n"
TEST = "from shop.pay import pay\n\n\ndef test_paying():\n    assert pay()\n"
FILES = {"shop/__init__.py": "", "shop/store.py": STORE, "shop/pay.py": PAY, "tests/test_pay.py": TEST}
NO_INDEXING: dict[str, Any] = {"settings": {"index": {"automatic": False}}}
Git = Callable[..., None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A chain of calls with a test at its end."""
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / ".gitignore").write_text(".aifirst/\n")
    return root


@pytest.fixture
def git(project: Path) -> Git:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def run(*arguments: str) -> None:
        own = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments)
        subprocess.run(["git", *own], cwd=project, env=environment, check=True, capture_output=True)

    return run


@pytest.fixture
def committed(project: Path, git: Git) -> Path:
    """The project in a repository, without a change, and indexed."""
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "begin")
    index(project)
    return project


def index(project: Path) -> None:
    """Index a project as it is."""
    update_memory(UpdateRequest(project, jobs=1))
    update_dependencies(project, jobs=1)


@pytest.fixture
def session(project: Path) -> Iterator[Session]:
    with Session() as made:
        made.initialize([project], options=NO_INDEXING)
        yield made


def ids(answer: dict[str, Any], name: str) -> list[str]:
    return [one["id"] for one in answer[name]]


def asked(session: Session) -> dict[str, Any]:
    answer: dict[str, Any] = session.request("aifirst/changeImpact", {}, patience=60)
    return answer


def test_what_changed_is_told_with_what_it_may_break_and_the_tests_to_run(
    committed: Path, session: Session
) -> None:
    (committed / "shop/store.py").write_text(STORE.replace("return 1", "return 2"))
    answer = asked(session)
    assert ids(answer, "changed") == ["shop/store.py::price"]
    assert answer["changed"][0]["line"] == 4
    assert answer["changed"][0]["uri"] == (committed / "shop/store.py").as_uri()
    assert [(one["id"], one["distance"]) for one in answer["units"]] == [
        ("shop/store.py::total", 1), ("shop/pay.py", 2), ("shop/pay.py::pay", 2), ("tests/test_pay.py", 3),
        ("tests/test_pay.py::test_paying", 3),
    ]  # fmt: skip
    assert answer["total"] == 5
    expected = {"id": "tests/test_pay.py::test_paying", "runner": "pytest", "path": "tests/test_pay.py"}
    assert answer["tests"] == [expected]
    assert (answer["gone"], answer["unknown"], answer["root"]) == ([], [], str(committed))


def test_a_text_counts_before_it_is_saved_also_one_that_was_opened_so(
    committed: Path, session: Session
) -> None:
    uri = (committed / "shop/store.py").as_uri()
    session.open(uri, STORE)
    assert asked(session)["changed"] == []
    session.change(uri, 2, insert(4, 11, "0 + "))
    assert ids(asked(session), "changed") == ["shop/store.py::price"]
    pay = (committed / "shop/pay.py").as_uri()
    session.open(pay, PAY.replace("total()\n", "total() + 1\n"))
    assert ids(asked(session), "changed") == ["shop/pay.py::pay", "shop/store.py::price"]


def test_a_text_that_was_put_back_by_hand_is_no_change_whatever_the_disk_has(
    committed: Path, session: Session
) -> None:
    (committed / "shop/store.py").write_text(STORE.replace("return 1", "return 2"))
    session.open((committed / "shop/store.py").as_uri(), STORE)
    assert asked(session)["changed"] == []


@pytest.mark.parametrize("is_indexed", [False, True])
def test_of_what_is_gone_those_are_told_that_referred_to_it(
    committed: Path, session: Session, is_indexed: bool
) -> None:
    (committed / "shop/store.py").write_text(STORE.replace("def total", "def sum_up"))
    if is_indexed:
        index(committed)
    answer = asked(session)
    assert ids(answer, "gone") == ["shop/store.py::total"]
    assert "shop/store.py::sum_up" in ids(answer, "changed")
    assert {"shop/pay.py", "shop/pay.py::pay"} <= set(ids(answer, "units"))
    assert "shop/store.py::total" not in ids(answer, "units")
    assert [one["id"] for one in answer["tests"]] == ["tests/test_pay.py::test_paying"]


def test_comments_are_no_change_and_a_test_that_changed_is_to_be_run(
    committed: Path, session: Session
) -> None:
    (committed / "shop/store.py").write_text(STORE.replace("    return 7", "    # Lucky.\n    return 7"))
    answer = asked(session)
    assert [answer[name] for name in ("changed", "gone", "units", "tests")] == [[], [], [], []]
    (committed / "tests/test_pay.py").write_text(TEST.replace("assert pay()", "assert pay() == 1"))
    assert [one["id"] for one in asked(session)["tests"]] == ["tests/test_pay.py::test_paying"]


def test_without_a_repository_it_says_so(project: Path, session: Session) -> None:
    index(project)
    error = asked(session)["error"]
    assert "is in no git repository" in error["message"]
    assert "unit at the cursor" in error["next"]


@pytest.mark.usefixtures("git")
def test_without_an_index_it_says_how_to_make_one(committed: Path, session: Session) -> None:
    shutil.rmtree(committed / ".aifirst")
    error = asked(session)["error"]
    assert error["message"] == "the project is not indexed"
    assert "Index This Project" in error["next"]


def test_git_is_not_asked_where_the_workspace_is_not_trusted(committed: Path) -> None:
    with Session() as session:
        session.initialize([committed], options={"trusted": False})
        error = asked(session)["error"]
    assert "not trusted" in error["message"]
    assert error["next"] == "Trust the workspace first."


@pytest.mark.skipif(os.name == "nt", reason="the program that must not run is a shell script")
def test_nothing_that_the_repository_names_is_started(
    committed: Path, session: Session, git: Git, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "filter.own.clean", "filter.own.smudge"):
        git("config", key, str(program))
    (committed / ".gitattributes").write_text("*.py filter=own diff=own\n")
    (committed / "shop/store.py").write_text(STORE.replace("return 1", "return 2"))
    assert ids(asked(session), "changed") == ["shop/store.py::price"]
    assert not ran.exists()
    git("status")
    assert ran.exists(), "git itself starts it"
