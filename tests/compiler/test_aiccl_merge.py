"""Merging: what was edited in a document goes back into the source, or is a conflict that says why."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact import ExactOptions
from aifirst_compiler.aiccl.exact.options import AicclDocument
from aifirst_compiler.aiccl.low import write_low
from aifirst_compiler.aiccl.medium import write_medium
from aifirst_compiler.aiccl.merge import MergeResult, merge_document
from aifirst_compiler.aiccl.merge.merge_document import unit_digests
from aifirst_compiler.aiccl.outline import write_outline
from aifirst_compiler.edits import apply_edits
from hypothesis import given, settings
from hypothesis import strategies as st

ASYNCIO = Path(sysconfig.get_paths()["stdlib"]) / "asyncio"
PLAIN = ExactOptions(max_entries=0)
Writer = Callable[[Sequence[Reading], ExactOptions], AicclDocument]
WRITERS: dict[str, Writer] = {"low": write_low, "medium": write_medium, "outline": write_outline}


def document_of(resolution: str, path: str, text: str) -> str:
    source = decode_source(path, text.encode())
    language = language_of(path, source.data)
    assert language is not None
    return WRITERS[resolution]([read(source, language, get_counter())], PLAIN).text


def merged(resolution: str, path: str, text: str, edits: dict[str, str]) -> tuple[str, str, MergeResult]:
    """The source after the merge of a document in which some texts were replaced, that document, and the result."""
    before = after = document_of(resolution, path, text)
    for old, new in edits.items():
        assert after.count(old) == 1, (old, after)
        after = after.replace(old, new)
    result = merge_document(before, after, {path: text})
    return apply_edits(text.encode(), result.edits.get(path, [])).decode(), after, result


PYTHON = '''\
"""A shop."""
import os


class Shop(Base):
    # WHY: told
    def __init__(self, path: str = make()) -> None:
        """Open."""
        super().__init__()
        self.items = []

    @cached(size=2)
    async def sell(
        self,
        item,  # what
        *,
        count=1,
    ):
        if count > 3:
            raise OutOfStock(item)
        return self.items

    def only(self):
        return len(self.items)


class Empty:
    def only(self):
        return 1
'''
SCRIPT = """\
export class A extends B {
  // why
  async get(id: string, /* c */ n?: number): Promise<T> {
    return this.load(id);
  }

  set(v) {
    this.v = make(v);
  }
}

export function top(a: number) {
  return top(a - 1);
}
"""
GO = """\
package a

type Box struct {
\tw int
}

// Size says.
func (b *Box) Size(of, by int) (int, error) {
\treturn len(of), nil
}

func New() *Box {
\treturn make(Box)
}
"""
JAVA = """\
class A {
    /** Doc. */
    int f(int n) throws E {
        return g(n);
    }

