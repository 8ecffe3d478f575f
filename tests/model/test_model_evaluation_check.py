"""An answer is tested by what it returns, and whatever else it does, it cannot say that it passed."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aifirst_cli.model_wiring.code_runner import open_runner
from aifirst_model.evaluation.check_answer import Verdict, check_answer
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.problem import Problem
from aifirst_model.evaluation.protocols import CodeRunner


@pytest.fixture(scope="module")
def runner() -> CodeRunner:
    """The sandbox of this machine."""
    try:
        return open_runner()
    except EvaluationError as error:
        pytest.skip(str(error))


def problem(*tests: str, entry: str = "f", own: str = "", after: str = "") -> Problem:
    """A problem whose tests call `f`."""
    return Problem(
        name="one", entry=entry, prompt="", task="", shown_tests=(), tests=tests, solution="", own=own, after=after
    )  # fmt: skip


ADD = problem("assert f(1, 2) == 3\nassert f(-1, 1) == 0\n")


def check(runner: CodeRunner, program: str, asked: Problem = ADD, timeout: float = 20.0) -> Verdict:
    """The verdict on a program."""
    return check_answer(runner, asked, program, timeout)


def test_a_right_answer_passes_and_a_wrong_one_says_which_test_failed(runner: CodeRunner) -> None:
    assert check(runner, "def f(a, b):\n    return a + b\n").passed
    wrong = check(runner, "def f(a, b):\n    return 3\n")
    assert not wrong.passed
    assert "assert f(-1, 1) == 0" in wrong.told


_RIGHT = "def f(a, b):\n    return a + b\n"
_CHEATS = {
    "exits before the tests": "import sys\nsys.exit(0)\n",
    "exits hard before the tests": "import os\nos._exit(0)\n",
    "exits in the call": "def f(a, b):\n    raise SystemExit(0)\n",
    "exits hard in the call": "import os\ndef f(a, b):\n    os._exit(0)\n",
    "is equal to everything": (
        "class Yes:\n    def __eq__(self, other): return True\n    __hash__ = None\ndef f(a, b):\n    return Yes()\n"
    ),
    "is an int equal to everything": (
        "class Yes(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n"
        "def f(a, b):\n    return Yes(9)\n"
    ),
    "changes the built-ins": (
        "import builtins\nbuiltins.AssertionError = None\nbuiltins.hasattr = None\ndef f(a, b):\n    return 9\n"
    ),
    "prints a verdict": (
        "import os, glob\nfor p in glob.glob('/proc/*/fd/1'):\n    try:\n"
        "        open(p, 'w').write('0' * 32 + ' \"\"\\n')\n    except OSError: pass\ndef f(a, b):\n    os._exit(0)\n"
    ),
    "reads the tests from the judge's memory": (
        "import os\ndef f(a, b):\n    maps = open(f'/proc/{os.getppid()}/maps').read()\n"
        "    open(f'/proc/{os.getppid()}/mem', 'rb')\n    return a + b\n"
    ),
    "reads the judge's input": "import os\ndef f(a, b):\n"
    "    os.open(f'/proc/{os.getppid()}/fd/0', 0)\n    return a + b\n",
    "kills the judge": "import os, signal\ndef f(a, b):\n    os.kill(os.getppid(), signal.SIGKILL)\n    return a + b\n",
    "interrupts the judge": "import os\ndef f(a, b):\n    os.kill(os.getppid(), 2)\n    return 9\n",
    "rewrites the program that tests it": "open('check.py', 'w').write('raise SystemExit(0)')\n"
    "def f(a, b):\n    return 9\n",
    "sends its own replies": (
        "import os\nfor d in range(3, 64):\n    try: os.write(d, b'\\0\\0\\0\\6[\"ok\"]' * 9)\n"
        "    except OSError: pass\ndef f(a, b):\n    return 9\n"
    ),
    "raises the test's own failure": "def f(a, b):\n    raise AssertionError('all passed')\n",
    "sends a message without end": "def f(a, b):\n    return 'x' * (17 << 20)\n",
    "sends what nests without end": "def f(a, b):\n    x = []\n    x.append(x)\n    return x\n",
    "is no Python": "def f(a, b:\n",
    "defines nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("program", _CHEATS.values(), ids=_CHEATS.keys())
def test_an_answer_cannot_say_that_it_passed(runner: CodeRunner, program: str) -> None:
    verdict = check(runner, program)
    assert not verdict.passed
    assert verdict.told


@contextmanager
def listening() -> Generator[int]:
    """The port of a server on this machine that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_an_answer_reaches_neither_files_nor_the_network(runner: CodeRunner, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("here")
    with listening() as port:
        program = (
            f"import os, shutil, socket\nshutil.rmtree({str(tmp_path)!r}, ignore_errors=True)\n"
            "shutil.rmtree('/usr', ignore_errors=True)\nreached = []\n"
            f"try: reached.append(open({str(kept)!r}).read())\nexcept OSError: pass\n"
            f"try: reached.append(socket.create_connection(('127.0.0.1', {port}), 1))\nexcept OSError: pass\n"
            "def f():\n    return len(reached)\n"
        )
        assert check(runner, program, problem("assert f() == 0")).passed
    assert kept.read_text() == "here"


@pytest.mark.parametrize(
    ("program", "timeout"),
    [
        ("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n", 2.0),
        ("while True: pass\n", 1.0),
        ("x = []\nwhile True: x.append(bytearray(1 << 24))\n", 20.0),
        ("import time\ntime.sleep(99)\n", 1.0),
        ("import os, signal\ndef f(a, b):\n    os.kill(os.getppid(), signal.SIGSTOP)\n    return 3\n", 1.0),
        ("import sys, os\nwhile True:\n    os.write(1, b'x' * 65536)\n", 1.0),
    ],
    ids=["fork bomb", "endless loop", "endless memory", "sleep", "stopped judge", "endless output"],
)
def test_an_answer_that_does_not_end_is_ended(runner: CodeRunner, program: str, timeout: float) -> None:
    assert not check(runner, program, timeout=timeout).passed


def test_what_an_answer_prints_does_not_matter(runner: CodeRunner) -> None:
    program = "import sys\nsys.stdout.write('x' * 10_000_000)\nsys.stderr.write('y' * 10_000_000)\n" + _RIGHT
    assert check(runner, program).passed


def test_without_a_sandbox_nothing_runs_unless_a_person_says_so() -> None:
    with pytest.raises(EvaluationError, match="--sandbox unsafe"):
        open_runner("container", "no-such-image")
    unsafe = open_runner("unsafe")
    assert unsafe.name == "unsafe"
    assert check(unsafe, _RIGHT).passed
    assert not check(unsafe, "import sys\nsys.exit(0)\n").passed


def test_plain_data_crosses_exactly(runner: CodeRunner) -> None:
    values = (
        "[None, True, 0, -1, 2**80, -(2**63), 0.1, 1e300, 'a\\ud800\\n', b'\\x00\\xff', bytearray(b'x'), 1+2j, "
        "(1, (2,)), {1: 'a', (1, 2): [3]}, {1, 2}, frozenset({3}), [], (), {}, set(), float('inf')]"
    )
    tests = (
        f"for value in {values}:\n    made = f(value)\n    assert made == value and type(made) is type(value), value\n"
        "assert f(float('nan')) != f(float('nan'))\nassert f(0.1 + 0.2) == 0.1 + 0.2\n"
    )
    assert check(runner, "def f(x):\n    return x\n", problem(tests)).passed


def test_objects_of_the_answer_can_be_used_and_are_equal_only_to_themselves(runner: CodeRunner) -> None:
    program = (
        "from collections import Counter, namedtuple\n"
        "class Node:\n    def __init__(self, v): self.v, self.next = v, None\n"
        "def total(node): return node.v + (total(node.next) if node.next else 0)\n"
        "def f(kind):\n    return {'map': map(abs, [-1]), 'count': Counter('aab'), "
        "'pair': namedtuple('P', 'a b')(1, 2),\n            'range': range(3),"
        " 'node': Node(7), 'empty': range(0)}[kind]\n"
    )
    tests = (
        "assert list(f('map')) == [1] and f('map') != [1]\nassert f('count') == {'a': 2, 'b': 1}\n"
        "assert f('pair') == (1, 2)\nassert len(f('range')) == 3 and f('range')[1] == 1 and not f('empty')\n"
        "assert f('node').v == 7\nassert total(root) == 3\n"
    )
    asked = problem(tests, after="root = Node(1)\nroot.next = Node(2)\n")
    assert check(runner, program, asked).told == ""


def test_a_list_that_the_answer_changes_in_place_is_changed_for_the_tests(runner: CodeRunner) -> None:
    asked = problem("x = [3, 1, 2]\nf(x)\nassert x == [1, 2, 3]\n")
    assert check(runner, "def f(x):\n    x.sort()\n", asked).told == ""


def test_an_error_that_the_tests_expect_is_the_one_that_the_answer_raised(runner: CodeRunner) -> None:
    tests = (
        "try:\n    f()\nexcept ValueError as error:\n    assert str(error) == 'no'\nelse:\n    assert False\n"
    )
    raising = "class Own(ValueError): pass\ndef f():\n    raise Own('no')\n"
    assert check(runner, raising, problem(tests)).told == ""
    assert not check(runner, "def f():\n    raise KeyError('no')\n", problem(tests)).passed


def test_an_answer_cannot_end_a_loop_of_the_tests(runner: CodeRunner) -> None:
    asked = problem("for made in map(f, [1, 2]):\n    assert made == 3\n")
    for kind in ("StopIteration", "StopAsyncIteration", "GeneratorExit", "SystemExit"):
        assert not check(runner, f"def f(a):\n    raise {kind}\n", asked).passed


def test_what_tests_import_is_not_taken_from_the_answer(runner: CodeRunner) -> None:
    cheat = "class math:\n    isclose = staticmethod(lambda *a, **k: True)\ndef f():\n    return 9.0\n"
    asked = problem("assert math.isclose(f(), 1.0)", own="import math", after="import math")
    assert not check(runner, cheat, asked).passed
    assert check(runner, "def f():\n    return math.sqrt(1)\n", asked).told == ""


def test_a_function_named_like_a_built_in_is_the_answers(runner: CodeRunner) -> None:
    asked = problem("assert sum(10, 15) == 6", entry="sum")
    program = "def sum(a, b):\n    return 6\n"
    assert check(runner, program, asked).told == ""
