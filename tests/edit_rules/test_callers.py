"""A broken caller is reported only where nothing else is possible."""

from __future__ import annotations

from datetime import date

import pytest
from aifirst_validator.changes.judge import judge_change
from aifirst_validator.changes.pair import change_of_texts
from aifirst_validator.rule_set import load_rules

RULE = next(rule for rule in load_rules().change_rules if rule.code == "AF404")
OLD = "def area(width, height):\n    return width * height\n"


def said(before: dict[str, str], after: dict[str, str]) -> list[str]:
    change = change_of_texts(before, after, today=date(2025, 6, 1))
    return [problem.message for _, _, problem in judge_change(change, [RULE])]


def after_change(signature: str, caller: str) -> list[str]:
    shapes = OLD.replace("width, height)", signature + ")", 1)
    return said({"shapes.py": OLD, "a.py": caller}, {"shapes.py": shapes, "a.py": caller})


IMPORT = "from shapes import area\n"


@pytest.mark.parametrize(
    ("signature", "call", "why"),
    [
        ("width", "area(1, 2)", "2 positional arguments, 1 taken"),
        ("width, height, unit", "area(1, 2)", "unit is not given"),
        ("width, *, height", "area(1, 2)", "2 positional arguments, 1 taken"),
        ("width, tall", "area(1, height=2)", "no parameter height"),
        ("width, tall", "area(width=1, height=2)", "no parameter height"),
        ("width, height, /", "area(1, height=2)", "no parameter height"),
        ("*, width, height", "area(*sizes, 1)", "1 positional arguments, 0 taken"),
    ],
)
def test_a_call_that_cannot_work_is_reported(signature: str, call: str, why: str) -> None:
    (message,) = after_change(signature, f"{IMPORT}{call}\n")
    assert message == f"area changed its parameters and 1 call does not fit: a.py:2 ({why})"


@pytest.mark.parametrize(
    ("signature", "caller"),
    [
        ("width, height, unit=1", IMPORT + "area(1, 2)\n"),
        ("width, *rest", IMPORT + "area(1, 2)\n"),
        ("width, **rest", IMPORT + "area(1, height=2)\n"),
        ("width, height, unit", IMPORT + "area(*sizes)\n"),
        ("width, height, unit", IMPORT + "area(1, **sizes)\n"),
        ("width, height, unit", "from other import area\narea(1, 2)\n"),
        ("width, height, unit", "def area(a, b): pass\narea(1, 2)\n"),
        ("width, height, unit", IMPORT + "def f(area):\n    area(1, 2)\n"),
        ("width, height, unit", IMPORT + "area = wrap(area)\narea(1, 2)\n"),
        ("width, height, unit", IMPORT + "for area in []:\n    area(1, 2)\n"),
        ("width, height, unit", "area(1, 2)\n"),
        ("width, height, unit", "import shapes\nshapes2.area(1, 2)\n"),
        ("width, height, unit", IMPORT + "area(1)\n"),
        ("width, height, unit", "from .shapes import nothing as area\narea(1, 2)\n"),
    ],
)
def test_a_call_that_may_work_is_not(signature: str, caller: str) -> None:
    assert after_change(signature, caller) == []


def test_a_call_in_the_same_file_and_under_another_name_is_found() -> None:
    new = OLD.replace("width, height)", "width, height, unit)", 1)
    own = "\n\ndef square(side):\n    return area(side, side)\n"
    assert len(said({"s.py": OLD + own}, {"s.py": new + own})) == 1
    caller = "from shapes import area as surface\nsurface(1, 2)\n"
    assert len(said({"shapes.py": OLD, "a.py": caller}, {"shapes.py": new, "a.py": caller})) == 1


def test_decorated_functions_and_methods_are_not_judged() -> None:
    for before in ("@wrap\n" + OLD, "class A:\n" + "".join(f"    {line}\n" for line in OLD.splitlines())):
        after = before.replace("width, height)", "width, height, unit)", 1)
        caller = IMPORT + "area(1, 2)\n"
        assert said({"shapes.py": before, "a.py": caller}, {"shapes.py": after, "a.py": caller}) == []


@pytest.mark.parametrize(
    ("importer", "text", "found"),
    [
        ("a.py", "from shapes import area\n", True),
        ("a.py", "from shapes import (\n    area,\n    other,\n)\n", True),
        ("a.py", "try:\n    from shapes import area\nexcept ImportError:\n    area = None\n", False),
        ("a.py", "if TYPE_CHECKING:\n    from shapes import area\n", False),
        ("a.py", "from other import area\n", False),
        ("pkg/a.py", "from shapes import area\n", True),
        ("pkg/a.py", "from .shapes import area\n", False),
        ("pkg/a.py", "from ..shapes import area\n", True),
        ("a.py", "# from shapes import area\n", False),
    ],
)
def test_an_import_of_a_name_that_is_gone_is_found(importer: str, text: str, found: bool) -> None:
    after = OLD.replace("area", "surface")
    assert bool(said({"shapes.py": OLD, importer: text}, {"shapes.py": after, importer: text})) == found


@pytest.mark.parametrize(
    "after",
    [
        "from lib import area\n", "area = None\n", "import lib as area\n", "from lib import *\n",
        "def __getattr__(name):\n    return 1\n", "try:\n    def area(): pass\nexcept E:\n    pass\n",
    ],
)  # fmt: skip
def test_a_name_that_the_module_still_gives_is_not_gone(after: str) -> None:
    assert said({"shapes.py": OLD, "a.py": IMPORT}, {"shapes.py": after, "a.py": IMPORT}) == []


def test_a_deleted_module_that_is_still_imported_is_one_finding() -> None:
    two = OLD + OLD.replace("area", "volume")
    caller = "from shapes import area, volume\n"
    assert said({"shapes.py": two, "a.py": caller}, {"a.py": caller}) == [
        "shapes.py is gone and still imported by a.py:1"
    ]
    assert said({"shapes.py": two, "a.py": caller}, {"shapes/__init__.py": two, "a.py": caller}) == []
