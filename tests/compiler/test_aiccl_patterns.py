"""Patterns: found by structure, named by what they are, of one id while code changes, used where that saves tokens."""

from __future__ import annotations

import msgspec
import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact import ExactOptions, write
from aifirst_compiler.aiccl.exact.list_patterns import list_patterns
from aifirst_compiler.aiccl.exact.use_patterns import units_of
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.notation import parse
from aifirst_compiler.aiccl.patterns import Pattern, UnitText, find_patterns
from hypothesis import given, settings
from hypothesis import strategies as st

COUNT = get_counter().count
KEEP = ExactOptions(glue="keep")
NAMES = (
    "order",
    "parcel",
    "invoice",
    "customer",
    "refund",
    "voucher",
    "basket",
    "shipment",
    "address",
    "review",
)
LOADER = """\
def load_{0}(db, key):
    {0} = db.{0}.get(key)
    if {0} is None:
        raise LookupError({0})
    {0}.seen = {0}.seen + key
    log({0}, db.{0}, {0}.seen)
    return {0}


"""


def found(*texts: str, suffix: str = ".py") -> list[Pattern]:
    """The patterns of files with these texts."""
    return find_patterns(units_of([(f"f{index}{suffix}", text) for index, text in enumerate(texts)]))


def loaders(names: tuple[str, ...] = NAMES) -> str:
    """A file of functions that are alike but for a name."""
    return "".join(map(LOADER.format, names))


def test_units_that_differ_in_a_value_are_one_pattern_with_one_hole_for_it() -> None:
    (pattern,) = found(loaders())
    assert (pattern.name, pattern.holes, len(pattern.instances)) == ("read", 1, len(NAMES))
    assert [instance.values for instance in pattern.instances] == [(name,) for name in NAMES]
    assert pattern.template[:4] == ("def load_", 0, "(db, key):\n    ", 0)


def test_units_that_differ_in_brackets_are_one_pattern() -> None:
    (pattern,) = found(
        "def a(x):\n    self.log.tell('sent')\n    return self.queue.send(x, 1)[0]\n",
        "def b(y, z=2):\n    self.log.tell('sent')\n    return self.queue.send(y, z + 1, 2)[0]\n",
    )
    told = ":\n    self.log.tell('sent')\n    return self.queue.send"
    assert pattern.template == ("def ", 0, told, 1, "[0]")
    assert pattern.instances[1].values == ("b(y, z=2)", "(y, z + 1, 2)")


def test_what_is_alike_in_too_little_is_no_pattern() -> None:
    assert not found("def a(b):\n    c.d(e.f, g.h(i))\n", "def j(k):\n    l.m(n.o, p.q(r))\n")
    assert not found("def a(b):\n    return b.c(b, b)\n")


value = st.text("ab_(['\" é词", max_size=4) | st.sampled_from(["(a)", "[b, c]", "f(1)", "'x'", "(", "]"])


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.tuples(value, value, value, value), min_size=2, max_size=5))
def test_a_pattern_filled_with_the_values_of_a_unit_is_that_unit(values: list[tuple[str, ...]]) -> None:
    texts = [f"function {a} (one, two) {{ return {b} + one.two.three({c}); }} {d}" for a, b, c, d in values]
    units = [UnitText(index, f"u{index}", False, 0, text) for index, text in enumerate(texts)]
    for pattern in find_patterns(units):
        for instance in pattern.instances:
            assert pattern.filled(instance.values) == texts[instance.file]


