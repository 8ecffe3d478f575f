"""`aifirst impact` as a person, a test runner and a program use it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aifirst_codebase.source import decode_source
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.dependencies.edges_before import edges_before
from aifirst_memory.update import UpdateRequest, update_memory
from command_run import Aifirst, Write

STORE = (
    '"""Orders."""\n\n\ndef price():\n    """One."""\n    return 1\n\n\ndef total():\n    return price()\n'
)
PAY = "from shop.store import total\n\n\ndef pay():\n    return total()\n"
TEST = "from shop.pay import pay\n\n\ndef test_paying():\n    assert pay()\n"


@pytest.fixture
def shop(write: Write) -> None:
    """A chain of calls with a test at its end."""
    write("shop/__init__.py", "")
    write("shop/store.py", STORE)
    write("shop/pay.py", PAY)
    write("tests/test_pay.py", TEST)


Git = Callable[..., str]


def begin(git: Git) -> None:
    """Commit the project."""
    git("add", ".")
    git("commit", "-qm", "begin")


@pytest.mark.usefixtures("shop")
def test_a_person_reads_what_depends_on_a_unit_step_by_step(aifirst: Aifirst) -> None:
    ran = aifirst("impact", "shop/store.py::price")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "shop/store.py::price: 3 nodes in 2 files depend on it, 2 in 1 test file"
    assert "  1.00  shop/store.py::total  calls price, line 10" in lines
    assert "  0.95  shop/pay.py::pay  calls total, line 5" in lines
    assert lines.index("directly") < lines.index("2 steps away")
    assert lines[-2:] == ["tests to run, surest first", "  tests/test_pay.py"]


@pytest.mark.usefixtures("shop")
def test_a_line_means_the_unit_that_holds_it(aifirst: Aifirst) -> None:
    assert aifirst("impact", "shop/store.py:6").out == aifirst("impact", "price").out


@pytest.mark.usefixtures("shop")
def test_a_test_runner_gets_the_tests_alone(aifirst: Aifirst) -> None:
    assert aifirst("impact", "price", "--tests").out == "tests/test_pay.py::test_paying\n"


@pytest.mark.usefixtures("shop")
def test_a_program_reads_dependents_and_tests(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("impact", "price", "-f", "json").out)
    assert (told["version"], told["targets"], told["gone"]) == (1, ["shop/store.py::price"], [])
    first = told["dependents"][0]
    assert (first["id"], first["distance"], first["path"], first["line"]) == (
        "shop/store.py::total",
        1,
        "shop/store.py",
        9,
    )
    assert first["edge"]["kind"] == "calls"
    assert told["tests"][0]["path"] == "tests/test_pay.py"


@pytest.mark.usefixtures("shop")
def test_depth_ends_the_search(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("impact", "price", "--depth", "1", "-f", "json").out)
    assert {one["id"] for one in told["dependents"]} == {"shop/store.py::total"}


def test_a_change_is_the_units_whose_code_differs(
    aifirst: Aifirst, write: Write, git: Git, shop: None
) -> None:
    begin(git)
    write("shop/store.py", STORE.replace("return 1", "return 2"))
    told = json.loads(aifirst("impact", "--diff", "HEAD", "-f", "json").out)
    assert told["targets"] == ["shop/store.py::price"]
    assert aifirst("impact", "--diff", "HEAD", "--test-files").out == "tests/test_pay.py\n"


def test_a_comment_is_no_change(aifirst: Aifirst, write: Write, git: Git, shop: None) -> None:
    begin(git)
    write("shop/store.py", STORE.replace("    return 1", "    # the price of one\n    return 1"))
    assert json.loads(aifirst("impact", "--diff", "HEAD", "-f", "json").out)["targets"] == []


LIB = """\
class Base:
    def run(self):
        return 1

    def stop(self):
        return 2


def make():
    return Base()
"""
USE = """\
from lib import make


def go():
    return make().run()


def halt():
    make().stop()
