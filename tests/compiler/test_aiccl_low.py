"""The resolution `low`: what a unit does in a line, and the way back from each line to its id."""

from __future__ import annotations

import pytest
from aiccl_readings import PLAIN, reading_of, readings_of_package
from aifirst_compiler.aiccl.exact import ExactOptions
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.low import write_low
from aifirst_compiler.aiccl.low.flow import flows
from aifirst_compiler.aiccl.outline import outline_ids
from hypothesis import given, settings
from hypothesis import strategies as st


def lines_of(path: str, text: str) -> list[str]:
    """The lines of the document's block."""
    ((_, low),) = expand(write_low([reading_of(path, text)], PLAIN).text)
    return low.splitlines()


PYTHON = '''\
"""A shop."""
import os

LOG = os.environ.get("LOG")

class Shop(Base):
    """What sells."""
    # WHY: told
    def __init__(self, path: str = make()) -> None:
        """Opens."""
        super().__init__()
        self.items = []

    @cached(size=2)
    async def sell(self, item, *, count=1):
        global TOTAL
        TOTAL += 1
        for one in self.items:
            if one.free(count):
                self.left[one] -= count
                await self.store.write(one)
            elif count > 3:
                raise OutOfStock(item)
            else:
                continue
        try:
            with open(item) as stream:
                yield stream.read()
        except (OSError, ValueError) as error:
            raise
        except KeyError:
            return None
        finally:
            log(item)
        def inner():
            return len(item)
        return [str(x) for x in item if x] if inner() else item.a().b()
'''

CASES = {
    ("a.py", PYTHON): [
        "a.py\tos.environ.get",
        " Shop(Base) :class",
        "  __init__(self,path:str=make())->None\tsuper .__init__ .items=",
        "  sell(self,item,*,count=1) :@cached async"
        "\tglobal TOTAL for .items(if one.free(.left[]= await .store.write!)elif(raise OutOfStock)else(continue))"
        "try(with open!(yield stream.read))except OSError,ValueError(raise)except KeyError(return None)"
        "finally(log)return str inner item.a .b",
        "   inner()\treturn len",
    ],
    ("a.ts", "class A {\n  get(id: string) {\n    if (!id) return null;\n    else this.n = 1\n"
     "    for (const x of this.all()) { try { x.f(() => { g() }) } catch (e) { throw new Error(e) } }\n"
     "    return a ? b(1) : c\n  }\n}\n"): [
        "a.ts",
        " A :class",
        "  get(id:string)\tif(return null)else(.n=)for .all(try(x.f(g))catch(throw Error))return b",
    ],
    ("a.go", "package a\n\nfunc (b *Box) Size(of int) (int, error) {\n\tdefer b.mu.Unlock()\n\tif of > 1 {\n"
     "\t\tb.n = len(x)\n\t\tb.all[of] = 1\n\t\tb.at++\n\t} else {\n\t\tgo run()\n\t}\n\tswitch of {\n\tcase 1:\n"
     "\t\treturn 1, nil\n\t}\n\treturn 0, nil\n}\n"): [
        "a.go",
        " Box.",
        "  Size(of int) (int,error)\tdefer b.mu.Unlock if(b.n= len b.all[]= b.at=)else(go run)switch case return return",
    ],
    ("A.java", "class A {\n  int f(int n) throws E {\n    try { this.n = g(n); } catch (IOException e) "
     "{ throw new E(e); }\n    return n;\n  }\n}\n"): [
        "A.java",
        " A :class",
        "  f(int n) throws E :int\ttry(.n= g)catch IOException(throw E)return n",
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[path for path, _ in CASES])
def test_a_line_says_what_its_unit_does(case: tuple[str, str]) -> None:
    assert lines_of(*case) == CASES[case]


def test_a_block_that_begins_with_a_unit_is_its_holders() -> None:
    text = "if a():\n    # why\n    def f(): g()\n    h()\n"
    assert lines_of("a.py", text) == ["a.py\tif a(h)", " f()\tg"]


def test_comments_above_the_first_unit_of_a_class_are_no_part_of_its_signature() -> None:
    assert lines_of("a.py", "class A(B):\n    # why\n    def f(self): ...\n") == [
        "a.py",
        " A(B) :class",
        "  f(self)",
    ]


@pytest.mark.parametrize("options", [PLAIN, ExactOptions(), ExactOptions(max_entries=5, nested=False)])
def test_ids_follow_from_the_lines(options: ExactOptions) -> None:
    readings = [reading_of(path, text) for path, text in CASES]
    readings += readings_of_package("email")
    expected = [(reading.path, unit.name) for reading in readings for unit in reading.units]
    assert sorted(outline_ids(write_low(readings, options).text, block="low")) == sorted(expected)


def test_real_code_takes_over_five_times_fewer_tokens_than_its_source() -> None:
    readings = readings_of_package("asyncio")
    assert write_low(readings).ratio > 5


def test_paths_that_would_be_taken_for_something_else_are_quoted() -> None:
    readings = [reading_of(path, "def f(): g()\n") for path in ("a\tb.py", " c.py", "`d.py")]
    ids = outline_ids(write_low(readings, PLAIN).text, block="low")
    assert [path for path, name in ids if not name] == ["a\tb.py", " c.py", "`d.py"]


@given(st.lists(st.sampled_from([*PYTHON.splitlines(keepends=True), "  ", "(", "\t", "x\n"]), max_size=30))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_every_block_that_opens_in_a_flow_ends_in_it(lines: list[str]) -> None:
    for flow in flows(reading_of("a.py", "".join(lines))):
        depth = 0
        for sign in flow:
            depth += (sign == "(") - (sign == ")")
            assert depth >= 0
        assert depth == 0
