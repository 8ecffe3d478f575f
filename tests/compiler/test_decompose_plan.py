"""Whole decompositions: the text they make, names, places, limits, and what is refused as a whole."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.decompose import (
    DecomposedFile,
    DecomposeOptions,
    Decomposition,
    PieceFacts,
    Refusal,
    decompose_units,
    plan_decomposition,
    units_over,
)
from aifirst_compiler.decompose.inline_back import first_difference
from aifirst_compiler.decompose.newer_syntax import newer_syntax
from aifirst_compiler.edits import apply_edits

COUNTER = get_counter("o200k_base")
STEPS = '''\
"""Orders."""


def report(rows: list[int], rate: float) -> str:
    """Report."""
    # STEP 1: Sum the rows up
    # WHY: rows may repeat
    total = 0
    for row in rows:
        # negative ones are returns
        if row > 0:
            total += row * 2 + rate * row  # twice

    # STEP 2: Write it
    text = """
    total
"""
    for _ in range(3):
        text += str(total) + " of " + str(len(rows))
    return text
'''


def plan(
    source: str, unit: str = "f", limit: int = 60, *, partial: bool = False, path: str = "m.py"
) -> Decomposition | Refusal:
    """What is planned for a unit of a text."""
    file = decode_source(path, source.encode())
    return plan_decomposition(
        file, unit, COUNTER, DecomposeOptions(limit=limit, partial=partial, least_tokens=15)
    )


def made(source: str, unit: str = "f", limit: int = 60, *, partial: bool = False) -> str:
    """The text that is made; a decomposition is expected."""
    done = plan(source, unit, limit, partial=partial)
    assert isinstance(done, Decomposition), done
    assert apply_edits(source.encode(), done.edits) == done.data
    return done.data.decode()


def why(source: str, unit: str = "f", limit: int = 60) -> tuple[str, int]:
    """The first reason of a refusal, and its line."""
    done = plan(source, unit, limit)
    assert isinstance(done, Refusal), done.data.decode()
    return done.reason.why, done.reason.line


def test_steps_become_functions_below_in_their_order() -> None:
    assert (
        made(STEPS, "report", 80)
        == '''\
"""Orders."""


def report(rows: list[int], rate: float) -> str:
    """Report."""
    # STEP 1: Sum the rows up
    total = _sum_rows_up(rows, rate)

    # STEP 2: Write it
    return _write_it(rows, total)


def _sum_rows_up(rows: list[int], rate: float):
    """Sum the rows up."""
    # WHY: rows may repeat
    total = 0
    for row in rows:
        # negative ones are returns
        if row > 0:
            total += row * 2 + rate * row  # twice
    return total


def _write_it(rows: list[int], total) -> str:
    """Write it."""
    text = """
    total
"""
    for _ in range(3):
        text += str(total) + " of " + str(len(rows))
    return text
'''
    )


def test_a_function_of_several_steps_does_not_pass_itself_off_as_the_first() -> None:
    text = made(
        dedent("""
            def report(path, rates, limit=10):
                # STEP 1: Load the rows
                with open(path) as file:
                    rows = json.load(file)
                rows = [row for row in rows if row]
                seen = set()
                # STEP 2: Sum up
                total = 0
                for row in rows:
                    if row["id"] in seen:
                        continue
                    seen.add(row["id"])
                    total += row["amount"] * rates[row["currency"]]
                    if total > limit:
                        print("over", row["id"])
                # STEP 3: Write it
                lines = []
                for row in rows[:limit]:
                    lines.append(f"{row['id']}: {row['amount']}")
                lines.append(f"total {total}")
                with open(path + ".txt", "w") as out:
                    out.write("\\n".join(lines))
                return total
        """),
        "report",
        145,
    )
    assert "    # STEP 1: Load the rows\n    rows, total = _load_rows_and_more(path, rates, limit)\n" in text
    assert '    """Load the rows, and 1 more step."""\n' in text


def test_line_ends_tabs_and_encoding_stay() -> None:
    source = STEPS.replace("    total\n", "kept\n").replace("    ", "\t").replace("\n", "\r\n")
    text = made(source, "report", 80)
    assert text.count("\n") == text.count("\r\n")
    assert '\r\n\ttext = """\r\nkept\r\n"""\r\n' in text
    assert "def _sum_rows_up(rows: list[int], rate: float):\r\n\t" in text
    assert "    " not in text


def test_decorated_functions_and_methods_get_their_parts_above() -> None:
    lines = STEPS.split("\n", 3)[3].replace("def report(rows", "@cache\ndef report(rows")
    decorated = made("import os\n\n\n# about it\n" + lines, "report", 80)
    assert decorated.startswith("import os\n\n\ndef _sum_rows_up(rows: list[int], rate: float):\n")
    assert "\n\n\n# about it\n@cache\ndef report(" in decorated
    method = "\n".join(
        "    " + line if line.strip() and line not in ('"""', "    total") else line
        for line in lines.split("\n")
    )
    text = made("class Shop:\n" + method.replace('    total\n"""', 'total"""'), "Shop.report", 90)
    assert text.index("def _sum_rows_up(rows: list[int], rate: float):") < text.index("class Shop:")


