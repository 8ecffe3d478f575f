"""What generated code may do by being imported: define, and make values."""

from __future__ import annotations

import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_orchestrator.calls.ask import Reply
from aifirst_orchestrator.generate.compose import clashes
from aifirst_orchestrator.generate.judge_code import judge_unit
from aifirst_orchestrator.generate.read_answer import read_code
from aifirst_orchestrator.generate.written_unit import WrittenUnit
from aifirst_orchestrator.spec.units import SpecUnit

UNIT = SpecUnit("go", "shop/go.py", "python", 1, "function", "def go(a: int = 1) -> int", needs=("wrapped",))
GO = "def go(a: int = 1) -> int:\n    return a\n"


def told(code: str, unit: SpecUnit = UNIT) -> list[str]:
    return [flaw.message for flaw in judge_unit(code, unit)]


@pytest.mark.parametrize(
    "line",
    [
        "_A = os.system('x')",
        "_A: int = os.getpid()",
        "_A = [os.system(one) for one in 'x']",
        "_A = lambda a=os.getpid(): a",
        "def _f(a=os.getpid()): ...",
        "def _f(*, a=os.getpid()): ...",
        "@os.register_at_fork\ndef _f(): ...",
        "class _C(os.fork()): ...",
        "class _C(metaclass=os.fork()): ...",
        "class _C:\n    print('x')",
        "class _C:\n    a = os.fork()",
        "class _C:\n    class _D:\n        a = os.fork()",
        "class _C:\n    @os.system\n    def a(self): ...",
        "if TYPE_CHECKING:\n    from os import abc\nelse:\n    os.system('x')",
        "if TYPE_CHECKING:\n    os.system('x')",
        "dict = os.system\n_A = dict('x')",
        "_A = (lambda: os.fork())()",
        "def _f(): ...\n_A = _f()",
        "class _C:\n    def __init__(self): os.fork()\n_A = _C()",
        "_A = Path('x').write_text('x')",
        "from os import *",
        "for _a in 'x': pass",
    ],
)
def test_what_calls_at_import_is_refused_wherever_it_stands(line: str) -> None:
    found = told(f"import os\nfrom pathlib import Path\n{line}\n{GO}")
    assert len(found) == 1, found
    assert "import" in found[0]


@pytest.mark.parametrize(
    "line",
    [
        "import re\n_A = re.compile('x')",
        "from dataclasses import dataclass, field\n@dataclass\nclass _C:\n    a: list[int] = field(default_factory=list)",
        "from functools import cache\n@cache\ndef _f(): ...",
        "class _C:\n    @property\n    def a(self): ...\n    @a.setter\n    def a(self, b): ...",
        "_A = frozenset('a b'.split())",
        "_A = {one: str(one) for one in range(3)}",
        "from typing import NamedTuple\nclass _R(NamedTuple):\n    a: int\n_A = (_R(1), _R(2))",
        "import logging\n_log = logging.getLogger(__name__)",
        "from shop.wrapped import wrapped\n@wrapped\ndef _f(): ...",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.cart import Cart",
        "_f = lambda: print('x')",
    ],
)
def test_what_defines_and_makes_values_is_taken(line: str) -> None:
    assert told(f"{line}\n{GO}") == []


def test_what_the_specification_calls_itself_is_taken() -> None:
    unit = SpecUnit("go", "a.py", "python", 1, "function", "@app.get('/')\ndef go() -> int")
    assert told("from shop import app\n\n\n@app.get('/')\ndef go() -> int:\n    return 1\n", unit) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (f"def go(a: int = {'-' * 900}1) -> int:\n    return a\n", "nested"),
        (f"def go(a: int = 0x{'f' * 6000}) -> int:\n    return a\n", "thousands of digits"),
        (f"import os; _A = 1\n{GO}", "two statements stand on one line"),
    ],
)
def test_code_that_no_later_step_could_bear_goes_back(code: str, said: str) -> None:
    assert any(said in one for one in told(code))


def test_a_line_end_of_old_is_one() -> None:
    text = "```python\nimport os\r_A = 1\r" + GO.replace("\n", "\r") + "```"
    code = read_code(Reply(text, "stop", "m", 1, get_counter().count(text), ()))
    assert code == f"import os\n_A = 1\n{GO}"


@pytest.mark.parametrize(
    ("beside", "code", "name"),
    [
        ("_A = 1\n", "_A = 2\n", "_A"),
        ("from a import load\n", "from b import load\n", "load"),
        ("from a import load\n", "def load(): ...\n", "load"),
        ("def load(): ...\n", "from a import load\n", "load"),
        ("def first(): ...\n", "def first(): ...\n", "first"),
        ("import os\n", "import os\n", ""),
        ("def first(): ...\n", "from shop.first import first\n", ""),
    ],
)
def test_a_name_means_one_thing_in_a_file(beside: str, code: str, name: str) -> None:
    found = clashes([WrittenUnit("first", "passed", beside)], code)
    assert [flaw.message.split()[0] for flaw in found] == ([name] if name else [])
