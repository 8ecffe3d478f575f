"""The resolution `medium`: signature, first line of documentation and key lines of every unit."""

from __future__ import annotations

import pytest
from aiccl_readings import PLAIN, reading_of, readings_of_package
from aifirst_compiler.aiccl.exact import ExactOptions
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.medium import write_medium
from aifirst_compiler.aiccl.medium.key_lines import key_lines
from aifirst_compiler.aiccl.outline import outline_ids
from hypothesis import given, settings
from hypothesis import strategies as st


def lines_of(path: str, text: str) -> list[str]:
    """The lines of the document's block."""
    ((_, medium),) = expand(write_medium([reading_of(path, text)], PLAIN).text)
    return medium.splitlines()


PYTHON = '''\
"""A shop.

More of it."""
import os

class Shop(Base):
    size: int = 3

    def sell(self, item, *, count=1):
        r"""Give away."""
        total = 1  # WHY: told
        if item.free(count):  # one is there
            self.left[item] -= count
        else:
            raise OutOfStock(item)
        label = "x"
        return f"{label}", self.write(item, "and a very long text that nobody reads to its end", total)

    def none(self):
        pass
'''

CASES = {
    ("a.py", PYTHON): [
        "a.py", "\t# A shop.…",
        " Shop(Base) :class", "\tsize:int=3",
        "  sell(self,item,*,count=1)", "\t# Give away.…", "\tif item.free(count)",
        "\t\tself.left[item] -=count", "\telse", "\t\traise OutOfStock(item)…",
        '\treturn f"{label}",self.write(item,"and a very long text that…',
        "  none(self)",
    ],
    ("a.ts", "class A {\n  get(id: string) {\n    if (!id) return null;\n    else this.n = 1;\n"
     "    for (let i = 0; i < 3; i++) { this.f(() => { g(i); }); }\n  }\n}\n"): [
        "a.ts", " A :class", "  get(id:string)", "\tif (!id)", "\t\treturn null", "\telse", "\t\tthis.n=1",
        "\tfor (let i=0; i < 3; i++)", "\t\tthis.f(()=>", "\t\t\tg(i)",
    ],
    ("a.go", "package a\n\nfunc Size(of int) (int, error) {\n\tn := 1\n\tif of > 1 {\n"
     "\t\tn = len(x)\n\t} else {\n\t\tgo run()\n\t}\n\treturn 0, nil\n}\n"): [
        "a.go", "\t…", " Size(of int) (int,error)", "\t…", "\tif of > 1", "\t\tn=len(x)", "\telse", "\t\tgo run()",
        "\treturn 0,nil",
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[path for path, _ in CASES])
def test_key_lines_stand_below_their_unit(case: tuple[str, str]) -> None:
    assert lines_of(*case) == CASES[case]


@pytest.mark.parametrize("options", [PLAIN, ExactOptions()])
def test_ids_follow_from_the_lines(options: ExactOptions) -> None:
    readings = [reading_of(path, text) for path, text in CASES]
    readings += readings_of_package("email")
    expected = [(reading.path, unit.name) for reading in readings for unit in reading.units]
    assert sorted(outline_ids(write_medium(readings, options).text, block="medium")) == sorted(expected)


def test_real_code_takes_three_times_fewer_tokens_than_its_source() -> None:
    readings = readings_of_package("email")
    assert write_medium(readings).ratio > 3


@given(st.lists(st.sampled_from([*PYTHON.splitlines(keepends=True), "  ", "(", "\t", "x\n"]), max_size=30))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_a_line_shows_bytes_of_its_unit_in_their_order(lines: list[str]) -> None:
    reading = reading_of("a.py", "".join(lines))
    for index, found in enumerate(key_lines(reading)):
        unit = reading.units[index]
        assert all(unit.start <= line.start <= line.end <= unit.end for line in found)
        told = [line.start for line in found if line.text and not line.text.startswith("# ")]
        assert told == sorted(set(told))
