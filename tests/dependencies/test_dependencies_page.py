"""The page's data and frame: what it embeds is the graph, and nothing in a project can become markup or script."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files

import msgspec
from aifirst_memory.dependencies.model import EDGE_KINDS, Edge, Graph, Node
from aifirst_memory.dependencies.page import SCRIPTS, PageExtras, page_html
from aifirst_memory.dependencies.page.page_data import BRANCH_KINDS, PageData, page_data
from aifirst_memory.dependencies.page.page_tree import WIDEST, WIDEST_CODE, Branch, page_tree
from hypothesis import given, settings
from hypothesis import strategies as st

HOSTILE = (
    "</script><script>alert(1)</script>", "<!--", "]]>", 'quote"d', "it's", "\\u003c", "new\nline", "\u2028", "日本語",
    "x" * 4000, "lone\udc80", "&lt;", "${x}", "`", "<!--slot:data-->",
)  # fmt: skip


def _file(path: str, tokens: int = 0, glue_tokens: int = 0) -> Node:
    folder, _, name = path.rpartition("/")
    return Node(
        id=path, kind="file", name=name, path=path, line=1, end_line=9, parent=f"{folder}/" if folder else "",
        tokens=tokens, glue_tokens=glue_tokens,
    )  # fmt: skip


def _folder(path: str) -> Node:
    above, _, name = path.rpartition("/")
    return Node(id=f"{path}/", kind="folder", name=name, path=path, parent=f"{above}/" if above else "")


def _unit(path: str, name: str, parent: str, line: int) -> Node:
    return Node(id=f"{path}::{name}", kind="unit", name=name, path=path, line=line, parent=parent, tokens=5)


def _graph(nodes: list[Node], edges: list[Edge]) -> Graph:
    return Graph(tuple(sorted(nodes, key=lambda node: node.id)), tuple(edges))


SMALL = _graph(
    [
        _folder("src"), _folder("src/app"), _file("src/app/main.py", tokens=50, glue_tokens=10), _file("setup.py"),
        _unit("src/app/main.py", "A", "src/app/main.py", 5), _unit("src/app/main.py", "A.m", "src/app/main.py::A", 6),
        Node(id="package:os", kind="package", name="os"),
        Node(id="tag:LOGIN", kind="tag", name="LOGIN"),
    ],
    [
        Edge("setup.py", "src/app/main.py::A", "uses", "setup.py", 3, 0.95),
        Edge("src/app/main.py::A.m", "package:os", "imports", "src/app/main.py", 7, 1.0),
        Edge("src/app/main.py::A", "setup.py", "calls", "setup.py", 4, 0.8),
    ],
)  # fmt: skip


def _decoded(graph: Graph, extras: PageExtras | None = None) -> PageData:
    return msgspec.json.decode(page_data(graph, extras or PageExtras()), type=PageData)


def _ids(data: PageData) -> list[str]:
    """The id of every branch as the page makes it; empty for what is no node."""
    places = data.places
    paths, found = list[str](), list[str]()
    for number, (kind, name, parent) in enumerate(zip(places.kind, places.name, places.parent, strict=True)):
        above = paths[parent] if parent >= 0 else ""
        word = BRANCH_KINDS[kind]
        own = above if word in ("project", "group", "range", "unit") else f"{above}/{name}" if above else name
        paths.append(own)
        usual = {"folder": f"{own}/", "file": own, "unit": f"{above}::{name}"}.get(word, f"{word}:{name}")
        found.append("" if word in ("project", "group", "range") else data.ids.get(number, usual))
    return found


def test_every_node_stands_in_the_tree_once_under_an_id_that_the_page_can_make() -> None:
    data = _decoded(SMALL)
    assert data.ids == {}
    ids = [id for id in _ids(data) if id]
    assert sorted(ids) == sorted({node.id for node in SMALL.nodes} - {"src/"})
    assert "src/app" in data.places.name


def test_edges_join_the_numbers_of_their_ends_and_say_where_when_it_is_elsewhere() -> None:
    data = _decoded(SMALL)
    ids, links, source = _ids(data), data.links, 0
    said: list[tuple[str, str, str, int, int]] = []
    for step, target, kind, line, sure in zip(
        links.source, links.target, links.kind, links.line, links.confidence, strict=True
    ):
        source += step
        said.append((ids[source], ids[target], EDGE_KINDS[kind], line, sure))
    assert sorted(said) == sorted(
        (edge.source, edge.target, edge.kind, edge.line, round(edge.confidence * 100)) for edge in SMALL.edges
    )
    number, file = links.path
    assert (said[number][:2], ids[file]) == (("src/app/main.py::A", "setup.py"), "setup.py")


def test_packages_and_tags_get_a_group_each() -> None:
    tree = page_tree(SMALL.nodes)
    assert [(branch.kind, branch.name) for branch in tree.children if branch.node is None] == [
        ("group", "Outside packages"),
        ("group", "Tags"),
    ]


def test_churn_and_findings_are_told_by_number_and_of_known_nodes_alone() -> None:
    extras = PageExtras(
        churn={"setup.py": 4, "gone.py": 9}, findings={"src/app/main.py::A.m": 2, "setup.py": 0}
    )
    data = _decoded(SMALL, extras)
    ids = _ids(data)
    assert {ids[at]: value for at, value in data.churn.items()} == {"setup.py": 4}
    assert {ids[at]: value for at, value in data.findings.items()} == {"src/app/main.py::A.m": 2}


def _widest(branch: Branch) -> int:
    return max([len(branch.children), *map(_widest, branch.children)])


def _leaves(branch: Branch) -> list[str]:
    return (
        [branch.node.id]
        if branch.node and not branch.children
        else [id for child in branch.children for id in _leaves(child)]
    )


def test_no_group_is_wider_than_one_can_look_at_and_order_is_kept() -> None:
    nodes = [_folder("flat"), *(_file(f"flat/m{number:05}.py") for number in range(5000))]
    tree = page_tree(_graph(nodes, []).nodes)
    assert _widest(tree) <= WIDEST
    assert _leaves(tree) == [f"flat/m{number:05}.py" for number in range(5000)]


def test_a_generated_file_of_very_many_units_is_put_into_ranges_by_line() -> None:
    units = [
        Node(
            id=f"g.py::f{number}", kind="unit", name=f"f{number}", path="g.py", line=number + 1, parent="g.py"
        )
        for number in range(3000)
    ]
    tree = page_tree(_graph([_file("g.py"), *units], []).nodes)
    assert _widest(tree) <= WIDEST_CODE
    assert _leaves(tree) == [f"g.py::f{number}" for number in range(3000)]


_NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=8),
    min_size=1,
    max_size=12,
    unique=True,
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(_NAMES, st.integers(0, 3))
def test_any_names_come_back_as_the_ids_they_were(names: list[str], depth: int) -> None:
    folders = ["/".join(["d"] * (at + 1)) for at in range(depth)]
    base = f"{folders[-1]}/" if folders else ""
    graph = _graph([*map(_folder, folders), *(_file(f"{base}{name}") for name in names)], [])
    data = _decoded(graph)
    assert {id for id in _ids(data) if id and not id.endswith("/")} >= {f"{base}{name}" for name in names}


class _Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def _hostile() -> Graph:
    nodes = [_file(f"{number}{name.replace('/', '-')}") for number, name in enumerate(HOSTILE)]
    units = [
        Node(
            id=f"{node.path}::{name}",
            kind="unit",
            name=name,
            path=node.path,
            line=1,
            parent=node.id,
            unit_kind=name,
        )
        for node, name in zip(nodes, HOSTILE, strict=True)
    ]
    return _graph(
        [*nodes, *units], [Edge(unit.id, nodes[0].id, "uses", unit.path, 1, 1.0) for unit in units[1:]]
    )


def test_hostile_names_add_no_element_to_the_page() -> None:
    plain = page_html(Graph((), ()))
    hostile = page_html(_hostile(), PageExtras(title=HOSTILE[0], root=HOSTILE[1], link=HOSTILE[2]))
    assert _Elements(hostile).tags == _Elements(plain).tags
    hostile.encode("utf-8")


def test_the_page_asks_for_nothing_from_elsewhere_and_its_policy_names_its_own_script_and_style() -> None:
    page = page_html(SMALL)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    named = [
        value or ""
        for name, value in _Elements(page).attributes
        if name in ("src", "href", "action", "style")
    ]
    assert named == ["#outline"]


def test_the_same_graph_gives_the_same_page() -> None:
    assert page_html(SMALL) == page_html(Graph(tuple(SMALL.nodes), tuple(SMALL.edges)))


def test_every_script_is_joined_once() -> None:
    there = {file.name for file in (files("aifirst_memory.dependencies.page") / "assets").iterdir()}
    assert set(SCRIPTS) == {name for name in there if name.endswith(".js")}
    assert len(set(SCRIPTS)) == len(SCRIPTS)