def test_a_pattern_keeps_its_id_and_its_symbol_when_units_come_and_go() -> None:
    (before,) = found(loaders())
    (after,) = found("import x\n" + loaders((*NAMES[1:], "lesson")), "def other():\n    return 1\n")
    assert before.id == after.id
    symbols = {
        parse(write([("a.py", loaders(names))], KEEP).text).maps[-1].entries[0].symbol
        for names in (NAMES, NAMES[1:], (*NAMES, "lesson"))
    }
    assert len(symbols) == 1


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("def create_{0}(db, row):\n    return db.{0}.insert(row, {0})\n", "create"),
        ("def fetch_{0}(db, row):\n    return db.{0}.find(row, {0})\n", "read"),
        ("def update_{0}(db, row):\n    return db.{0}.put(row, {0})\n", "update"),
        ("def remove_{0}(db, row):\n    return db.{0}.drop(row, {0})\n", "delete"),
        ("@app.route('/{0}')\ndef {0}(request, db):\n    return render(db.{0}, request)\n", "endpoint"),
        ("def {0}(value):\n    if value.{0} < 0:\n        raise ValueError(value)\n", "validation"),
        ("def notify_{0}(self, event):\n    for each in self.{0}:\n        each(event)\n", "observer"),
        ("def make_{0}(self, name):\n    return {0}(self.store, name)\n", "factory"),
        ("def {0}(self, name, size):\n    return self.inner.{0}(name, size)\n", "delegate"),
        ("class {0}Error(Exception):\n    def __init__(self, a):\n        self.{0} = a\n", "error"),
        ("class {0}Repository:\n    def find(self, key):\n        return self.{0}[key]\n", "repository"),
        ("def {0}(a, b, c):\n    while a.{0}:\n        b += c\n    print(a)\n", "pattern"),
    ],
)
def test_a_pattern_is_named_by_what_its_units_are(code: str, name: str) -> None:
    text = "".join(code.format(each) + "\n" for each in ("Order", "Parcel", "Invoice"))
    assert name in {pattern.name for pattern in found(text)}


def test_go_and_java_have_patterns_as_well() -> None:
    go = "".join(
        f"func (c *Ctx) Get{kind}(key string) {kind} {{ return typed[{kind}](c, key) }}\n"
        for kind in ("A", "B")
    )
    (pattern,) = found("package a\n" + go, suffix=".go")
    assert (pattern.name, pattern.instances[1].name, pattern.instances[1].values) == (
        "read",
        "Ctx.GetB",
        ("GetB", "B"),
    )


@pytest.mark.parametrize("options", [KEEP, ExactOptions(), ExactOptions(max_entries=6, nested=False)])
def test_a_pattern_is_used_where_it_saves_tokens_and_comes_back(options: ExactOptions) -> None:
    files = [("a.py", loaders()), ("b/c.py", loaders(("né", "词", "b__c", "x1")))]
    document = write(files, options)
    without = write(files, msgspec.structs.replace(options, patterns=False))
    patterns = parse(document.text).maps[-1]
    assert (patterns.name, patterns.holes) == ("patterns", True)
    assert patterns.entries[0].meaning.startswith("read=")
    assert document.tokens < without.tokens
    assert document.tokens == COUNT(document.text)
    assert expand(document.text) == expand(without.text)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "b1", "'x'", "f(x)", "«", "»", "¹", "é", "词 词", "a b", "$"]),
        min_size=8,
        max_size=14,
    )
)
def test_whatever_stands_in_the_holes_comes_back(values: list[str]) -> None:
    body = "function f{1}(a) {{ a.b({0}); c({0}); d(a, {0}, {0}); e[{0}] = {0}; return [{0}, g({0}), {0}] }}"
    text = "\n".join(body.format(value, index) for index, value in enumerate(values))
    files = [("a.js", text)]
    assert expand(write(files, KEEP).text) == files


MAP = "<comp:map:patterns holes>\n词get=[¹-²-¹]\n</comp:map:patterns>\n"


def test_values_are_words_symbols_or_text_in_marks() -> None:
    head = "<comp:map exact>\n语a语b\n文x y\n</comp:map>" + MAP
    source = head + "<comp:file f>\n词a b c词文文词«1 (»$词a  b"
    with pytest.raises(AicclError, match="takes 2 values"):
        expand(source)
    assert expand(source.replace("词a  b", "词a文 b")) == [
        ("f", "[a-b-a]c[x y-x y-x y][1 (-$-1 (][a-x y-a] b")
    ]


def test_templates_of_templates_end() -> None:
    bomb = MAP.replace("[¹-²-¹]", "¹" * 4000) + "<comp:file f>\n" + f"词«{'x' * 4000}»" * 4000
    with pytest.raises(AicclError, match="more than is allowed"):
        expand(bomb)
    with pytest.raises(AicclError, match="no name"):
        expand(MAP.replace("get=", "") + "<comp:file f>\n")


def test_patterns_are_listed_with_the_lines_of_the_source() -> None:
    files = [("a.py", '"""What it is."""\n\n\n' + loaders(NAMES[:2])), ("b.py", loaders(NAMES[2:3]))]
    (pattern,) = list_patterns(files, ExactOptions())
    assert [(place.path, place.line, place.unit) for place in pattern.places] == [
        ("a.py", 4, "load_order"),
        ("a.py", 13, "load_parcel"),
        ("b.py", 1, "load_invoice"),
    ]
    assert pattern.template.startswith("def load_¹(db,key):")
