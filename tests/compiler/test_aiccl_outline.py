"""The resolution `outline`: a line a unit, and the way back from each line to its id."""

from __future__ import annotations

import pytest
from aiccl_readings import PLAIN, STDLIB, reading_of, readings_of_package
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact import ExactOptions
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.outline import outline_ids, write_outline
from hypothesis import given, settings
from hypothesis import strategies as st


def lines_of(path: str, text: str) -> list[str]:
    """The lines below the file's own."""
    ((_, outline),) = expand(write_outline([reading_of(path, text)], PLAIN).text)
    first, *lines = outline.splitlines()
    assert first == path
    return lines


PYTHON = '''\
import os

@dataclass(frozen=True)
class Point(Base, metaclass=Meta):
    """A point."""

    x: int = 0

    @property
    async def norm(self, scale: float = 1.0,  # how much
                   *, sep: str = ", ") -> float:
        def inner(a, b):
            return a
        return inner(self.x, scale)


def free():
    pass


def free(a):
    pass
'''

CASES = {
    ("a.py", PYTHON): [
        " Point(Base,metaclass=Meta) :@dataclass class",
        '  norm(self,scale:float=1.0,*,sep:str=", ")->float :@property async',
        "   inner(a,b)",
        " free()",
        " free#2(a)",
    ],
    ("a.ts", "export class Service {\n  async get<T>(id: string, /* why */ n?: number): Promise<T> { return 1 }\n}\n"
     "export const add = (a: number, b: number): number => a + b\nfunction over(\n  one: string,\n): number\n"
     "function over(one: unknown) {\n}\n"): [
        " Service :class",
        "  get<T>(id:string,n?:number):Promise<T> :async",
        " add=(a:number,b:number):number",
        " over(one:string):number",
        " over#2(one:unknown)",
    ],
    ("a.go", "package a\n\ntype Box struct {\n\tw int\n}\n\n"
     "func (b *Box) Size(of, by int) (int, error) {\n\treturn 1, nil\n}\n"
     "func (c Crate) Open() {}\n"): [
        " Box struct",
        "  Size(of,by int) (int,error)",
        " Crate.",
        "  Open()",
    ],
    ("A.java", "public final class A extends B {\n  @Override\n"
     "  public static <T> List<T> all(int n, T t) throws E { return null; }\n"
     "  abstract void none();\n}\n"): [
        " A extends B :class",
        "  all(int n,T t) throws E :static <T> List<T>",
        "  none() :abstract void",
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[path for path, _ in CASES])
def test_a_line_is_a_signature_where_its_unit_is_held(case: tuple[str, str]) -> None:
    assert lines_of(*case) == CASES[case]


@pytest.mark.parametrize("options", [PLAIN, ExactOptions(), ExactOptions(max_entries=5, nested=False)])
def test_ids_follow_from_the_lines(options: ExactOptions) -> None:
    readings = [reading_of(path, text) for path, text in CASES]
    readings += [
        reading_of(f"email/{path.name}", path.read_text(encoding="utf-8"))
        for path in (STDLIB / "email").glob("*.py")
    ]
    document = write_outline(readings, options)
    written = [(reading.path, unit.name) for reading in readings for unit in reading.units]
    assert sorted(outline_ids(document.text)) == sorted(written)
    assert document.tokens == get_counter().count(document.text)
    assert document.source_tokens == sum(reading.tokens for reading in readings)


PATHS = ["x.py", "x.js", "x.md", "x.css", "x.go", "x.rs", "x.rb", "x.sql", "x.html", "x.sh", " x.py", "`x.py"]
PIECES = [
    "def f(a):\n",
    "class A:\n",
    "  def g(self): pass\n",
    "function f(a, b) { return 1 }\n",
    "class A { get(a) {} }\n",
    "module.exports.a.b = function (x) {}\n",
    "# Title 1.2 `x`\n",
    "# Title\n",
    "a b,\n c > d { e: f }\n",
    "func (a *B) C() {}\n",
    "fn f<'a>(x: &'a str) -> u8 { 1 }\n",
    "impl A { fn g() {} }\n",
    "A['x y'] = function () {}\n",
    "A['x\\ny\u2028'] = function () {}\n",
    "(",
    "}\n",
    "`",
    "\n",
]


@settings(derandomize=True, max_examples=120, deadline=None)
@given(st.sampled_from(PATHS), st.lists(st.sampled_from(PIECES), max_size=8))
def test_any_text_in_any_language_has_an_outline_with_its_ids(path: str, pieces: list[str]) -> None:
    reading = reading_of(path, "".join(pieces))
    found = outline_ids(write_outline([reading]).text)
    assert sorted(found) == sorted((path, unit.name) for unit in reading.units)


def test_a_package_has_an_outline_of_a_fourteenth() -> None:
    readings = readings_of_package("asyncio")
    assert write_outline(readings).ratio > 14


def test_a_document_without_an_outline_is_an_error_with_a_next_step() -> None:
    with pytest.raises(AicclError) as error:
        outline_ids('<comp:code id="a.py">\n</comp:code>\n')
    assert error.value.next_step
