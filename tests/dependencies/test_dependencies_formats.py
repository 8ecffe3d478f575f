"""The graph as text: what parsers of each format read back is what the graph says, whatever names a project has."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from aifirst_memory.dependencies.formats import FORMATS, load_format
from aifirst_memory.dependencies.formats.mermaid import MOST_CHARACTERS, MOST_LINKS
from aifirst_memory.dependencies.model import EDGE_KINDS, Edge, Graph, Node
from aifirst_memory.dependencies.page import PageExtras, page_html
from hypothesis import given, settings
from hypothesis import strategies as st

HOSTILE = (
    "plain.py", 'quote"d.py', "it's.py", "back\\slash.py", "ends\\", "\\u0027}) DETACH DELETE n //", "new\nline.py",
    "carriage\r.py", "tab\t.py", "</script><script>alert(1)</script>", "]]>&amp;<!--", "#quot;#35;", "`tick`", "end",
    "subgraph", "日本語/ファイル.py", "emoji 🦊.py", "\u2028\u2029", "\x00\x07", "lone\udc80.py", "x" * 3000,
    "a;b", "${x}", "%%c", "\u202egnp.js", "zero\u200bwidth.py", "\x1b[31mred.py", "c1\x9b31m.py", "tag\U000e0041.py",
    "\ufeffmark.py", "nel\x85.py", "a&#8238;b.py", "not a character \ufffe.py",
)  # fmt: skip
NAMES = {
    "g": "http://graphml.graphdrawing.org/xmlns",
}


def _graph_of(names: tuple[str, ...]) -> Graph:
    """Files of these names with a unit each, in a ring of every kind of edge."""
    nodes = [Node(id="src/", kind="folder", name="src", path="src")]
    edges: list[Edge] = []
    for number, name in enumerate(names):
        path = f"src/{name}"
        unit = f"{path}::{name}"
        nodes.append(
            Node(id=path, kind="file", name=name, path=path, line=1, end_line=9, parent="src/", tokens=number)
        )
        nodes.append(
            Node(
                id=unit, kind="unit", name=name, path=path, line=2, end_line=5, parent=path, unit_kind="function",
                tokens=7, glue_tokens=3,
            )
        )  # fmt: skip
        after = f"src/{names[(number + 1) % len(names)]}"
        edges.append(Edge(unit, after, EDGE_KINDS[number % len(EDGE_KINDS)], path, number + 1, 0.95))
    nodes.append(Node(id="package:os", kind="package", name="os"))
    edges.append(Edge(f"src/{names[0]}", "package:os", "imports", f"src/{names[0]}", 1, 1.0))
    unique = {(edge.source, edge.target, edge.kind): edge for edge in edges}
    return Graph(
        tuple(sorted({node.id: node for node in nodes}.values(), key=lambda node: node.id)),
        tuple(unique[key] for key in sorted(unique)),
    )


HOSTILE_GRAPH = _graph_of(HOSTILE)
EMPTY = Graph((), ())
SMALL = Graph(
    (
        Node(id="a/", kind="folder", name="a", path="a"),
        Node(id="a/b.py", kind="file", name="b.py", path="a/b.py", line=1, end_line=8, parent="a/", tokens=20),
        Node(
            id="a/b.py::f", kind="unit", name="f", path="a/b.py", line=2, end_line=4, parent="a/b.py",
            unit_kind="function", tokens=9, glue_tokens=2,
        ),
        Node(id="c.py", kind="file", name="c.py", path="c.py", line=1, end_line=2, tokens=5),
    ),
    (Edge("c.py", "a/b.py", "imports", "c.py", 1, 1.0), Edge("c.py", "a/b.py::f", "calls", "c.py", 2, 0.95)),
)  # fmt: skip


def _encoded(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("graph", [EMPTY, SMALL, HOSTILE_GRAPH], ids=["empty", "small", "hostile"])
def test_every_format_encodes_ends_its_last_line_and_says_the_same_twice(name: str, graph: Graph) -> None:
    write = load_format(name)
    text = write(graph)
    assert text.encode("utf-8").endswith(b"\n")
    assert text == write(Graph(tuple(graph.nodes), tuple(graph.edges)))


UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


@pytest.mark.parametrize("name", [*FORMATS, "html"])
def test_no_format_holds_a_control_character_or_what_turns_text_around(name: str) -> None:
    title = "\u202eevil\x1b"
    text = (
        page_html(HOSTILE_GRAPH, PageExtras(title=title, root=title))
        if name == "html"
        else load_format(name)(HOSTILE_GRAPH)
    )
    found = UNSEEN.search(text)
    assert found is None, text[max(0, found.start() - 60) : found.end() + 60]


def test_what_two_names_cannot_show_does_not_make_them_one() -> None:
    names = ("a\x01.py", "a\x02.py", "a\\x01.py", "a\u202e.py", "a\\u202e.py", "a\ufffe.py")
    nodes, _ = _graphml(_graph_of(names[:2] + names[3:]))
    assert len({node["id"] for node in nodes}) == len(nodes)
    tokens = _dot_tokens(load_format("dot")(_graph_of(names)))
    ends = {tokens[at - 1] for at, token in enumerate(tokens) if token == "->"}
    assert len(ends) == len(names) + 1


def test_a_format_of_no_such_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load_format("svg")


def test_json_says_what_the_contract_promises() -> None:
    said = json.loads(load_format("json")(SMALL))
    assert list(said) == ["version", "nodes", "edges"]
    assert said["version"] == 1
    assert said["nodes"][2] == {
        "id": "a/b.py::f", "kind": "unit", "path": "a/b.py", "line": 2, "end_line": 4, "name": "f", "tokens": 9,
        "glue_tokens": 2, "parent": "a/b.py", "unit_kind": "function",
    }  # fmt: skip
    assert said["edges"] == [
        {
            "source": "c.py",
            "target": "a/b.py",
            "kind": "imports",
            "path": "c.py",
            "line": 1,
            "confidence": 1.0,
        },
        {
            "source": "c.py",
            "target": "a/b.py::f",
            "kind": "calls",
            "path": "c.py",
            "line": 2,
            "confidence": 0.95,
        },
    ]


def test_json_of_hostile_names_reads_back_as_they_are() -> None:
    said = json.loads(load_format("json")(HOSTILE_GRAPH))
    assert [node["id"] for node in said["nodes"]] == [_encoded(node.id) for node in HOSTILE_GRAPH.nodes]
    ids = {node["id"] for node in said["nodes"]}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in said["edges"])


def _graphml(graph: Graph) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    root = ET.fromstring(load_format("graphml")(graph))  # noqa: S314 -- our own text
    keys = {key.get("id"): key.get("attr.name") for key in root.findall("g:key", NAMES)}
    found: list[list[dict[str, str]]] = []
    for tag in ("node", "edge"):
        records: list[dict[str, str]] = []
        for element in root.findall(f"g:graph/g:{tag}", NAMES):
            record = dict(element.attrib)
            for data in element.findall("g:data", NAMES):
                record[keys[data.get("key")] or "drawing"] = data.text or ""
            records.append(record)
        found.append(records)
    return found[0], found[1]


def _xml(text: str) -> str:
    return re.sub(
        "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
        lambda found: found[0].encode("unicode_escape").decode(),
        _encoded(text),
    )


def test_graphml_reads_back_with_every_attribute() -> None:
    nodes, edges = _graphml(SMALL)
    assert nodes[2] == {
        "id": "a/b.py::f", "label": "f", "kind": "unit", "path": "a/b.py", "line": "2", "end_line": "4",
        "parent": "a/b.py", "unit_kind": "function", "tokens": "9", "glue_tokens": "2", "drawing": "",
    }  # fmt: skip
    assert edges[1] == {
        "id": "e1", "source": "c.py", "target": "a/b.py::f", "kind": "calls", "path": "c.py", "line": "2",
        "confidence": "0.95",
    }  # fmt: skip


def test_graphml_of_hostile_names_reads_back_but_for_what_xml_cannot_hold() -> None:
    nodes, edges = _graphml(HOSTILE_GRAPH)
    assert [node["id"] for node in nodes] == [_xml(node.id) for node in HOSTILE_GRAPH.nodes]
    assert [edge["target"] for edge in edges] == [_xml(edge.target) for edge in HOSTILE_GRAPH.edges]


_CYPHER_STRING = re.compile(r"'((?:[^'\\\n]|\\['\"\\bfnrt]|\\u[0-9a-fA-F]{4})*)'")


def _cypher_rows(script: str) -> list[list[str]]:
    """The string literals of each row of a script, read by Cypher's own grammar of literals, sums of them joined."""
    rows: list[list[str]] = []
    for line in script.split("\n"):
        if not line.startswith(("{", "[")):
            continue
        rest = re.sub(r"' \+ '", "", line) if "\\" in line else line
        literals = [ast.literal_eval(f"'{found}'") for found in _CYPHER_STRING.findall(rest)]
        rows.append([text.encode("utf-16", "surrogatepass").decode("utf-16") for text in literals])
        assert "'" not in _CYPHER_STRING.sub("", line), "a literal that does not end where it should"
    return rows


