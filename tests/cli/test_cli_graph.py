"""`aifirst graph` as a person and a program use it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from aifirst_cli.graph_run import GraphOptions, run
from aifirst_memory.dependencies.sqlite.load import StoredNodes
from command_run import Aifirst, Write

Git = Callable[..., str]
STORE = '''\
"""Orders."""


class Order:
    """What was bought."""

    def total(self):
        """The sum."""
        return price()


def price():
    """One."""
    return 1
'''
PAY = '''\
"""Paying."""
from shop.store import Order


def pay(order: Order):
    """Pay an order."""
    return order.total()


def _forgotten():
    """Nobody calls it."""
'''
LEFT = "from shop import right\n\n\ndef go():\n    return right.come()\n"
RIGHT = "from shop import left\n\n\ndef come():\n    return left.go\n"
NODE_FIELDS = {"id", "kind", "path", "line", "end_line", "name", "tokens"}
EDGE_FIELDS = {"source", "target", "kind", "path", "line", "confidence"}


@pytest.fixture
def shop(write: Write) -> None:
    """A project whose files depend on each other."""
    write("shop/__init__.py", "")
    write("shop/store.py", STORE)
    write("shop/pay.py", PAY)


@pytest.fixture
def circle(write: Write, shop: None) -> None:
    """The project with two modules that import each other."""
    write("shop/left.py", LEFT)
    write("shop/right.py", RIGHT)


@pytest.mark.usefixtures("shop")
def test_a_person_reads_what_the_graph_holds(aifirst: Aifirst) -> None:
    ran = aifirst("graph")
    assert (ran.code, ran.err) == (0, "")
    assert "no cycles between files" in ran.out
    assert "in " in ran.out
    assert "shop/store.py" in ran.out


@pytest.mark.usefixtures("shop")
def test_a_program_reads_nodes_and_edges_by_the_contract(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("graph", "-f", "json").out)
    assert told["version"] == 1
    assert all(node.keys() >= NODE_FIELDS for node in told["nodes"])
    assert all(edge.keys() >= EDGE_FIELDS for edge in told["edges"])
    edges = {(edge["source"], edge["target"], edge["kind"]) for edge in told["edges"]}
    assert ("shop/pay.py::pay", "shop/store.py::Order.total", "calls") in edges
    assert ("shop/store.py::Order.total", "shop/store.py::price", "calls") in edges
    assert {"shop/", "shop/pay.py", "shop/pay.py::pay"} <= {node["id"] for node in told["nodes"]}


@pytest.mark.usefixtures("shop")
def test_the_name_of_the_output_says_the_format(aifirst: Aifirst) -> None:
    for name, start in (
        ("g.html", b"<!doctype html>"), ("g.dot", b"digraph"), ("g.mmd", b"flowchart"), ("g.graphml", b"<?xml"),
        ("g.cypher", b"CREATE CONSTRAINT"), ("g.json", b"{"),
    ):  # fmt: skip
        ran = aifirst("graph", "-o", name)
        said = f"Wrote {name}. Open it in a browser.\n" if name == "g.html" else ""
        assert (ran.code, ran.out, ran.err) == (0, "", said)
        assert (aifirst.folder / name).read_bytes().lower().startswith(start.lower()), name
    ElementTree.parse(aifirst.folder / "g.graphml")  # noqa: S314  # our own output


@pytest.mark.usefixtures("shop")
def test_a_level_folds_units_into_files_and_counts(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("graph", "--level", "file", "-f", "json").out)
    assert not [node for node in told["nodes"] if node["kind"] == "unit"]
    assert ("shop/pay.py", "shop/store.py") in {(edge["source"], edge["target"]) for edge in told["edges"]}


@pytest.mark.usefixtures("circle")
def test_cycles_are_told_with_the_line_that_cuts_them(aifirst: Aifirst) -> None:
    ran = aifirst("graph", "--cycles", "--kind", "imports")
    assert ran.code == 1
    assert "shop/left.py" in ran.out
    assert "imports at shop/" in ran.out
    told = json.loads(aifirst("graph", "--cycles", "-f", "json").out)
    assert told["cycles"][0]["nodes"] == ["shop/left.py", "shop/right.py"]


@pytest.mark.usefixtures("shop")
def test_no_cycles_is_a_clean_answer(aifirst: Aifirst) -> None:
    ran = aifirst("graph", "--cycles")
    assert (ran.code, ran.out) == (0, "")
    assert "no cycles between files" in ran.err


@pytest.mark.usefixtures("shop")
def test_dead_code_is_told_with_its_reason(aifirst: Aifirst) -> None:
    ran = aifirst("graph", "--dead")
    assert ran.code == 1
    assert "shop/pay.py::_forgotten  nothing refers to it, and its name is private" in ran.out
    assert "Order.total" not in ran.out


@pytest.mark.usefixtures("shop")
def test_the_shortest_way_is_told_step_by_step(aifirst: Aifirst) -> None:
    ran = aifirst("graph", "--from", "pay", "--to", "price")
    assert ran.out.splitlines() == [
        "shop/pay.py::pay",
        "  calls shop/store.py::Order.total  shop/pay.py:7",
        "  calls shop/store.py::price  shop/store.py:9",
    ]


@pytest.mark.usefixtures("shop")
def test_no_way_says_so(aifirst: Aifirst) -> None:
    ran = aifirst("graph", "--from", "price", "--to", "pay")
    assert (ran.code, ran.out) == (0, "")
    assert "no way leads from shop/store.py::price to shop/pay.py::pay" in ran.err


@pytest.mark.usefixtures("shop")
def test_around_a_node_is_what_is_near(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("graph", "--around", "price", "--depth", "1", "-f", "json").out)
    assert "shop/store.py::Order.total" in {node["id"] for node in told["nodes"]}
    assert "shop/pay.py::pay" not in {node["id"] for node in told["nodes"]}


@pytest.mark.usefixtures("shop")
def test_a_change_is_in_the_next_answer(aifirst: Aifirst, write: Write) -> None:
    aifirst("graph")
    write("shop/late.py", "from shop.pay import pay\n\n\ndef later():\n    return pay(None)\n")
    ran = aifirst("graph", "--around", "later", "--depth", "1", "--kind", "calls")
    assert ran.out == "shop/late.py::later calls shop/pay.py::pay  shop/late.py:5  0.95\n"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "pay"), "give both --from and --to"),
        (("--cycles", "--around", "pay"), "ask one thing"),
        (("--cycles", "--dead"), "ask one thing"),
        (("--hubs", "--from", "pay", "--to", "price"), "ask one thing"),
        (("--confidence", "nan"), "nan is no confidence. Give a number from 0 to 1"),
        (("--confidence", "inf"), "inf is no confidence"),
        (("--confidence", "-1"), "-1 is no confidence"),
        (("--confidence", "2"), "2 is no confidence"),
        (("--confidence", "half"), "not a valid float"),
        (("",), "PATH is empty"),
        (("--cycles", "-f", "html"), "told as text or json, not html"),
        (("--around", "nowhere"), "nothing in the graph is called nowhere"),
        (("--around", ""), "a TARGET is empty"),
        (("missing",), "missing does not exist"),
        (("-o", "g.png"), ".png names no format"),
        (("-o", ".aifirst/dependencies.db", "-f", "json"), "lies in .aifirst"),
    ],
)
def test_wrong_use_says_what_to_do(aifirst: Aifirst, arguments: tuple[str, ...], said: str) -> None:
    ran = aifirst("graph", *arguments)
    assert ran.code == 2
    assert said in ran.err


def test_an_empty_project_is_an_empty_graph(aifirst: Aifirst) -> None:
    ran = aifirst("graph")
    assert ran.code == 0
    assert "nothing" in ran.out


@pytest.mark.usefixtures("shop")
def test_the_summary_counts_a_folder_alone_and_the_surer_edges_alone(aifirst: Aifirst, write: Write) -> None:
    write("other/extra.py", "def extra():\n    return 1\n")
    whole, part = aifirst("graph").out.splitlines()[:2], aifirst("graph", "shop").out.splitlines()[:2]
    told = json.loads(aifirst("graph", "shop", "-f", "json").out)
    assert "4 files" in whole[0]
    assert "3 files" in part[0]
    assert f"{sum(node['kind'] == 'unit' for node in told['nodes'])} units" in part[0]
    assert f"{sum(edge['kind'] == 'calls' for edge in told['edges'])} calls" in part[1]
    sure = aifirst("graph", "--confidence", "1").out.splitlines()[1]
    assert sum(map(int, re.findall(r"\d+", sure))) < sum(map(int, re.findall(r"\d+", whole[1])))


def test_the_summary_reads_no_node(aifirst: Aifirst, shop: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aifirst("graph").code == 0

    def refuse(*_: object) -> None:
        raise AssertionError("the summary only counts")

    monkeypatch.setattr(StoredNodes, "__call__", refuse)
    monkeypatch.chdir(aifirst.folder)
    assert run(GraphOptions(no_update=True)) == 0


def test_outside_of_a_project_the_folder_has_to_be_named(aifirst: Aifirst, tmp_path: Path) -> None:
    place = tmp_path / "downloads"
    place.mkdir()
    (place / "a.py").write_text("def a():\n    return 1\n")
    for command in (("graph",), ("impact", "a")):
        ran = aifirst(*command, folder=place)
        assert ran.code == 2
        assert "is in no project" in ran.err
        assert not (place / ".aifirst").exists()
    assert "1 file" in aifirst("graph", ".", folder=place).out
    assert "a.py::a" in aifirst("impact", "a", folder=place).out


def test_a_home_folder_is_no_project_whatever_lies_in_it(aifirst: Aifirst, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    for place in (home, home / "work"):
        (place / "package.json").write_text("{}")
        (place / "a.py").write_text("def a():\n    return 1\n")
    assert aifirst("graph", folder=home, env={"HOME": str(home)}).code == 2
    assert aifirst("graph", folder=home / "work", env={"HOME": str(home)}).code == 0


def test_the_project_of_a_folder_without_git_is_the_nearest_with_a_manifest(
    aifirst: Aifirst, tmp_path: Path
) -> None:
    inner = tmp_path / "unpacked" / "src" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "unpacked" / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (inner / "a.py").write_text("def f():\n    return 1\n")
    env = {"HOME": str(tmp_path / "home")}
    assert aifirst("impact", "a.py::f", folder=inner, env=env).code == 0
    assert (tmp_path / "unpacked" / ".aifirst").is_dir()
    assert not (inner / ".aifirst").exists()


_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_names_that_steer_a_terminal_are_spelt_out_in_every_format(aifirst: Aifirst, write: Write) -> None:
    for name in ("red\x1b[31m.py", "\u202eyp.exe.py", "two\nlines.py", "nel\x85.py"):
        write(f"pkg/{name}", "import os\n\n\ndef run():\n    return os\n\n\ndef _gone():\n    pass\n")
    write("user.py", "def user():\n    pass\n")
    for arguments in (
        *(("-f", shape) for shape in ("text", "html", "json", "mermaid", "dot", "graphml", "cypher")),
        ("--level", "file"), ("--dead",), ("--dead", "-f", "json"), ("--hubs",), ("--layers",),
        ("--around", "run"), ("--around", "\x1b[31m"),
    ):  # fmt: skip
        ran = aifirst("graph", *arguments)
        assert ran.code in (0, 1, 2)
        assert _UNSEEN.search(ran.out.replace("\u00b7", "") + ran.err) is None, arguments
    ran = aifirst("impact", "\u202eyp.exe.py::run")
    assert _UNSEEN.search(ran.out + ran.err) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_a_file_whose_name_is_the_id_of_something_else_is_left_out_and_said_so(
    aifirst: Aifirst, write: Write
) -> None:
    write("a.py", "import os\n\n\ndef f():\n    return os\n")
    write("a.py::f", "def own():\n    pass\n")
    write("a.py::f.py", "from a import f\n\n\ndef other():\n    f()\n")
    write("package:os/b.py", "from a import f\n\n\ndef third():\n    f()\n")
    write("sub/package:os/c.py", "from a import f\n\n\ndef fourth():\n    f()\n")
    ran = aifirst("graph", "-f", "json")
    assert (
        "a.py::f.py: left out of the graph, its name means something else there: rename the file" in ran.err
    )
    nodes = {node["id"]: node["kind"] for node in json.loads(ran.out)["nodes"]}
    assert (nodes["a.py::f"], nodes["package:os"]) == ("unit", "package")
    assert "sub/package:os/c.py::fourth" in nodes
    assert not [id for id in nodes if "other" in id or "third" in id]
    assert "is left out of the graph" in aifirst("impact", "a.py::f.py").err
    assert "sub/package:os/c.py::fourth" in aifirst("impact", "a.py").out


def test_files_that_change_together_lead_to_no_unit_of_that_name(
    aifirst: Aifirst, write: Write, git: Git
) -> None:
    for number in range(6):
        write("a.test.js", f'test("f.py", () => {{ run({number}); }});\n')
        write("a.test.js::f.py", f"def g():\n    return {number}\n")
        write("b.py", f"def f():\n    return {number}\n")
        git("add", ".")
        git("commit", "-qm", str(number))
    told = json.loads(aifirst("graph", "-f", "json").out)
    together = {(edge["source"], edge["target"]) for edge in told["edges"] if edge["kind"] == "changes-with"}
    assert "a.test.js::f.py" in {node["id"] for node in told["nodes"] if node["kind"] == "unit"}
    assert together
    assert {end for pair in together for end in pair} == {"a.test.js", "b.py"}