"""


@pytest.fixture
def tangled(write: Write, git: Git) -> None:
    """A method that its callers reach through what a function gives them, and a module that others re-export."""
    write("lib.py", LIB)
    write("api.py", "from lib import *\n")
    write("use.py", USE)
    write("top.py", "import use\n\n\ndef main():\n    use.go()\n")
    write("star.py", "from api import make\n\n\ndef begin():\n    return make().run()\n")
    write("tests/test_use.py", "from use import go\n\n\ndef test_go():\n    assert go()\n")
    begin(git)


def told(aifirst: Aifirst, *arguments: str) -> dict[str, Any]:
    """What a program reads."""
    ran = aifirst("impact", *arguments, "-f", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


@pytest.mark.usefixtures("tangled")
def test_what_depended_on_what_is_gone_is_resolved_as_it_was(aifirst: Aifirst, write: Write) -> None:
    write("lib.py", LIB.replace("def run", "def start"))
    found = told(aifirst, "--diff", "HEAD")
    assert "lib.py::Base.run" in found["gone"]
    near = {one["id"]: (one["distance"], one["edge"]["target"]) for one in found["dependents"]}
    assert near["use.py::go"] == (1, "lib.py::Base.run")
    assert near["star.py::begin"] == (1, "lib.py::Base.run")
    assert near["top.py::main"] == (2, "use.py::go")
    assert "use.py::halt" not in near
    assert [test["id"] for test in found["run"]] == ["tests/test_use.py::test_go"]
    assert found["before"] == {"files": 3, "left": 0, "unknown": []}
    ran = aifirst("impact", "--diff", "HEAD")
    assert "  lib.py::Base.run is gone\n" in ran.out
    assert "what referred to that was looked up in 3 files, as of HEAD" in ran.out


def test_the_impact_of_taking_away_is_what_the_impact_was_before(
    aifirst: Aifirst, write: Write, tangled: None
) -> None:
    before = told(aifirst, "lib.py::Base.run")["dependents"]
    write("lib.py", LIB[LIB.index("def make") :].replace("Base()", "object()"))
    after = {one["id"]: one for one in told(aifirst, "--diff", "HEAD")["dependents"]}
    assert {"use.py::go", "star.py::begin"} <= {one["id"] for one in before}
    for one in before:
        if one["path"] != "lib.py":
            assert one["id"] in after


def test_what_depended_on_a_file_that_is_gone_or_has_moved_is_resolved_as_it_was(
    aifirst: Aifirst, git: Git, tangled: None
) -> None:
    git("mv", "lib.py", "core.py")
    found = told(aifirst, "--diff", "HEAD")
    assert {"lib.py", "lib.py::make"} <= set(found["gone"])
    ids = {one["id"] for one in found["dependents"]}
    assert {"api.py", "use.py", "use.py::go", "top.py::main", "star.py::begin"} <= ids
    git("rm", "-q", "-f", "use.py")
    assert "top.py::main" in {one["id"] for one in told(aifirst, "--diff", "HEAD")["dependents"]}


def test_what_a_change_took_along_is_no_dependent(aifirst: Aifirst, write: Write, tangled: None) -> None:
    write("lib.py", LIB.replace("def run", "def start"))
    write("use.py", USE.replace(".run()", ".start()"))
    found = told(aifirst, "--diff", "HEAD")
    assert "use.py::go" in found["targets"]
    assert "use.py::go" not in {one["id"] for one in found["dependents"]}
    assert "star.py::begin" in {one["id"] for one in found["dependents"]}


def test_of_too_many_files_those_that_name_what_is_gone_come_first(
    write: Write, folder: Path, tangled: None
) -> None:
    update_memory(UpdateRequest(folder))
    update_dependencies(folder)
    changed = {"lib.py": decode_source("lib.py", LIB.encode())}
    write("lib.py", "")
    update_memory(UpdateRequest(folder))
    update_dependencies(folder)
    whole = edges_before(folder, changed, frozenset({"lib.py::Base.run"}))
    assert {edge.source for edge in whole.edges} == {"use.py::go", "star.py::begin"}
    cut = edges_before(folder, changed, frozenset({"lib.py::Base.run"}), most=2)
    assert (cut.resolved, cut.left) == (2, whole.resolved - 2)
    assert {edge.source for edge in cut.edges} <= {"use.py::go", "star.py::begin"}
    assert cut.edges
    late = edges_before(folder, changed, frozenset({"lib.py::Base.run"}), seconds=0)
    assert (late.edges, late.resolved, late.left) == ((), 0, whole.resolved)


def test_a_language_that_no_resolver_reads_is_remembered_or_said_to_be_unknown(
    aifirst: Aifirst, write: Write, git: Git, folder: Path
) -> None:
    write("lib.rb", "def stop_everything(a)\nend\n")
    write("use.rb", "require_relative 'lib'\n\ndef halt\n  stop_everything(1)\nend\n")
    begin(git)
    aifirst("graph")
    write("lib.rb", "def go_on\nend\n")
    assert "use.rb::halt" in aifirst("impact", "--diff", "HEAD", "--confidence", "0").out
    shutil.rmtree(folder / ".aifirst")
    ran = aifirst("impact", "--diff", "HEAD")
    assert "stop_everything is gone; what referred to it is not known: ask before the change" in ran.out


def test_a_name_means_all_its_definitions_and_a_class_its_constructor(aifirst: Aifirst, write: Write) -> None:
    write(
        "lib.py",
        "from typing import overload\n\n\n@overload\ndef get(a: int) -> int: ...\n"
        "@overload\ndef get(a: str) -> str: ...\n"
        "def get(a):\n    return a\n\n\ndef use():\n    return get(1)\n",
    )
    write("Gson.java", "class Gson { Gson() {} Gson(int a) {} }\nclass User { Object o = new Gson(1); }\n")
    assert "lib.py::use  calls" in aifirst("impact", "get").out
    assert "lib.py::use  calls" in aifirst("impact", "lib.py::get").out
    assert "Gson.java::User" in aifirst("impact", "Gson.java::Gson").out


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name what changes"),
        (("price", "--diff", "HEAD"), "either targets or --diff"),
        (("shop/store.py:99",), "has 11 lines"),
        (("shop/store.py:-1",), "is no line of shop/store.py"),
        (("nowhere",), "nothing in the graph is called nowhere"),
        (("../elsewhere.py::f",), "outside the project"),
        (("--diff", "HEAD"), "git"),
        (("price", "--tests", "--test-files"), "either --tests or --test-files"),
        (("price", "--tests", "-f", "dot"), "tests are told as text or json, not dot"),
        (("price", "--confidence", "nan"), "nan is no confidence"),
    ],
)
def test_wrong_use_says_what_to_do(aifirst: Aifirst, arguments: tuple[str, ...], said: str) -> None:
    ran = aifirst("impact", *arguments)
    assert ran.code == 2
    assert said in ran.err


def test_a_name_that_several_have_is_asked_back(aifirst: Aifirst, write: Write) -> None:
    write("a.py", "def run():\n    pass\n")
    write("b.py", "def run():\n    pass\n")
    ran = aifirst("impact", "run")
    assert ran.code == 2
    assert "  a.py::run\n  b.py::run\n" in ran.err
