"""`aifirst compress` and `aifirst expand` as a person and a program use them."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable

import pytest
from command_run import Aifirst, Write

STEP = '''

def step_{n}(value, limit):
    """Check {n}."""
    # WHY: told
    if value is None or value > limit:
        raise ValueError(f"the value {{value}} is over the limit {{limit}} of step {n}")
    return {{"value": value, "limit": limit, "step": {n}}}
'''
TEXT = '"""Steps."""\n' + "".join(STEP.format(n=n) for n in range(30))


@pytest.fixture
def project(write: Write) -> None:
    """Two files in which much repeats."""
    write("aifirst.toml", "")
    write("shop/steps.py", TEXT)
    write("shop/use.py", "from shop.steps import step_1\n\n\ndef use(value):\n    return step_1(value, 3)\n")


@pytest.mark.usefixtures("project")
def test_files_come_back_without_their_glue_and_cost_less(aifirst: Aifirst) -> None:
    ran = aifirst("compress", "shop", "-o", "shop.aiccl")
    assert ran.code == 0
    assert "2 files" in ran.err
    assert "of them the map of" in ran.err
    back = aifirst("expand", "shop.aiccl", "-o", "back")
    assert (back.code, back.out) == (0, "2 files written to back\n")
    tree = ast.parse(TEXT)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node):
            del node.body[0]
    assert ast.dump(ast.parse((aifirst.folder / "back/shop/steps.py").read_text())) == ast.dump(tree)
    told = json.loads(aifirst("compress", "shop", "-f", "json").out)
    assert told["version"] == 1
    assert told["map_tokens"] + told["code_tokens"] < told["source_tokens"] / 2
    assert told["ratio"] == pytest.approx(
        told["source_tokens"] / (told["map_tokens"] + told["code_tokens"]), abs=0.001
    )


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("options", [(), ("-r", "low"), ("--patterns",)])
def test_code_is_never_replaced_by_the_document_of_it(aifirst: Aifirst, options: tuple[str, ...]) -> None:
    ran = aifirst("compress", "shop", "-o", "shop/steps.py", *options)
    assert ran.code == 2
    assert "shop/steps.py is code, which the document would replace. Give another place with -o." in ran.err
    assert (aifirst.folder / "shop/steps.py").read_text() == TEXT
    assert aifirst("compress", "shop", "-o", "shop/notes.md", *options).code == 0
    assert aifirst("compress", "shop", "-o", "shop/notes.md", *options).code == 0


@pytest.mark.usefixtures("project")
def test_a_document_that_was_cut_short_is_told(aifirst: Aifirst, write: Write) -> None:
    aifirst("compress", "shop", "-o", "shop.aiccl")
    whole = (aifirst.folder / "shop.aiccl").read_text()
    assert aifirst("expand", "shop.aiccl").err == ""
    kept = whole.rstrip().removesuffix("```").rstrip()
    write("odd.aiccl", f"{kept}\ndef all_ones(a:list)->None:a[:]=[1]\n")
    odd = aifirst("expand", "odd.aiccl")
    assert ("a[:]=[1]" in odd.out, odd.err) == (True, "")
    write("cut.aiccl", whole[: whole.rindex("(") + 1])
    ran = aifirst("expand", "cut.aiccl", "-o", "back")
    assert ran.code == 0
    assert "shop/use.py, the last file, does not parse: see whether the document was cut short" in ran.err


@pytest.mark.usefixtures("project")
def test_patterns_are_listed_with_their_places(aifirst: Aifirst) -> None:
    ran = aifirst("compress", "shop", "--patterns")
    assert ran.code == 0
    assert ran.out.startswith("1 pattern, 30 units that are instances of one\n\npattern-")
    assert "  def step_¹(value,limit):" in ran.out
    assert "  shop/steps.py:4 step_0\n" in ran.out
    assert ran.out.endswith("  and 27 more\n")
    (told,) = json.loads(aifirst("compress", "shop", "--patterns", "-f", "json").out)["patterns"]
    assert told["places"][3] == {"path": "shop/steps.py", "line": 28, "unit": "step_3", "values": ["3"]}
    assert aifirst("compress", "--patterns", "-r", "low").code == 2


@pytest.mark.usefixtures("project")
def test_every_character_comes_back_where_glue_is_kept(aifirst: Aifirst) -> None:
    document = aifirst("compress", "shop/steps.py", "--glue", "keep").raw
    ran = aifirst("expand", "-", stdin=document)
    assert (ran.code, ran.out) == (0, TEXT)


@pytest.mark.usefixtures("project")
def test_the_map_of_the_project_is_kept_and_means_the_same(aifirst: Aifirst, write: Write) -> None:
    first = aifirst("compress", "shop/use.py", "--project-map").out
    kept = (aifirst.folder / ".aifirst/aiccl.map").read_bytes()
    write("shop/more.py", "X = 1\n")
    assert aifirst("compress", "shop/use.py", "--project-map").out == first
    assert (aifirst.folder / ".aifirst/aiccl.map").read_bytes() == kept
    assert "return step_1(value,3)" in aifirst("expand", "-", stdin=first.encode()).out


@pytest.mark.usefixtures("project")
def test_outlines_and_diagrams_say_less_of_more(aifirst: Aifirst) -> None:
    outline = aifirst("compress", "-r", "outline", "--entries", "0")
    assert outline.code == 0
    assert "step_7(value, limit)" in outline.out or "step_7(value,limit)" in outline.out
    assert "raise" not in outline.out
    meta = aifirst("compress", "-r", "meta")
    assert meta.code == 0
    assert "graph LR" in meta.out
    assert "use.py use" in meta.out
    refused = aifirst("expand", "-", stdin=meta.raw)
    assert refused.code == 2
    assert "no code in it" in refused.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("resolution", ["low", "medium"])
def test_lower_resolutions_cost_less_and_are_no_files(aifirst: Aifirst, resolution: str) -> None:
    told = json.loads(aifirst("compress", "-r", resolution, "-f", "json").out)
    assert told["ratio"] > 3
    ran = aifirst("compress", "-r", resolution, "--entries", "0")
    assert ran.code == 0
    assert "raise ValueError" in ran.out
    refused = aifirst("expand", "-", stdin=ran.raw)
    assert refused.code == 2
    assert f"of the resolution {resolution}" in refused.err


@pytest.mark.usefixtures("project")
def test_what_was_edited_in_a_document_is_made_in_the_files(aifirst: Aifirst, write: Write) -> None:
    before = aifirst("compress", "-r", "low", "--entries", "0").out
    after = before.replace(" step_7(value,limit)", " step_seven(value,limit,more=None)")
    after = after.replace(" use(value)\treturn step_1", " use(value)\treturn step_2")
    assert before != after
    write("before.aiccl", before)
    write("after.aiccl", after)
    shown = aifirst("expand", "after.aiccl", "--merge", "before.aiccl")
    assert shown.code == 1
    assert "+def step_seven(value, limit, more=None):" in shown.out
    assert "conflict: shop/use.py::use changed" in shown.err
    assert (aifirst.folder / "shop/steps.py").read_text() == TEXT
    told = json.loads(aifirst("expand", "after.aiccl", "--merge", "before.aiccl", "-f", "json").out)
    assert (told["version"], told["files"], told["written"]) == (1, ["shop/steps.py"], False)
    assert told["conflicts"][0]["after"] == "use(value)\treturn step_2"
    assert aifirst("expand", "after.aiccl", "--merge", "before.aiccl", "--write").code == 1
    made = TEXT.replace("def step_7(value, limit)", "def step_seven(value, limit, more=None)")
    assert (aifirst.folder / "shop/steps.py").read_text() == made
    same = aifirst("expand", "before.aiccl", "--merge", "before.aiccl")
    assert (same.code, same.out) == (0, "")


@pytest.mark.usefixtures("project")
def test_a_unit_that_changed_where_its_line_did_not_is_a_conflict(aifirst: Aifirst, write: Write) -> None:
    ran = aifirst("compress", "-r", "low", "--entries", "0", "-o", "plain.aiccl")
    assert (ran.code, ran.err.endswith("x fewer), without a map\n")) == (0, True)
    plain = (aifirst.folder / "plain.aiccl").read_text(encoding="utf-8")
    after = plain.replace(" step_7(value,limit)", " step_7(value,limit,more=None)")
    after = after.replace(" step_8(value,limit)", " step_8(value,limit,more=None)")
    write("after.aiccl", after)
    write("shop/steps.py", TEXT.replace("limit {limit} of step 7", "bound {limit} of step 7"))
    told = json.loads(aifirst("expand", "after.aiccl", "--merge", "plain.aiccl", "-f", "json").out)
    assert [change["name"] for change in told["merged"]] == ["step_8"]
    assert [change["name"] for change in told["conflicts"]] == ["step_7"]
    assert "changed since" in told["conflicts"][0]["reason"]
    for kept in (aifirst.folder / ".aifirst/documents").glob("*.json"):
        kept.write_text("{")  # damaged: lines are compared
    told = json.loads(aifirst("expand", "after.aiccl", "--merge", "plain.aiccl", "-f", "json").out)
    assert told["conflicts"] == []


@pytest.mark.usefixtures("project")
def test_a_diff_shows_what_changed_in_full(aifirst: Aifirst, write: Write, git: Callable[..., str]) -> None:
    git("add", ".")
    git("commit", "-qm", "first")
    assert "nothing changed" in aifirst("compress", "--diff", "HEAD").err
    write("shop/steps.py", TEXT.replace('of step 7")', 'of the seventh step")'))
    write("shop/new.py", "def new(a):\n    return a\n")
    ran = aifirst("compress", "--diff", "HEAD", "--entries", "0")
    assert ran.code == 0
    assert ran.out.startswith("+shop/new.py +new\nshop/steps.py ~step_7\n")
    assert "of the seventh step" in ran.out
    assert "of step 8" not in ran.out
    assert "steps.py" not in aifirst("compress", "shop/new.py", "--diff", "HEAD").out
    assert aifirst("compress", "--diff", "HEAD", "-r", "medium").code == 0


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "stdin", "why"),
    [
        (["compress", "nowhere"], b"", "does not exist"),
        (["compress", "-r", "meta", "--glue", "keep"], b"", "are for --resolution exact"),
        (["compress", "/"], b"", "lies outside"),
        (["compress", "-r", "low", "--diff", "HEAD"], b"", "--resolution exact or medium"),
        (["compress", "--diff", "HEAD", "--project-map"], b"", "of whole files"),
        (["compress", "--diff", "HEAD"], b"", "in no git repository"),
        (["expand", "nowhere.aiccl"], b"", "cannot be read"),
        (["expand", "-", "--write"], b"", "--write is for --merge"),
        (["expand", "-", "--merge", "a", "-o", "out"], b"", "leave --output"),
        (["expand", "-", "--merge", "nowhere.aiccl"], b"", "cannot be read"),
        (["expand", "-"], b"\xff\xfe", "is not UTF-8"),
        (["expand", "-"], b'<comp:code id="a">x', ""),
        (["expand", "-", "-o", "out"], b'<comp:code id="../a.py">\nx\n</comp:code>\n', ""),
        (["expand", "-", "--map", "no.map"], b"", "is not there"),
    ],
)
def test_wrong_use_is_told_with_the_next_step(
    aifirst: Aifirst, arguments: list[str], stdin: bytes, why: str
) -> None:
    if arguments == ["compress", "/"]:
        arguments = ["compress", "shop", str(aifirst.folder.parent)]
    ran = aifirst(*arguments, stdin=stdin)
    assert ran.code == 2
    assert ran.err.strip()
    assert why in ran.err


@pytest.mark.usefixtures("project")
def test_files_that_are_there_stay(aifirst: Aifirst) -> None:
    document = aifirst("compress", "shop/use.py").raw
    ran = aifirst("expand", "-", "-o", ".", stdin=document)
    assert ran.code == 2
    assert "is there" in ran.err
    assert aifirst("expand", "-", "-o", ".", "--overwrite", stdin=document).code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no files of these names")
def test_a_name_that_no_document_brings_back_is_left_out(aifirst: Aifirst, write: Write) -> None:
    write("odd/a:b.py", "def area(r):\n    return r * r\n")
    write("odd/c\nd.py", "def other(r):\n    return r + r\n")
    made = aifirst("compress", "odd", "-o", "odd.aiccl")
    assert "'odd/c\\nd.py'" in made.err
    assert "it was left out" in made.err
    assert aifirst("expand", "odd.aiccl", "-o", "back").code == 0
    assert [path.name for path in (aifirst.folder / "back").rglob("*.py")] == ["a:b.py"]