def test_cypher_literals_read_back_as_the_names_they_hold() -> None:
    rows = _cypher_rows(load_format("cypher")(HOSTILE_GRAPH))
    said = {tuple(row[:2]) for row in rows}
    for edge in HOSTILE_GRAPH.edges:
        assert (_encoded(edge.source), _encoded(edge.target)) in said
    for node in HOSTILE_GRAPH.nodes:
        assert (_encoded(node.id), node.kind) in said


def test_cypher_never_writes_a_backslash_before_a_u_that_a_name_holds() -> None:
    script = load_format("cypher")(_graph_of(("\\u0027 OR 1=1", "\\\\u0027", "\\U")))
    assert not re.search(r"\\u(?!000a|000d)", script)


def test_cypher_is_a_constraint_then_nodes_then_edges_each_ended_by_a_semicolon() -> None:
    script = load_format("cypher")(SMALL)
    statements = [statement.strip() for statement in script.split(";\n")]
    assert statements[0].startswith("CREATE CONSTRAINT aifirst_node IF NOT EXISTS")
    assert [statement.rpartition("\n")[2].split("MERGE")[1].split()[0] for statement in statements[1:-1]] == [
        "(n:AifirstNode", "(n:AifirstNode", "(n:AifirstNode", "(a)-[e:IMPORTS]->(b)", "(a)-[e:CALLS]->(b)",
    ]  # fmt: skip
    assert statements[-1] == ""


