"""`aifirst impact --tests`: what it prints is what test runners take."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_run import Aifirst, Write, environment

SHOP = "def price():\n    return 1\n\n\nclass Cart:\n    def total(self):\n        return price()\n"
CONFTEST = """\
import pytest
from shop import Cart


@pytest.fixture
def filled():
    cart = Cart()
    cart.total()
    return cart


@pytest.fixture(name="renamed")
def _renamed(filled):
    return filled
"""
TESTS = """\
import unittest

import pytest
from shop import Cart, price


@pytest.fixture
def local():
    return price()


def helper():
    return price()


def test_direct():
    assert price()


def test_local(local):
    assert local


def test_nested():
    def inner():
        return price()

    assert inner()


def test_conftest(filled):
    assert filled


@pytest.mark.usefixtures("renamed")
def test_mark():
    pass


def test_other():
    assert True


class TestA:
    def setup_method(self):
        self.price = price()

    def test_m(self):
        assert self.price


class TestB:
    def test_b(self):
        assert price()

    def test_c(self):
        pass


class Base(unittest.TestCase):
    def setUp(self):
        price()


class SubTests(Base):
    def test_n(self):
        pass


class Mixin:
    def test_mixed(self):
        assert price()


class MixedTest(Mixin, unittest.TestCase):
    pass


class TestMade:
    def __init__(self):
        self.a = 1

    def test_never_collected(self):
        assert price()
"""


@pytest.fixture
def shop(write: Write) -> None:
    """A project of Python with every way in which a test may stand."""
    write("shop.py", SHOP)
    write("tests/__init__.py", "from shop import price\n\nprice()\n")
    write("tests/conftest.py", CONFTEST)
    write("tests/test_shop.py", TESTS)
    write("tests/cases.py", "from shop import price\n\n\ndef made():\n    return price()\n")


def run_ids(aifirst: Aifirst, *arguments: str) -> list[str]:
    """What is printed, a line each."""
    ran = aifirst("impact", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


@pytest.mark.usefixtures("shop")
def test_pytest_gets_node_ids_of_tests_and_of_the_classes_that_a_set_up_runs_in(aifirst: Aifirst) -> None:
    found = run_ids(aifirst, "shop.py::price", "--tests")
    assert {id.removeprefix("tests/test_shop.py::") for id in found} == {
        "test_direct", "test_local", "test_nested", "test_conftest", "test_mark", "TestA", "TestB::test_b", "Base",
        "SubTests", "MixedTest::test_mixed",
    }  # fmt: skip


@pytest.mark.usefixtures("shop")
def test_pytest_runs_every_one_of_them(aifirst: Aifirst) -> None:
    found = run_ids(aifirst, "shop.py::price", "--tests")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *found], cwd=aifirst.folder,
        env=environment(PYTHONPATH=str(aifirst.folder)), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout


@pytest.mark.usefixtures("shop")
def test_ids_are_those_of_the_folder_one_stands_in(aifirst: Aifirst) -> None:
    ran = aifirst("impact", "../shop.py::Cart.total", "--tests", folder=aifirst.folder / "tests")
    assert set(ran.out.splitlines()) == {"test_shop.py::test_conftest", "test_shop.py::test_mark"}


@pytest.mark.usefixtures("shop")
def test_files_are_given_where_they_are_asked_for_never_those_without_tests(aifirst: Aifirst) -> None:
    assert run_ids(aifirst, "shop.py::price", "--test-files") == ["tests/test_shop.py"]


@pytest.mark.usefixtures("shop")
def test_a_program_reads_ids_with_runner_files_and_confidence(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("impact", "shop.py::Cart.total", "--tests", "-f", "json").out)
    assert (told["version"], told["targets"]) == (1, ["shop.py::Cart.total"])
    assert told["run"][0] == {
        "id": "tests/test_shop.py::test_conftest", "runner": "pytest", "files": ["tests/test_shop.py"], "names": [],
        "confidence": 0.95, "distance": 2,
    }  # fmt: skip
    assert json.loads(aifirst("impact", "shop.py::Cart.total", "-f", "json").out)["run"] == told["run"]


@pytest.mark.usefixtures("shop")
def test_a_file_that_is_reached_while_none_of_its_tests_is_runs_whole(aifirst: Aifirst, write: Write) -> None:
    write("extra.py", "def extra():\n    return 1\n")
    write(
        "tests/test_extra.py", "import extra\n\n\ndef test_it():\n    assert getattr(extra, 'ex' + 'tra')()\n"
    )
    write("tests/support.py", "import extra\n")
    assert run_ids(aifirst, "extra.py", "--tests") == ["tests/test_extra.py"]


@pytest.mark.usefixtures("shop")
def test_what_runs_around_all_tests_of_a_folder_runs_the_folder(aifirst: Aifirst, write: Write) -> None:
    write("late.py", "def begin():\n    return 1\n")
    write(
        "tests/deep/conftest.py",
        "import late\nimport pytest\n\n\n@pytest.fixture(autouse=True)\ndef started():\n    late.begin()\n",
    )
    write("tests/deep/test_deep.py", "def test_deep():\n    pass\n")
    assert run_ids(aifirst, "late.py::begin", "--tests") == ["tests/deep"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\npython_files = [\n  "check_*.py",\n  "test_*.py",\n]\n',
        ),
        ("pytest.ini", "[pytest]\npython_files =\n    check_*.py\n    test_*.py\n"),
        ("setup.cfg", "[tool:pytest]\npython_files = check_*.py test_*.py\naddopts = -q\n"),
    ],
)
def test_a_function_is_a_test_in_the_files_that_pytest_looks_for(
    aifirst: Aifirst, write: Write, name: str, text: str
) -> None:
    write("late.py", "def begin():\n    return 1\n")
    source = "import late\n\n\ndef tests_of():\n    return late.begin()\n"
    for path in ("cli/late_tests.py", "tests/check_late.py", "tests/test_late.py"):
        write(path, source)
    case = "class Late(unittest.TestCase):\n    def test_a(self):\n        late.begin()\n"
    write("tests/cases.py", f"import unittest\n\nimport late\n\n\n{case}")
    usual = {"tests/cases.py::Late::test_a", "tests/test_late.py::tests_of"}
    assert set(run_ids(aifirst, "late.py::begin", "--tests")) == usual
    write(name, text)
    assert set(run_ids(aifirst, "late.py::begin", "--tests")) == {*usual, "tests/check_late.py::tests_of"}


def test_a_changed_test_is_run_first(aifirst: Aifirst, write: Write, shop: None) -> None:
    found = run_ids(aifirst, "tests/test_shop.py::TestB.test_c", "--tests")
    assert found == ["tests/test_shop.py::TestB::test_c"]
    assert run_ids(aifirst, "tests/test_shop.py", "--tests") == ["tests/test_shop.py"]


GO_TESTS = """\
package shop