def test_a_comment_at_the_top_of_a_file_stays_there() -> None:
    source = "#!/usr/bin/env python\n# coding: utf-8\n" + STEPS.split("\n", 3)[3].replace(
        "def report", "@cache\ndef report"
    )
    assert made(source, "report", 80).startswith("#!/usr/bin/env python\n# coding: utf-8\ndef _sum_rows_up")


LONG = """\
def f(a, b):
    total = 0
    for row in a:
        total += row.weight * row.amount + b
        total -= row.discount * row.amount
        total += row.fee - row.refund
    print("done with all of the rows", a, b)
    print("and with all else that there was", b)
    return total, b
"""


def test_names_without_comments_are_those_of_what_is_made() -> None:
    text = made(LONG, limit=72)
    assert "    total = _compute_total(a, b)\n" in text
    assert '"""Return `total` for `f`."""' in text


def test_a_name_of_the_module_is_never_taken() -> None:
    text = made("def _compute_total():\n    return 1\n\n\n" + LONG, limit=72)
    assert "total = _compute_total_of_f(a, b)" in text


@pytest.mark.parametrize(
    ("proposed", "taken"),
    [
        ("weigh_rows", "_weigh_rows"),
        ("_weigh", "_weigh"),
        ("class", "_compute_total"),
        ("No Name", "_compute_total"),
        (None, "_compute_total"),
    ],
)
def test_a_model_may_name_parts_where_the_name_is_one(proposed: str | None, taken: str) -> None:
    class Model:
        def propose(self, piece: PieceFacts) -> str | None:
            assert (piece.function, piece.results, piece.suggested) == ("f", ("total",), "_compute_total")
            assert "total += row.weight" in piece.code
            return proposed

    options = DecomposeOptions(limit=72, least_tokens=15)
    done = plan_decomposition(decode_source("m.py", LONG.encode()), "m.py::f", COUNTER, options, Model())
    assert isinstance(done, Decomposition)
    assert [unit.name for unit in done.new_units] == [taken]


def test_annotations_are_taken_only_where_they_mean_the_same() -> None:
    inside = "class A:\n    Kind = int\n    def f(self, a: Kind, b: str):\n" + "".join(
        f"    {line}\n" for line in LONG.splitlines()[1:]
    )
    text = made(inside, "A.f", 78)
    assert "(a, b: str)" in text


def test_what_is_within_the_limit_stays_and_says_so() -> None:
    done = plan(LONG, limit=900)
    assert isinstance(done, Refusal)
    assert done.reason.why == "within-limit"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (LONG.replace("    total = 0", "    total = 0\n    print(locals())"), ("looks-at-its-variables", 3)),
        (LONG.replace("    total = 0", "    total = 0\n    print(vars())"), ("looks-at-its-variables", 3)),
        ("import numba\n\n\n@numba.njit\n" + LONG, ("compiled-from-source", 4)),
        ("import weakref\n\n\n" + LONG.replace("b\n", "weakref.ref(b)\n", 1), ("object-lifetime", 7)),
        (LONG + "\n\nfor name in dir():\n    print(name)\n", ("module-lists-its-names", 12)),
        (LONG + "(\n", ("does-not-parse", 10)),
        ("class f:\n" + "".join(f"    a{i} = {i}\n" for i in range(40)), ("not-a-function", 1)),
        (LONG.replace("for row in a:", "for a in a:").replace("names.append", "names.push"), ("one-statement", 1)),
    ][:-1],
)  # fmt: skip
def test_functions_that_are_refused_as_a_whole_say_why_and_where(
    source: str, reason: tuple[str, int]
) -> None:
    assert why(source) == reason