    void h() {
        g(1);
    }
}
"""

EDITS = {
    "parameters": ("low", "a.py", PYTHON, {"item,*,count=1": "item,extra:int=3,*,count=2"},
                   {"        item,  # what\n": "        item, extra: int = 3,  # what\n", "count=1,": "count=2,"}),
    "result": ("low", "a.py", PYTHON, {"  only(self)\treturn len .items": "  only(self)->int\treturn len .items"},
               {"only(self):\n        return len": "only(self) -> int:\n        return len"}),
    "name": ("low", "a.py", PYTHON, {"  __init__(": "  start("}, {"def __init__(": "def start("}),
    "holder's name": ("outline", "a.py", PYTHON,

                      {" Empty :class": " Full(A) :class"}, {"class Empty:": "class Full(A):"}),
    "decorator": ("low", "a.py", PYTHON, {":@cached async": ":@cached @other async"},
                  {"@cached(size=2)\n": "@cached(size=2)\n    @other\n"}),
    "removed": ("low", "a.py", PYTHON, {"  only(self)\treturn len .items\n": ""},
                {"    def only(self):\n        return len(self.items)\n\n\n": ""}),
    "the only one removed": ("low", "a.py", PYTHON, {"  only(self)\treturn 1\n": ""},
                             {"    def only(self):\n        return 1\n": "    pass\n"}),
    "added": ("low", "a.py", PYTHON, {"  only(self)\treturn len .items\n": "  only(self)\treturn len .items\n"
               "  more(a,b:int=1) :@x async\n"},
              {"len(self.items)\n": "len(self.items)\n\n    @x\n    async def more(a, b: int = 1):\n        ...\n"}),
    "class added": ("low", "a.py", PYTHON, {" Shop(Base)": " New(A,B) :class\n  f(self)\n Shop(Base)"},
                    {"class Shop": "class New(A, B):\n    def f(self):\n        ...\n\n\nclass Shop"}),
    "documentation": ("medium", "a.py", PYTHON, {"# Open.": "# Open the shop."}, {"Open.": "Open the shop."}),
    "key line": ("medium", "a.py", PYTHON, {"OutOfStock(item)": "OutOfStock(item,count)"},
                 {"OutOfStock(item)": "OutOfStock(item, count)"}),
    "key line more": ("medium", "a.py", PYTHON, {"\treturn self.items\n": "\tself.log(item)\n\treturn self.items\n"},
                      {"        return self.items\n": "        self.log(item)\n        return self.items\n"}),
    "key line less": ("medium", "a.py", PYTHON, {"\tsuper().__init__()\n": ""}, {"        super().__init__()\n": ""}),
    "with body": ("medium", "a.py", PYTHON,
                  {" Empty :class": " f(a)\n\t# Do.\n\tif a\n\t\treturn g(a)\n Empty :class"},
                  {"class Empty": 'def f(a):\n    """Do."""\n    if a:\n        return g(a)\n\n\nclass Empty'}),
    "script": ("low", "a.ts", SCRIPT, {"n?:number)": "n?:number,more:T[]=[])", " top(": " top2(",
                "= make\n": "= make\n  f(a:T):U :async\n"},

               {"n?: number)": "n?: number, more: T[]=[])", "function top": "function top2",
                "make(v);\n  }\n": "make(v);\n  }\n\n  async f(a:T):U {\n  }\n"}),
    "script line": ("medium", "a.ts", SCRIPT, {"\tthis.v=make(v)": "\tthis.check(v)\n\tthis.v=make(v)"},
                    {"    this.v": "    this.check(v);\n    this.v"}),
    "Go": ("low", "a.go", GO, {"Size(of,by int) (int,error)": "Size(of,by int,n string) (int,error)",
                             " New() *Box\treturn make\n": ""},
           {"by int)": "by int, n string)", "\nfunc New() *Box {\n\treturn make(Box)\n}\n": ""}),
    "Go added": ("low", "a.go", GO, {"return len\n": "return len\n  More(a int) error\n"},
                 {"nil\n}\n": "nil\n}\n\nfunc (x *Box) More(a int) error {\n}\n"}),
    "Java": ("low", "A.java", JAVA, {"throws E :int": "throws E,F :int",
                                 "h() :void\tg\n": "h() :void\tg\n  k(int a) :static int\n"},
             {"throws E": "throws E, F", "g(1);\n    }\n": "g(1);\n    }\n\n    static int k(int a) {\n    }\n"}),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_goes_into_the_source_and_nothing_else_changes(case: str) -> None:
    resolution, path, text, edits, wanted = EDITS[case]
    made, after, result = merged(resolution, path, text, edits)
    for old, new in wanted.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assert made == text
    assert result.conflicts == []
    assert len(result.merged) >= 1
    assert document_of(resolution, path, made) == after


@pytest.mark.parametrize("resolution", WRITERS)
def test_without_an_edit_nothing_changes(resolution: str) -> None:
    for path in sorted(ASYNCIO.glob("*.py"))[:4]:
        text = path.read_text(encoding="utf-8")
        document = document_of(resolution, path.name, text)
        assert merge_document(document, document, {path.name: text}) == MergeResult({}, [], [])
        assert merge_document(document, document, {path.name: "x = 1\n"}) == MergeResult({}, [], [])


TEXT = (ASYNCIO / "queues.py").read_text(encoding="utf-8")
LOW = document_of("low", "queues.py", TEXT)
FUNCTIONS = [line for line in LOW.splitlines() if "(self" in line]


@given(
    st.sets(st.sampled_from(FUNCTIONS), min_size=1, max_size=4),
    st.sampled_from(["name", "parameter", "result", "gone"]),
)
@settings(max_examples=25, derandomize=True, deadline=None)
def test_the_source_of_an_edited_document_writes_that_document(lines: set[str], kind: str) -> None:
    after = LOW
    for line in lines:
        if LOW.count(f"{line}\n") != 1:
            continue
        name = line.split("(")[0]
        new = {
            "name": f"{name}_x{line[len(name) :]}\n",
            "parameter": line.replace("(self", "(self,more:int=1") + "\n",
            "result": line.replace(")", ")->T", 1) + "\n"
            if "\t" in line and ")->" not in line
            else f"{line}\n",
            "gone": "",
        }[kind]
        after = after.replace(f"{line}\n", new)
    result = merge_document(LOW, after, {"queues.py": TEXT})
    made = apply_edits(TEXT.encode(), result.edits.get("queues.py", [])).decode()
    assert result.conflicts == []
    assert document_of("low", "queues.py", made) == after


GUARDED = """\
def load(path, limit=2):
    return open(path).read(limit)