import "testing"

func help() int { return Price() }
func TestPrice(t *testing.T) { Price() }
func TestHelp(t *testing.T) { help() }
func TestOther(t *testing.T) {}
func Testing(t *testing.T) { Price() }
func BenchmarkPrice(b *testing.B) { Price() }
"""


def test_go_gets_a_package_with_the_names_of_its_tests(aifirst: Aifirst, write: Write) -> None:
    write("go.mod", "module example.org/x\n")
    write("shop/shop.go", "package shop\n\nfunc Price() int { return 1 }\n\nfunc Late() int { return 2 }\n")
    write("shop/shop_test.go", GO_TESTS)
    write("shop/main_test.go", 'package shop\n\nimport "testing"\n\nfunc TestMain(m *testing.M) { Late() }\n')
    assert run_ids(aifirst, "shop/shop.go::Price", "--tests") == ["./shop -run ^(TestPrice|TestHelp)$"]
    write("shop/test_helpers.go", "package shop\n\nfunc forTests() int { return Price() }\n")
    assert run_ids(aifirst, "shop/shop.go::Price", "--tests") == ["./shop -run ^(TestPrice|TestHelp)$"]
    assert run_ids(aifirst, "shop/shop.go::Late", "--tests") == ["./shop"]
    assert run_ids(aifirst, "shop/shop.go::Price", "--test-files") == ["shop/shop_test.go"]


JAVA_TESTS = """\
package shop;
import org.junit.jupiter.api.*;
class PriceTest {
  @Test void gets() { Price.get(); }
  @ParameterizedTest @ValueSource(ints = {1})
  void many(int a) { help(); }
  int help() { return Price.get(); }
  @Test void other() {}
  @Nested class Inner { @Test void deep() { Price.get(); } }
}
"""


def test_junit_gets_classes_with_methods(aifirst: Aifirst, write: Write) -> None:
    write(
        "src/main/java/shop/Price.java",
        "package shop;\npublic class Price { public static int get() { return 1; } }\n",
    )
    write("src/test/java/shop/PriceTest.java", JAVA_TESTS)
    target = "src/main/java/shop/Price.java::Price.get"
    assert set(run_ids(aifirst, target, "--tests")) == {
        "shop.PriceTest#gets", "shop.PriceTest#many", "shop.PriceTest$Inner#deep",
    }  # fmt: skip
    write(
        "src/test/java/shop/PriceTest.java",
        JAVA_TESTS.replace("@Test void gets()", "@BeforeEach void gets()"),
    )
    assert run_ids(aifirst, target, "--tests") == ["shop.PriceTest", "shop.PriceTest$Inner#deep"]


def test_runners_of_scripts_get_files_with_tests_and_names(aifirst: Aifirst, write: Write) -> None:
    write("b.ts", "export function price() { return 1 }\n")
    write(
        "tests/b.test.ts",
        'import { price } from "../b";\ndescribe("a.b", () => {\n  test("it\'s 1.0", () => { price() });\n});\n',
    )
    write("tests/support.ts", 'import { price } from "../b";\nexport const one = () => price();\n')
    assert run_ids(aifirst, "b.ts::price", "--tests") == ["tests/b.test.ts"]
    told = json.loads(aifirst("impact", "b.ts::price", "--tests", "-f", "json").out)
    assert told["run"][0]["names"] == ["a.b it's 1.0"]


@pytest.mark.usefixtures("shop")
def test_tests_of_several_runners_are_told_apart(aifirst: Aifirst, write: Write) -> None:
    write("tests/old.test.js", 'const shop = require("../old");\ntest("a", () => {});\n')
    write("old.js", "module.exports = 1;\n")
    ran = aifirst("impact", "shop.py", "old.js", "--tests")
    assert "these are for files, pytest: --runner gives those of one" in ran.err
    assert run_ids(aifirst, "shop.py", "old.js", "--runner", "files") == ["tests/old.test.js"]
    assert "tests/old.test.js" not in run_ids(aifirst, "shop.py", "old.js", "--runner", "pytest")
