"""`aifirst impact` as a person, a test runner and a program use it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
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
    assert lines[0] == "shop/store.py::price: 3 nodes in 2 files depend on it, 1 test file"
    assert "  1.00  shop/store.py::total  calls price, line 10" in lines
    assert "  0.95  shop/pay.py::pay  calls total, line 5" in lines
    assert lines.index("directly") < lines.index("2 steps away")
    assert lines[-2:] == ["tests to run, surest first", "  tests/test_pay.py"]


@pytest.mark.usefixtures("shop")
def test_a_line_means_the_unit_that_holds_it(aifirst: Aifirst) -> None:
    assert aifirst("impact", "shop/store.py:6").out == aifirst("impact", "price").out


@pytest.mark.usefixtures("shop")
def test_a_test_runner_gets_the_tests_alone(aifirst: Aifirst) -> None:
    assert aifirst("impact", "price", "--tests").out == "tests/test_pay.py\n"


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
    assert aifirst("impact", "--diff", "HEAD", "--tests").out == "tests/test_pay.py\n"


def test_a_comment_is_no_change(aifirst: Aifirst, write: Write, git: Git, shop: None) -> None:
    begin(git)
    write("shop/store.py", STORE.replace("    return 1", "    # the price of one\n    return 1"))
    assert json.loads(aifirst("impact", "--diff", "HEAD", "-f", "json").out)["targets"] == []


def test_what_depended_on_a_unit_that_is_gone_or_renamed_is_remembered(
    aifirst: Aifirst, write: Write, git: Git, shop: None
) -> None:
    begin(git)
    aifirst("graph")
    write("shop/store.py", STORE.replace("def price", "def cost"))
    ran = aifirst("impact", "--diff", "HEAD")
    assert "  shop/store.py::price is gone\n" in ran.out
    assert "  1.00  shop/store.py::total  calls price, line 10\n" in ran.out
    git("checkout", "-q", ".")
    aifirst("graph")
    (aifirst.folder / "shop/store.py").unlink()
    assert aifirst("impact", "--diff", "HEAD", "--tests").out == "tests/test_pay.py\n"


def test_a_graph_that_never_knew_what_is_gone_says_so(
    aifirst: Aifirst, write: Write, git: Git, shop: None
) -> None:
    begin(git)
    write("shop/pay.py", "")
    ran = aifirst("impact", "--diff", "HEAD")
    assert "shop/pay.py::pay is gone; what referred to it is not known: ask before the change" in ran.out


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
