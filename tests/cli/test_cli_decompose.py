"""`aifirst decompose` as a person and a program use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aifirst_cli.decompose_run import write_decomposed
from aifirst_cli.failure import Failure
from aifirst_codebase.source import decode_source
from aifirst_compiler.decompose import DecomposedFile
from command_run import Aifirst, Write

SHOP = '''\
"""Orders."""

import json


def report(path, rates, limit=10):
    """Report."""
    # STEP 1: Load the rows
    with open(path) as file:
        rows = json.load(file)
    rows = [row for row in rows if row]

    # STEP 2: Sum them up
    total = 0
    for row in rows:
        if row["id"] in rates:
            total += row["n"] * rates[row["country"]]
    print(total, limit, rates, path)
    return total


def small(a):
    """Say it."""
    return a
'''


def test_the_difference_is_shown_and_nothing_is_changed(aifirst: Aifirst, write: Write) -> None:
    file = write("shop.py", SHOP)
    ran = aifirst("decompose", "shop.py::report", "--limit", "100")
    assert ran.code == 0
    assert ran.out.startswith("--- a/shop.py\n+++ b/shop.py\n@@ ")
    assert "+    rows = _load_rows(path)\n" in ran.out
    assert "report would be split: 110 tokens → " in ran.err
    assert file.read_text() == SHOP


def test_it_is_written_and_then_there_is_nothing_to_do(aifirst: Aifirst, write: Write) -> None:
    file = write("shop.py", SHOP)
    ran = aifirst("decompose", "shop.py", "--limit", "100", "--write")
    assert (ran.code, ran.out) == (0, "")
    assert "report split: 110 tokens → " in ran.err
    assert "def _load_rows(path):" in file.read_text()
    again = aifirst("decompose", "shop.py", "--limit", "100")
    assert (again.code, again.out, again.err) == (0, "", "no function of shop.py is over 100 tokens\n")


def test_the_limit_is_that_of_the_settings(aifirst: Aifirst, write: Write) -> None:
    write("aifirst.toml", "[limits]\nunit_tokens = 100\n")
    write("shop.py", SHOP)
    assert "would be split" in aifirst("decompose", "shop.py").err
    write("shop.py", "# aifirst: limits.unit_tokens=900 -- long\n" + SHOP)
    assert "no function of shop.py is over 900 tokens" in aifirst("decompose", "shop.py").err


def test_a_line_names_the_function_it_is_in(aifirst: Aifirst, write: Write) -> None:
    write("shop.py", SHOP)
    assert "report would be split" in aifirst("decompose", "shop.py:15", "--limit", "100").err
    ran = aifirst("decompose", "shop.py:2")
    assert ran.code == 2
    assert "line 2 of shop.py is in no function" in ran.err


def test_a_program_reads_it_as_json(aifirst: Aifirst, write: Write) -> None:
    write("shop.py", SHOP)
    told = json.loads(aifirst("decompose", "shop.py::report", "--limit", "100", "-f", "json").out)
    assert (told["version"], told["path"], told["limit"], told["written"]) == (1, "shop.py", 100, False)
    unit = told["units"][0]
    assert (unit["outcome"], unit["tokens_before"], unit["within_limit"], unit["reasons"]) == (
        "split",
        110,
        True,
        [],
    )
    assert unit["new_units"][0]["name"] == "_load_rows"
    assert unit["new_units"][0]["results"] == ["rows"]
    assert told["diff"].startswith("--- a/shop.py")


def test_what_is_refused_is_told_with_its_reason_and_line(aifirst: Aifirst, write: Write) -> None:
    write("shop.py", SHOP.replace("limit=10):", "limit=10):\n    print(locals())"))
    ran = aifirst("decompose", "shop.py::report", "--limit", "100", "--write")
    assert (ran.code, ran.out) == (1, "")
    assert "report is not split:\n  line 7: something in it looks at local variables by name" in ran.err
    assert "within the limit: " in aifirst("decompose", "shop.py::small").err


def test_other_languages_and_unknown_units_are_wrong_use(aifirst: Aifirst, write: Write) -> None:
    write("shop.py", SHOP)
    write("shop.ts", "export function f() { return 1 }\n")
    other = aifirst("decompose", "shop.ts::f")
    assert other.code == 2
    assert "only Python can be decomposed so far: this is typescript" in other.err
    assert aifirst("decompose", "shop.ts").code == 2
    unknown = aifirst("decompose", "shop.py::nothing")
    assert unknown.code == 2
    assert "nothing is not split:\n  there is no such unit: nothing\n" in unknown.err
    assert "is no file. Give FILE or FILE::UNIT." in aifirst("decompose", "gone.py::f").err


def test_encoding_and_line_ends_stay(aifirst: Aifirst, write: Write) -> None:
    raw = (
        ("# -*- coding: cp1252 -*-\n" + SHOP.replace("Orders", "Aufträge €"))
        .replace("\n", "\r\n")
        .encode("cp1252")
    )
    file = write("shop.py", raw)
    assert aifirst("decompose", "shop.py::report", "--limit", "100", "--write").code == 0
    made = file.read_bytes()
    assert made.count(b"\n") == made.count(b"\r\n")
    assert "Aufträge €".encode("cp1252") in made
    assert b"def _load_rows(path):\r\n" in made


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "shop.py"
    file.write_bytes(b"x = 2\n")
    done = DecomposedFile(decode_source("shop.py", b"x = 1\n"), b"y = 1\n", [], ())
    with pytest.raises(Failure, match=r"shop\.py changed meanwhile, so nothing was written"):
        write_decomposed(file, done)
    assert file.read_bytes() == b"x = 2\n"
    write_decomposed(file, DecomposedFile(decode_source("shop.py", b"x = 2\n"), b"y = 1\n", [], ()))
    assert file.read_bytes() == b"y = 1\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("-1", "-1 is no line of shop.py. Lines count from 1: shop.py:12."),
        ("0", "shop.py has 24 lines, so none is number 0."),
        ("99999", "shop.py has 24 lines, so none is number 99999."),
    ],
)
def test_a_line_that_the_file_does_not_have_is_wrong_use(
    aifirst: Aifirst, write: Write, line: str, told: str
) -> None:
    write("shop.py", SHOP)
    ran = aifirst("decompose", f"shop.py:{line}", "--limit", "100")
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