def test_other_languages_and_unknown_units_are_refused() -> None:
    done = plan("function f() { return 1 }\n", path="m.js")
    assert isinstance(done, Refusal)
    assert (done.reason.why, "javascript" in done.reason.message) == ("language", True)
    assert why(LONG, "g") == ("no-such-unit", 1)


def test_a_part_is_done_only_where_that_is_asked_for() -> None:
    source = LONG.replace(
        "    return total, names", "    if b:\n        return names\n" + "    b.run(total)\n" * 30
    )
    assert isinstance(plan(source, limit=60), Decomposition)
    stuck = dedent("""\
        def f(a):
            for row in a:
                if row.first:
                    return row.first
                if row.second:
                    break
                if row.third and row.fourth and row.fifth and row.sixth and row.seventh and row.eighth:
                    return row.ninth
            print("a long way to say that nothing was found in all of the rows", a)
            print("another long way to say that nothing was found in all of the rows", a)
            return None
        """)
    done = plan(stuck, limit=60)
    assert isinstance(done, Refusal)
    assert done.reason.why in ("early-return", "loop-exit")
    assert done.tokens > done.limit
    half = plan(stuck, limit=60, partial=True)
    assert isinstance(half, Decomposition)
    assert not half.within_limit
    assert half.left


def test_all_functions_of_a_file_are_done_one_after_another() -> None:
    source = decode_source("m.py", (LONG + "\n\n" + LONG.replace("def f", "def g")).encode())
    options = DecomposeOptions(limit=72, least_tokens=15)
    units = units_over(source, COUNTER, 72)
    assert units == ["f", "g"]
    done = decompose_units(source, units, COUNTER, options)
    assert isinstance(done, DecomposedFile)
    assert apply_edits(source.data, done.edits) == done.data
    assert units_over(decode_source("m.py", done.data), COUNTER, 72) == []
    assert done.diff.count("\n+def _compute_total") == 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("return total\n\n\ndef _w", "return rate\n\n\ndef _w", "its results go to other variables"),
        (
            "total = _sum_rows_up(rows, rate)",
            "total = _sum_rows_up(rate, rows)",
            "the call gives other variables",
        ),
        ("row * 2", "row * 3", "the parts put back are not the source"),
        ("_write_it(rows, total)", "_write_it(rows, total) or 1", "is called 0 times"),
    ],
)
def test_the_proof_finds_what_is_not_the_same_program(old: str, new: str, told: str) -> None:
    text = made(STEPS, "report", 80)
    names = ["_sum_rows_up", "_write_it"]
    assert first_difference(STEPS.encode(), text.encode(), "report", 4, names) == ""
    assert old in text
    wrong = first_difference(STEPS.encode(), text.replace(old, new, 1).encode(), "report", 4, names)
    assert told in wrong


def test_the_proof_finds_a_variable_that_became_a_global() -> None:
    text = (
        made(STEPS, "report", 80)
        .replace("rows, total)", "rows)")
        .replace("rows: list[int], total)", "rows: list[int])")
    )
    wrong = first_difference(STEPS.encode(), text.encode(), "report", 4, ["_sum_rows_up", "_write_it"])
    assert wrong == "total belongs to another scope in _write_it"


@pytest.mark.parametrize(
    ("text", "version", "what"),
    [
        ("type X = int\n", "3.12", "`type` statement"),
        ("def g[T](a: T) -> T:\n    return a\n", "3.12", "type parameters"),
        ("x = f'{a['b']}'\n", "3.12", "f-string"), ("x = t'{a}'\n", "3.14", "template string"),
        ("try:\n    pass\nexcept A, B:\n    pass\n", "3.14", "`except`"), ("x = f'{a}' f\"{a['b']}\"\n", "", ""),
        ("try:\n    pass\nexcept* A:\n    pass\nx = f\"\"\"{'a'}\"\"\"\n", "", ""),
    ],
)  # fmt: skip
def test_syntax_of_a_later_python_is_named_with_its_version(text: str, version: str, what: str) -> None:
    text = f"def f():\n    return 1\n\n\n{text}"
    tree = language_named("python").parse(text.encode())
    assert tree is not None
    told = newer_syntax(tree, (3, 11))
    assert (
        told == "" if not version else f"needs Python {version}" in told and what in told and "line " in told
    )
    if version and sys.version_info[:2] < tuple(map(int, version.split("."))):
        refused = plan(text)
        assert isinstance(refused, Refusal)
        assert (refused.reason.why, f"Python {version}" in refused.reason.message) == ("does-not-parse", True)