_DOT_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z_0-9.]+|->|[{}\[\]=,;]|\s+')


def _dot_tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(text):
        found = _DOT_TOKEN.match(text, at)
        assert found, f"no token of DOT: {text[at : at + 40]!r}"
        at = found.end()
        if not found[0].isspace():
            tokens.append(found[0])
    return tokens


def _dot_names(text: str) -> str:
    return _encoded(text).replace("\\", "\\\\").replace('"', '\\"')


def test_dot_is_made_of_tokens_with_all_braces_closed_and_every_edge_in_it() -> None:
    tokens = _dot_tokens(load_format("dot")(HOSTILE_GRAPH))
    assert tokens.count("{") == tokens.count("}") == len(HOSTILE) + 2
    joined = [(tokens[at - 1], tokens[at + 1]) for at, token in enumerate(tokens) if token == "->"]
    assert len(joined) == len(HOSTILE_GRAPH.edges)
    wanted = f'"src/{_dot_names(HOSTILE[1])}"'
    assert any(target == wanted for _, target in joined)


@pytest.mark.skipif(
    shutil.which("dot") is None, reason="no Graphviz on the path: install it to read DOT with it"
)
@pytest.mark.parametrize("graph", [EMPTY, SMALL, HOSTILE_GRAPH], ids=["empty", "small", "hostile"])
def test_graphviz_draws_it(graph: Graph) -> None:
    text = load_format("dot")(graph)
    done = subprocess.run(
        ["dot", "-Tcanon"], input=text.encode(), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"rror" not in done.stderr


def test_mermaid_draws_boxes_in_boxes_and_joins_all_edges_of_a_pair() -> None:
    drawn = load_format("mermaid")(SMALL).splitlines()
    assert drawn[:8] == [
        "flowchart LR",
        '  subgraph bn0["a"]',
        '    subgraph bn1["b.py"]',
        '      n1["b.py"]:::file',
        '      n2("f"):::unit',
        "    end",
        "  end",
        '  n3["c.py"]:::file',
    ]
    assert drawn[8:10] == ["  n3 -->|imports| n1", "  n3 -->|calls| n2"]


def test_mermaid_spells_out_whatever_could_end_a_label() -> None:
    drawn = load_format("mermaid")(HOSTILE_GRAPH)
    for label in re.findall(r'"([^\n]*)"', drawn):
        assert '"' not in label
        assert re.fullmatch(r"(?:[\w ./,()+\-:@]|#\d+;)*", label), label
    assert "<" not in drawn.replace("<br/>", "")


def test_a_large_graph_is_folded_until_mermaid_takes_it_and_the_title_says_so() -> None:
    names = tuple(f"part{number % 9}/m{number}.py" for number in range(900))
    drawn = load_format("mermaid")(_graph_of(names))
    assert drawn.startswith('---\ntitle: "1,802 nodes and 901 edges, folded into folders')
    assert drawn.count("-->") <= MOST_LINKS
    assert len(drawn) < MOST_CHARACTERS
    assert '"part3"' in drawn


def test_a_flat_large_graph_keeps_its_strongest_links_and_says_so() -> None:
    nodes = tuple(
        Node(id=f"f{number:04}", kind="file", name=f"f{number:04}", path=f"f{number:04}")
        for number in range(900)
    )
    edges = tuple(Edge(f"f{at:04}", f"f{at + 1:04}", "imports", f"f{at:04}", 1, 1.0) for at in range(899))
    drawn = load_format("mermaid")(Graph(nodes, edges))
    assert drawn.count("-->") == MOST_LINKS
    assert f"only the {MOST_LINKS} strongest of 899 links are drawn" in drawn


_TEXT = st.text(st.characters(codec=None), min_size=1, max_size=12)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(_TEXT, min_size=1, max_size=6, unique_by=_encoded))
def test_any_names_survive_every_format(names: list[str]) -> None:
    graph = _graph_of(tuple(name.replace("/", "-") for name in names))
    assert [node["id"] for node in json.loads(load_format("json")(graph))["nodes"]] == [
        _encoded(node.id) for node in graph.nodes
    ]
    nodes, _ = _graphml(graph)
    assert [node["id"] for node in nodes] == [_xml(node.id) for node in graph.nodes]
    said = {row[0] for row in _cypher_rows(load_format("cypher")(graph))}
    assert {_encoded(node.id) for node in graph.nodes} <= said
    _dot_tokens(load_format("dot")(graph))
    for label in re.findall(r'"([^\n]*)"', load_format("mermaid")(graph)):
        assert re.fullmatch(r"(?:[\w ./,()+\-:@]|#\d+;)*", label), label


def test_nodes_that_lie_in_each_other_are_drawn_once_each() -> None:
    ring = tuple(
        Node(id=name, kind="unit", name=name, path="x.py", parent=parent)
        for name, parent in (("a", "c"), ("b", "a"), ("c", "b"), ("d", "a"), ("self", "self"))
    )
    drawn = load_format("mermaid")(Graph(ring, ()))
    clusters = load_format("dot")(Graph(ring, ()))
    for node in ring:
        assert len(re.findall(f'"{node.name}"', drawn)) == 1, node.name
        assert len(re.findall(f'^ *"{node.name}" .label=', clusters, re.MULTILINE)) == 1, node.name