class Kept:
    def told(self, x: int) -> str:
        return str(x)
"""


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ({" load(path,limit=2)": " Kept(path,limit=2)"}, "the source has another unit of this name"),
        ({" Kept :class": " Kept(a)\n Kept :class"}, "the source has another unit of this name"),
        ({" Kept :class": "import os\n Kept :class"}, "below a line of the document that names no file"),
        ({"(path,limit=2)": "(path,path,limit=2)"}, "cannot be made exactly"),
    ],
)
def test_a_slip_in_a_document_costs_no_code(edits: dict[str, str], reason: str) -> None:
    source, _, result = merged("medium", "shop.py", GUARDED, edits)
    assert source == GUARDED
    assert any(reason in conflict.reason for conflict in result.conflicts), result.conflicts


def test_what_cannot_be_decided_is_a_conflict_with_both_sides() -> None:
    made, _, result = merged("low", "a.py", PYTHON, {"return len": "return max", "count=1": "count=5"})
    assert "count=5" in made
    (conflict,) = result.conflicts
    assert (conflict.kind, conflict.path, conflict.name) == ("changed", "a.py", "Shop.only")
    assert (conflict.before, conflict.after) == (
        "only(self)\treturn len .items",
        "only(self)\treturn max .items",
    )


SESSION = '''\
def wanted(name, default=True):
    """Whether a thing that has a name is wanted, by what the environment of the process says of it."""
    value = os.environ.get(name)
    if not value:
        return default

    # WHY: told
    return value.lower() in ("0", "no")


def fall(code, *args):
    if (ctx := current()) is not None:
        ctx.app.fall(code, *args)

    stop(code)
    try:
        again(code)
    except OSError:
        stop(1)


def send(self, name: str) -> Response:
    if not self.has(name):
        raise LookupError(name)
    return self.sent(name)


def other(self, key):
    return self.all[key]
'''


@pytest.mark.parametrize(
    ("edits", "wanted"),
    [
        ({'\t\treturn default\n': '\t\treturn default\n\telif value=="1"\n\t\treturn True\n', '"no")': '"no","off")'},
         {"    return value": '    elif value=="1":\n        return True\n    return value', '"no")': '"no", "off")'}),
        ({"\tif (ctx:=current()) is not None\n\t\tctx.app.fall(code,*args)\n": ""},
         {"    if (ctx := current()) is not None:\n        ctx.app.fall(code, *args)\n": ""}),
        ({"except OSError": "except (OSError,ValueError)"}, {"except OSError": "except (OSError, ValueError)"}),
        ({"other(self,key)": "other(self,key:dict[str,t.Any] | None=None)"},
         {"other(self, key)": "other(self, key: dict[str, t.Any] | None = None)"}),
    ],
)  # fmt: skip
def test_lines_are_edited_as_people_do(edits: dict[str, str], wanted: dict[str, str]) -> None:
    made, after, result = merged("medium", "a.py", SESSION, edits)
    assert result.conflicts == []
    text = SESSION
    for old, new in wanted.items():
        text = text.replace(old, new)
    assert made == text
    assert document_of("medium", "a.py", made) == after


def test_of_several_edits_of_a_unit_only_what_cannot_be_made_is_a_conflict() -> None:
    edits = {
        "wanted(name,default=True)": "is_wanted(name,default=False)",
        "\t# Whether a thing that has a name is wanted, by what the envir…": "\t# Whether it is wanted.",
        '"no")': '"no","off")',
        "stop(code)": "stop(code",
        "again(code)": "again(code,1)",
    }
    made, after, result = merged("medium", "a.py", SESSION, edits)
    assert "def is_wanted(name, default=False):" in made
    assert '("0", "no", "off")' in made
    assert "again(code, 1)" in made
    assert "    stop(code)\n" in made
    assert [(one.name, one.reason) for one in result.conflicts] == [
        ("is_wanted", "the line goes on behind … in the source, where nobody saw it"),
        ("fall", "what the body does cannot be made from this edit"),
    ]
    for conflict in result.conflicts:
        assert conflict.before != conflict.after
        assert conflict.after.split("\n", 1)[1] in after


def test_a_unit_that_is_renamed_and_changed_while_others_move_keeps_its_body() -> None:
    before = document_of("low", "a.py", SESSION)
    lines = before.splitlines(keepends=True)
    send, other = (next(line for line in lines if line.startswith(f" {name}(")) for name in ("send", "other"))
    renamed = send.replace("send(self,name:str)", "deliver(self,name:str,now:bool=False)")
    after = before.replace(send + other, other + renamed)
    result = merge_document(before, after, {"a.py": SESSION})
    made = apply_edits(SESSION.encode(), result.edits["a.py"]).decode()
    assert made == SESSION.replace(
        "def send(self, name: str)", "def deliver(self, name: str, now: bool = False)"
    )
    assert [one.reason for one in result.conflicts] == ["the order of units is not merged"]


def test_an_added_unit_whose_body_is_only_told_gets_its_definition_and_a_conflict() -> None:
    made, _, result = merged("low", "a.py", PYTHON, {" Empty :class": " f(a)\tfor(g)\n Empty :class"})
    assert "def f(a):\n    ...\n" in made
    assert [conflict.after for conflict in result.conflicts] == ["f(a)\tfor(g)"]


def test_a_source_that_changed_since_is_a_conflict_only_where_the_same_unit_was_edited() -> None:
    before = document_of("low", "a.py", PYTHON)
    after = before.replace("sell(self,item", "sell(self,thing")
    elsewhere = PYTHON.replace(
        "def only(self):\n        return len", "def only(self, x):\n        return len"
    )
    result = merge_document(before, after, {"a.py": elsewhere})
    assert (len(result.merged), result.conflicts) == (1, [])
    same = PYTHON.replace("count=1", "count=7")
    result = merge_document(before, after, {"a.py": same})
    assert result.edits == {}
    assert "count=7" in result.conflicts[0].current
    body = PYTHON.replace("count > 3", "count > 4")
    assert merge_document(before, after, {"a.py": body}).conflicts == []
    known = unit_digests({"a.py": PYTHON})
    assert len(merge_document(before, after, {"a.py": body}, digests=known).conflicts) == 1
    told = PYTHON.replace("# WHY: told", "# WHY: told again")
    assert merge_document(before, after, {"a.py": told}, digests=known).conflicts == []


def test_a_change_that_the_source_has_already_is_done() -> None:
    before = document_of("low", "a.py", PYTHON)
    changed = PYTHON.replace("count=1", "count=7")
    assert merge_document(before, document_of("low", "a.py", changed), {"a.py": changed}) == MergeResult(
        {}, [], []
    )


def test_a_merge_that_was_made_is_done_when_it_is_asked_for_again() -> None:
    edits = {"sell(self,item": "give(self,thing", " Empty :class": " f(a)\n Empty :class"}
    made, after, _ = merged("low", "a.py", PYTHON, edits)
    assert merge_document(document_of("low", "a.py", PYTHON), after, {"a.py": made}) == MergeResult(
        {}, [], []
    )


def test_files_and_order_are_not_merged_but_not_lost() -> None:
    before = document_of("low", "a.py", "def f(): g()\n\n\ndef h(): g()\n")
    moved = before.replace(" f()\tg\n h()\tg\n", " h()\tg\n f()\tg\n")
    (conflict,) = merge_document(before, moved, {"a.py": "def f(): g()\n\n\ndef h(): g()\n"}).conflicts
    assert conflict.kind == "moved"
    added = before.replace("</comp:code>", "b.py\n k()\n</comp:code>")
    (conflict,) = merge_document(before, added, {"a.py": ""}).conflicts
    assert (conflict.kind, conflict.path) == ("added", "b.py")


def test_documents_of_other_resolutions_are_refused_with_the_next_step() -> None:
    with pytest.raises(AicclError) as error:
        merge_document('<comp:code id="a.py">\n</comp:code>\n', "", {})
    assert error.value.next_step
    with pytest.raises(AicclError):
        merge_document(document_of("low", "a.py", PYTHON), document_of("medium", "a.py", PYTHON), {})


PIECES = [
    "def f(a):\n", "class A:\n", "  def g(self): pass\n", "function f(a, b) { return g(a) }\n", "class A { get(a) {} }\n",
    "a b,\n c > d { e: f }\n", "func (a *B) C() { g() }\n", "fn f<'a>(x: &'a str) -> u8 { g() }\n",
    "impl A { fn g() {} }\n", "A['x y'] = function () {}\n", "(", "}\n", "`", "\n", "\t", "\r\n",
]  # fmt: skip
LINES = [" new(a)\n", "  deep(b) :class\n", " q(a)\treturn f\n", "\tx=g(1)\n", " f(a)\n", "  g(self)\n"]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.sampled_from(
        ["x.py", "x.js", "x.css", "x.go", "x.rs", "x.rb", "x.sql", "x.sh", "x.java", "x.kt", " x.py"]
    ),
    st.lists(st.sampled_from(PIECES), max_size=8),
    st.sampled_from(["low", "medium", "outline"]),
    st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["", *LINES])), max_size=3),
)
def test_whatever_is_edited_is_made_exactly_or_told(
    path: str, pieces: list[str], resolution: str, edits: list[tuple[int, str]]
) -> None:
    text = "".join(pieces)
    before = document_of(resolution, path, text)
    assert merge_document(before, before, {path: text}) == MergeResult({}, [], [])
    lines = before.splitlines(keepends=True)
    for place, line in edits:
        at = max(2, min(place, len(lines) - 1))
        lines[at : at + (not line and at < len(lines) - 1)] = [line] if line else []
    after = "".join(lines)
    try:
        result = merge_document(before, after, {path: text})
    except AicclError:  # the edits left no document
        return
    made = apply_edits(text.encode(), result.edits.get(path, [])).decode()
    if not result.conflicts and result.edits:
        assert document_of(resolution, path, made) == after
    if not result.merged:
        assert made == text
