"""The graph's page in a real browser: what it draws, finds, opens and saves, with mouse and keyboard.

Needs Chromium. Where there is none the tests are skipped and say so; with AIFIRST_TEST_FULL=1, as continuous
integration sets it, a missing Chromium is a failure.
"""

from __future__ import annotations

import json
import re
import sys
import time
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_memory.dependencies.model import EDGE_KINDS, Edge, Graph, Node
from aifirst_memory.dependencies.page import PageExtras, page_html

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.graph.chromium_page import CHROMIUM, Page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on the path: install it to test the page in a browser"
)
HOSTILE = (
    "</script><script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "new\nline",
    "日本語",
    "x" * 3000,
    "\u202egnp.js",
    "",
)


def _project(folders: int, files: int, units: int) -> Graph:
    """Folders of files of units: each file imports the next one and its first unit calls that one's first; the last
    file of all imports the first one, so that all files are one cycle."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    paths = [f"pkg{at:03}/mod{file:03}.py" for at in range(folders) for file in range(files)]
    nodes += [
        Node(id=f"pkg{at:03}/", kind="folder", name=f"pkg{at:03}", path=f"pkg{at:03}")
        for at in range(folders)
    ]
    for number, path in enumerate(paths):
        folder, _, name = path.partition("/")
        nodes.append(
            Node(
                id=path,
                kind="file",
                name=name,
                path=path,
                line=1,
                end_line=99,
                parent=f"{folder}/",
                tokens=40 + number % 7 * 60,
            )
        )
        for unit in range(units):
            own = f"run_{unit}"
            nodes.append(
                Node(
                    id=f"{path}::{own}",
                    kind="unit",
                    name=own,
                    path=path,
                    line=3 + unit * 4,
                    end_line=5 + unit * 4,
                    parent=path,
                    unit_kind="function",
                    tokens=20,
                )
            )
        after = paths[(number + 1) % len(paths)]
        edges.append(Edge(path, after, "imports", path, 1, 1.0))
        if units:
            edges.append(
                Edge(f"{path}::run_0", f"{after}::run_0", "calls", path, 4, 0.6 if number % 2 else 0.95)
            )
    nodes.append(Node(id="package:os", kind="package", name="os"))
    edges.append(Edge(paths[0], "package:os", "imports", paths[0], 2, 1.0))
    return Graph(
        tuple(sorted(nodes, key=lambda node: node.id)),
        tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("profile"), size=(1280, 800)) as page:
        page.send(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}]
        )
        yield page


class Opened:
    """A page of a graph, open in the browser."""

    def __init__(self, browser: Page, folder: Path) -> None:
        self.browser = browser
        self.folder = folder
        self.file = folder / "graph.html"

    def show(self, graph: Graph, address: str = "", extras: PageExtras | None = None) -> Page:
        self.browser.said.clear()
        self.file.write_text(page_html(graph, extras or PageExtras(title="sample")), encoding="utf-8")
        return self.again(address)

    def again(self, address: str) -> Page:
        self.browser.send("Page.navigate", url="about:blank")
        self.browser.open(self.file.as_uri() + (f"#{address}" if address else ""))
        self.browser.rest()
        return self.browser


@pytest.fixture
def opened(browser: Page, tmp_path: Path) -> Iterator[Opened]:
    found = Opened(browser, tmp_path)
    browser.send(
        "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path), eventsEnabled=False
    )
    yield found
    assert browser.said == []


SAMPLE = _project(12, 8, 3)


def _text(page: Page, id: str) -> str:
    return page.evaluate(f"document.getElementById({id!r}).textContent")


def _groups(page: Page) -> int:
    found = re.match(r"([\d,]+) (?:group|box)", _text(page, "status"))
    assert found, _text(page, "status")
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(
    "graph",
    [_project(70, 30, 0), _project(1, 900, 0), _project(5, 4, 40), SAMPLE],
    ids=["folders", "flat", "units", "sample"],
)
def test_the_first_view_shows_at_most_sixty_groups(opened: Opened, graph: Graph) -> None:
    assert 3 <= _groups(opened.show(graph)) <= 60


def test_fifty_thousand_nodes_open_on_sixty_groups(opened: Opened) -> None:
    page = opened.show(_project(100, 50, 9))
    assert 3 <= _groups(page) <= 60
    page.press("/")
    page.type("pkg077 mod013")
    page.press("Enter")
    page.rest()
    assert "mod013.py" in _text(page, "panel")


def test_search_finds_a_unit_shows_it_and_says_so(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    page.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.type("mod003.py run_2")
    assert page.evaluate("document.querySelectorAll('#results [role=option]').length") == 12
    page.press("ArrowDown")
    assert (
        page.evaluate("document.getElementById('search').getAttribute('aria-activedescendant')") == "result-1"
    )
    page.press("Enter")
    page.rest()
    assert page.evaluate("document.activeElement.id") == "map"
    assert page.evaluate("document.querySelector('#panel h3').textContent") == "run_2"
    assert "run_2, function" in _text(page, "said")
    assert "node=pkg001%2Fmod003.py%3A%3Arun_2" in page.evaluate("location.hash")


def test_keys_go_from_box_to_box_open_groups_and_lead_back_in_flight(opened: Opened) -> None:
    opened.browser.send("Emulation.setEmulatedMedia", features=[])
    page = opened.show(SAMPLE)
    page.evaluate("document.getElementById('map').focus()")
    page.press("ArrowRight")
    first = page.evaluate("document.querySelector('#panel h3').textContent")
    page.press("ArrowRight")
    page.press("ArrowDown")
    assert page.evaluate("document.querySelector('#panel h3').textContent") != first
    page.press("Enter")
    page.rest()
    inside = page.evaluate("location.hash")
    assert "at=" in inside
    page.press("Escape")
    page.press("Escape")
    page.rest()
    assert page.evaluate("location.hash") != inside
    page.press("?")
    assert page.evaluate("document.getElementById('help').open") is True
    page.press("Escape")
    assert page.evaluate("document.getElementById('help').open") is False


def test_focus_shows_both_sides_by_distance(opened: Opened) -> None:
    page = opened.show(SAMPLE, "view=focus&node=pkg003/mod004.py")
    near = _groups(page)
    page.evaluate("document.getElementById('map').focus()")
    page.press("3")
    page.rest()
    assert _groups(page) > near >= 3
    assert "distance=3" in page.evaluate("location.hash")
    page.press("m")
    page.rest()
    assert page.evaluate("document.querySelector('#views [aria-checked=true]').textContent") == "Map"


def test_impact_counts_what_breaks_by_steps(opened: Opened) -> None:
    chain = _project(2, 4, 1)
    edges = tuple(
        edge for edge in chain.edges if edge.kind == "calls" and not edge.source.startswith("pkg001/mod003")
    )
    page = opened.show(Graph(chain.nodes, edges), "view=impact&node=pkg000/mod003.py::run_0")
    said = re.sub(r"\s+", " ", page.evaluate("document.getElementById('panel').innerText"))
    assert "Breaks if it changes 3" in said
    assert re.search(r"1 step 1 .*2 steps 1 3 steps 1", said)


def test_a_test_that_calls_what_it_tests_is_one_dependent(opened: Opened) -> None:
    chain = _project(2, 4, 1)
    ends = "pkg001/mod000.py::run_0", "pkg000/mod003.py::run_0"
    tests = Edge(*ends, "tests", "pkg001/mod000.py", 4, 1.0)
    edges = (
        *(edge for edge in chain.edges if edge.kind == "calls"),
        tests,
        Edge(*ends, "calls", "pkg001/mod000.py", 4, 1.0),
    )
    ordered = sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))
    page = opened.show(Graph(chain.nodes, tuple(ordered)), "node=pkg000/mod003.py::run_0")
    said = re.sub(r"\s+", " ", page.evaluate("document.getElementById('panel').innerText"))
    assert "Used by 2 " in said
    assert re.search(r"calls 2\b.* tests 1\b", said)


def _impact_rows(page: Page) -> list[tuple[str, float]]:
    return [
        (name, float(sure))
        for name, sure in page.evaluate(
            "[...document.querySelectorAll('#panel .impact li')].map("
            "(row) => [row.querySelector('button').title.split(',')[0], row.querySelector('i').textContent])"
        )
    ]


def test_impact_begins_where_the_command_does_and_tells_the_surest_first(opened: Opened) -> None:
    ids = ["a.py::f", "b.py::near", "c.py::far", "d.py::unsure", "e.py::handed", "f.py"]
    paths = sorted({id.partition("::")[0] for id in ids})
    nodes = [Node(id=path, kind="file", name=path, path=path, line=1, end_line=9) for path in paths]
    nodes += [
        Node(id=id, kind="unit", name=name, path=path, line=1, end_line=2, parent=path, unit_kind="function")
        for id in ids
        if (name := id.partition("::")[2]) and (path := id.partition("::")[0])
    ]
    edges = (
        Edge("b.py::near", "a.py::f", "calls", "b.py", 1, 0.6),
        Edge("c.py::far", "f.py", "uses", "c.py", 1, 0.95),
        Edge("d.py::unsure", "b.py::near", "calls", "d.py", 1, 0.8),
        Edge("e.py::handed", "a.py::f", "calls", "a.py", 1, 0.9),
        Edge("f.py", "a.py::f", "calls", "f.py", 1, 1.0),
    )
    graph = Graph(tuple(sorted(nodes, key=lambda node: node.id)), edges)
    page = opened.show(graph, "view=impact&node=a.py::f")
    assert _text(page, "confidence-value") == "0.50"
    assert _impact_rows(page) == [("f.py", 1.0), ("c.py::far", 0.95), ("b.py::near", 0.6)]
    page.evaluate("""(() => { const range = document.getElementById('confidence'); range.value = 40;
        range.dispatchEvent(new Event('input')); })()""")
    page.rest()
    assert _impact_rows(page)[-1] == ("d.py::unsure", 0.48)
    assert "confidence=40" in page.evaluate("location.hash")
    opened.again("node=a.py::f")
    assert _text(page, "confidence-value") == "0.00"


def test_commits_are_told_of_what_has_any_and_never_of_a_unit(opened: Opened) -> None:
    extras = PageExtras(title="sample", churn={"pkg003/mod004.py": 7})
    page = opened.show(SAMPLE, "node=pkg003/mod004.py", extras)
    assert re.search(r"Commits\s*7", page.evaluate("document.getElementById('panel').innerText"))
    for id in ("pkg003/mod004.py::run_0", "pkg003/mod005.py"):
        opened.again(f"node={id}")
        assert "Tokens" in _text(page, "panel")
        assert "Commits" not in _text(page, "panel")


def test_an_address_of_what_is_not_there_says_so(opened: Opened) -> None:
    page = opened.show(SAMPLE, "view=impact&node=nope\u202e.py")
    assert page.evaluate("document.getElementById('notice').hidden") is False
    assert "nope\\u202e.py is not in this graph" in _text(page, "notice")
    opened.again("view=impact")
    assert "Choose a box first" in _text(page, "notice")
    opened.again("view=impact&node=pkg003/mod004.py")
    assert page.evaluate("document.getElementById('notice').hidden") is True


def _area(opened: Opened, name: str) -> float:
    """Of the box with a name, in the picture of the map."""
    root = ET.fromstring(_saved(opened, "save-svg", "sample.svg"))  # noqa: S314 -- our own picture
    space = "{http://www.w3.org/2000/svg}"
    at = next(
        (float(text.attrib["x"]), float(text.attrib["y"]))
        for text in root.iter(f"{space}text")
        if "".join(text.itertext()) == name
    )
    boxes = [
        {side: float(box.attrib[side]) for side in ("x", "y", "width", "height")}
        for box in root.iter(f"{space}rect")
        if "rx" in box.attrib
    ]
    around = [
        box["width"] * box["height"]
        for box in boxes
        if box["x"] <= at[0] <= box["x"] + box["width"] and box["y"] <= at[1] <= box["y"] + box["height"]
    ]
    return min(around)


def test_documents_and_settings_leave_the_room_to_the_code(opened: Opened) -> None:
    names = ("long.md", "code.py", "other.py", "set.toml")
    nodes = tuple(
        Node(id=name, kind="file", name=name, path=name, line=1, end_line=2, tokens=4_000)
        for name in sorted(names)
    )
    edges = (
        Edge("code.py", "other.py", "imports", "code.py", 1, 1.0),
        Edge("long.md", "code.py", "documents", "long.md", 1, 1.0),
        Edge("set.toml", "code.py", "changes-with", "set.toml", 1, 1.0),
    )
    opened.show(Graph(nodes, edges))
    code = _area(opened, "code.py")
    (opened.folder / "sample.svg").unlink()
    assert _area(opened, "long.md") < code / 2.5


def test_cycles_are_listed_and_drawn(opened: Opened) -> None:
    page = opened.show(_project(3, 3, 1), "view=cycles")
    assert page.evaluate("document.querySelector('#panel h3').textContent") == "1 cycle"
    assert "9 files" in _text(page, "panel")
    assert _groups(page) == 9
    page.evaluate("document.querySelector('#panel [data-value=folder]').click()")
    page.rest()
    assert _groups(page) == 3


def test_filters_by_kind_and_confidence_take_links_away(opened: Opened) -> None:
    page = opened.show(SAMPLE, f"kinds={EDGE_KINDS[1]}&links=1000&view=cycles")
    assert _text(page, "panel").startswith("1 cycle")
    page.evaluate("""(() => { const range = document.getElementById('confidence'); range.value = 90;
        range.dispatchEvent(new Event('input')); })()""")
    page.rest()
    assert _text(page, "panel").startswith("0 cycles")
    assert "confidence=90" in page.evaluate("location.hash")


def test_an_address_shows_the_same_again(opened: Opened) -> None:
    address = "view=focus&node=pkg003%2Fmod004.py&distance=2&colour=tokens&theme=dark"
    page = opened.show(SAMPLE, address)
    said = (_text(page, "status"), _text(page, "panel"))
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    again = page.evaluate("location.hash").removeprefix("#")
    opened.again(again)
    assert (_text(page, "status"), _text(page, "panel")) == said


def test_an_address_that_says_nonsense_shows_the_map(opened: Opened) -> None:
    page = opened.show(
        SAMPLE, "view=nonsense&node=gone.py&distance=99&detail=-1&confidence=x&kinds=&cycle=1e9&at=%00"
    )
    assert _groups(page) >= 3


def _saved(opened: Opened, button: str, name: str) -> bytes:
    opened.browser.evaluate(f"document.getElementById({button!r}).click()")
    until = time.monotonic() + 60
    while not (opened.folder / name).exists():
        assert time.monotonic() < until, "nothing was saved"
        time.sleep(0.02)
    while not (data := (opened.folder / name).read_bytes()):
        time.sleep(0.02)
    return data


def test_svg_is_well_formed_and_holds_the_names(opened: Opened) -> None:
    opened.show(SAMPLE)
    root = ET.fromstring(_saved(opened, "save-svg", "sample.svg"))  # noqa: S314 -- our own picture
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {f"pkg{at:03}" for at in range(12)} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) >= 10


def test_png_is_a_picture_of_twice_the_size(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    data = _saved(opened, "save-png", "sample.png")
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == tuple(
        page.evaluate(
            "[document.getElementById('stage').clientWidth * 2, document.getElementById('stage').clientHeight * 2]"
        )
    )
    start = data.index(b"IDAT")
    pixels = zlib.decompressobj().decompress(
        data[start + 4 : start + 4 + int.from_bytes(data[start - 4 : start], "big")]
    )
    assert len(set(pixels)) > 20, "the picture is blank"


def test_the_map_itself_is_not_blank(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    for _ in range(3):
        page.screenshot(opened.folder / "shot.png")
    data = (opened.folder / "shot.png").read_bytes()
    start = data.index(b"IDAT")
    pixels = zlib.decompressobj().decompress(
        data[start + 4 : start + 4 + int.from_bytes(data[start - 4 : start], "big")]
    )
    assert len(set(pixels)) > 60


def test_boxes_of_very_unlike_sizes_keep_some_of_their_room(opened: Opened) -> None:
    sizes = [4_000_000, *([0] * 40), 900_000]
    nodes = [
        Node(
            id=f"f{at:02}.py",
            kind="file",
            name=f"f{at:02}.py",
            path=f"f{at:02}.py",
            line=1,
            end_line=2,
            tokens=tokens,
        )
        for at, tokens in enumerate(sizes)
    ]
    opened.show(Graph(tuple(nodes), (Edge("f00.py", "f41.py", "imports", "f00.py", 1, 1.0),)))
    root = ET.fromstring(_saved(opened, "save-svg", "sample.svg"))  # noqa: S314 -- our own picture
    boxes = [box for box in root.iter("{http://www.w3.org/2000/svg}rect") if "rx" in box.attrib]
    assert len(boxes) == len(nodes)
    assert min(float(box.attrib[side]) for box in boxes for side in ("width", "height")) > 1


def test_without_webgl_the_plain_canvas_draws_and_says_so(opened: Opened) -> None:
    code = """const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
            return kind === 'webgl2' ? null : get.call(this, kind, ...more);
        };"""
    added = opened.browser.send("Page.addScriptToEvaluateOnNewDocument", source=code)
    try:
        page = opened.show(SAMPLE)
        assert "no WebGL 2" in _text(page, "notice")
        assert (
            page.evaluate(
                "new Set(document.getElementById('map').getContext('2d').getImageData(0, 0, 900, 600).data).size"
            )
            > 40
        )
        page.evaluate("document.getElementById('map').focus()")
        page.press("ArrowRight")
        assert page.evaluate("document.getElementById('panel').hidden") is False
    finally:
        opened.browser.send("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])


def test_hostile_names_stay_text_everywhere(opened: Opened) -> None:
    nodes = [
        Node(id=name, kind="file", name=name, path=name, line=1, end_line=2)
        for name in HOSTILE
        if name and "/" not in name
    ]
    units = [
        Node(
            id=f"{node.path}::{name}",
            kind="unit",
            name=name,
            path=node.path,
            line=1,
            end_line=1,
            parent=node.id,
            unit_kind=name,
        )
        for node in nodes
        for name in HOSTILE
    ]
    edges = tuple(
        Edge(units[at].id, units[at + 1].id, "calls", units[at].path, 1, 1.0) for at in range(len(units) - 1)
    )
    graph = Graph(
        tuple(sorted({node.id: node for node in [*nodes, *units]}.values(), key=lambda node: node.id)), edges
    )
    page = opened.show(graph, extras=PageExtras(title=HOSTILE[0], link="javascript:alert(1)//{path}:{line}"))
    page.press("/")
    page.type("script")
    page.press("Enter")
    page.rest()
    for view in "fimc":
        page.press(view)
        page.rest()
    assert page.evaluate("document.querySelectorAll('img, #panel script, #results script').length") == 0
    assert (
        page.evaluate("[...document.links].filter((link) => /^javascript/i.test(link.protocol)).length") == 0
    )
    ET.fromstring(_saved(opened, "save-svg", "script-script-alert-1-script.svg"))  # noqa: S314 -- our own


@pytest.mark.parametrize(
    "graph",
    [
        Graph((), ()),
        Graph((Node(id="a.py", kind="file", name="a.py", path="a.py", line=1, end_line=1),), ()),
        Graph(tuple(Node(id=a, kind="folder", name=a, path=a[0], parent=b) for a, b in (("x/", "y/"), ("y/", "x/"))), ()),
    ],
    ids=["empty", "one", "circular folders"],
)  # fmt: skip
def test_the_smallest_and_strangest_graphs_open(opened: Opened, graph: Graph) -> None:
    page = opened.show(graph)
    assert _groups(page) == len(graph.nodes)
    assert ("nothing in this graph" in _text(page, "notice")) == (not graph.nodes)
    page.evaluate("document.getElementById('map').focus()")
    for key in ("ArrowRight", "Enter", "f", "i", "c", "m", "Escape", "0", "+", "-", "[", "]", "t"):
        page.press(key)
        page.rest()
    _saved(opened, "save-svg", "sample.svg")


def test_the_list_says_what_the_map_does_and_opens_by_keyboard(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    assert page.evaluate("document.querySelectorAll('#outline > [role=treeitem]').length") == 13
    page.evaluate("document.querySelector('#outline [role=treeitem]').focus()")
    page.press("ArrowRight")
    page.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("mod000.py, file")
    page.press("Enter")
    page.rest()
    assert page.evaluate("document.querySelector('#panel h3').textContent") == "mod000.py"


def test_links_to_the_source_follow_the_template(opened: Opened) -> None:
    extras = PageExtras(title="sample", root="/home/me/my project", link="vscode://file/{root}/{path}:{line}")
    page = opened.show(SAMPLE, "node=pkg003/mod004.py::run_1", extras)
    assert page.evaluate("document.querySelector('#panel .where a').getAttribute('href')") == (
        "vscode://file/home/me/my%20project/pkg003/mod004.py:7"
    )


@pytest.fixture
def webview(opened: Opened) -> Iterator[Opened]:
    """The page as in a webview: what it posts is in `posted`."""
    code = """globalThis.posted = [];
        const api = { postMessage: (message) => posted.push(message), setState() {}, getState() {} };
        globalThis.acquireVsCodeApi = () => api;"""
    added = opened.browser.send("Page.addScriptToEvaluateOnNewDocument", source=code)
    yield opened
    opened.browser.send("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])


def test_in_a_webview_of_visual_studio_code_a_click_posts_where_to_go(webview: Opened) -> None:
    page = webview.show(SAMPLE, "node=pkg003/mod004.py::run_1")
    page.evaluate("document.querySelector('#panel .where a').click()")
    place = {"type": "open", "path": "pkg003/mod004.py", "line": 7}
    assert page.evaluate("posted") == [{"type": "ready"}, place]


def test_in_a_webview_a_click_on_a_box_shows_its_code_and_the_map_stays_at_it(webview: Opened) -> None:
    page = webview.show(SAMPLE, "node=pkg003/mod004.py::run_1")
    panel = "document.querySelector('#panel h3').textContent"
    x, y = page.evaluate(
        "(() => { const map = document.getElementById('map').getBoundingClientRect();"
        " const panel = document.getElementById('panel').offsetWidth;"
        " return [map.left + (map.width - panel) / 2, map.top + map.height / 2]; })()"
    )
    page.click(x, y)
    page.rest()
    chosen = page.evaluate(panel)
    posted = page.evaluate("posted")
    assert posted[0] == {"type": "ready"}
    assert len(posted) == 2
    shown = posted[1]
    assert (shown["type"], shown["keep"]) == ("open", True)
    assert str(shown["path"]) in _text(page, "panel")
    page.evaluate(
        f"window.postMessage({json.dumps({'type': 'focus', 'path': shown['path'], 'line': shown['line']})}, '*')"
    )
    page.evaluate("new Promise((done) => setTimeout(done, 0))")
    assert page.evaluate(panel) == chosen


def test_in_a_webview_the_page_goes_where_the_editor_is(webview: Opened) -> None:
    page = webview.show(SAMPLE)
    said = "document.querySelector('#panel .where')?.textContent ?? ''"
    for data in (
        {"type": "focus", "path": "pkg003/mod004.py", "line": 8},
        {"type": "focus", "path": "gone.py"},
        7,
    ):
        page.evaluate(f"window.postMessage({json.dumps(data)}, '*')")
    page.wait(f"({said}).includes('pkg003/mod004.py')")
    assert page.evaluate("document.getElementById('panel').textContent.includes('run_1')")


_CHANGE = {
    "type": "change",
    "changed": [{"id": "pkg003/mod004.py::run_1", "path": "pkg003/mod004.py", "line": 7}],
    "gone": [{"id": "pkg003/mod004.py::</b>", "path": "pkg003/mod004.py", "line": 1}],
    "units": [
        {"id": "pkg003/mod003.py::run_0", "path": "pkg003/mod003.py", "line": 3, "distance": 1, "confidence": 0.9},
        {"id": "new.py::later", "path": "new.py", "line": 1, "distance": 2, "confidence": 0.8},
    ],
    "total": 2,
    "tests": [{"id": "pkg001/mod001.py::run_0", "runner": "pytest", "path": "pkg001/mod001.py"}],
    "unknown": ["pkg003/mod004.py::</b>"],
    "left": 0,
}  # fmt: skip


def test_in_a_webview_what_a_change_may_break_is_marked_and_listed_with_its_tests(webview: Opened) -> None:
    page = webview.show(SAMPLE)
    page.evaluate("document.querySelector('#views [data-value=change]').click()")
    assert page.evaluate("posted") == [{"type": "ready"}, {"type": "change"}]
    page.evaluate(f"window.postMessage({json.dumps(_CHANGE)}, '*')")
    page.wait("document.querySelector('#views [data-value=change]').getAttribute('aria-checked') === 'true'")
    said = page.evaluate("document.getElementById('panel').innerText")
    told = "1 unit changed, 1 gone since the last commit. 2 dependents may break, 1 test to run."
    for text in (
        told,
        "What referred to 1 unit that is gone is not known.",
        "</b>",
        "run_0",
        "later",
        "0.80",
    ):
        assert text in said
    assert told in _text(page, "said")
    page.rest()
    picture = _saved(webview, "save-svg", "sample.svg")
    assert b">1 step away<" in picture
    page.evaluate("window.postMessage({type: 'focus', path: 'pkg001/mod001.py', line: 8}, '*')")
    buttons = "[...document.querySelectorAll('#panel button')]"
    page.evaluate(f"{buttons}.find((one) => /^run_1/.test(one.textContent)).click()")
    page.rest()
    assert page.evaluate("document.querySelector('#panel h3').textContent") == "run_1"
    page.evaluate("document.getElementById('map').focus()")
    page.press("Escape")
    assert page.evaluate("document.querySelector('#panel h3').textContent") == "This change"
    page.evaluate("document.querySelector('#panel .impact a').click()")
    page.evaluate(f"{buttons}.find((one) => one.textContent === 'Copy tests').click()")
    assert page.evaluate("posted.slice(-2)") == [
        {"type": "open", "path": "pkg001/mod001.py", "line": 3}, {"type": "copyTests"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "No code changed since the last commit."),
        ({"why": "x is in no git repository. Run git init."}, "x is in no git repository. Run git init."),
        ({"changed": 7, "why": 8, "units": "no"}, "No code changed since the last commit."),
    ],
)
def test_in_a_webview_a_change_that_is_none_is_told_in_words(
    webview: Opened, data: dict[str, object], told: str
) -> None:
    page = webview.show(SAMPLE, "node=pkg003/mod004.py::run_1")
    page.evaluate(f"window.postMessage({json.dumps({'type': 'change', **data})}, '*')")
    page.wait("document.querySelector('#panel h3').textContent === 'This change'")
    assert told in _text(page, "panel")
    page.press("m")
    assert page.evaluate("document.getElementById('panel').hidden")


def test_a_page_without_a_host_has_no_view_of_a_change(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    assert page.evaluate("document.querySelector('#views [data-value=change]')") is None


def test_outside_of_a_webview_nobody_moves_the_page(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    page.evaluate("window.postMessage({type: 'focus', path: 'pkg003/mod004.py', line: 8}, '*')")
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert not page.evaluate("document.getElementById('panel').textContent.includes('run_1')")


def test_churn_and_findings_colour_the_map_where_they_are_known(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    usual = page.evaluate("[...document.getElementById('colour').options].map((option) => option.value)")
    assert usual == ["area", "tokens", "glue"]
    extras = PageExtras(
        title="sample", churn={"pkg001/mod001.py": 7}, findings={"pkg001/mod001.py::run_0": 2}
    )
    opened.show(SAMPLE, "colour=churn&node=pkg001/", extras)
    assert page.evaluate("document.getElementById('colour').value") == "churn"
    said = re.sub(r"\s+", " ", page.evaluate("document.querySelector('#panel dl').innerText"))
    assert "Commits 7" in said
    assert "Findings 2" in said


def test_a_click_chooses_and_a_second_one_opens(opened: Opened) -> None:
    page = opened.show(SAMPLE)
    page.click(700, 300)
    page.rest()
    assert page.evaluate("document.getElementById('panel').hidden") is False
    before = _text(page, "crumbs")
    page.click(700, 300, count=1)
    page.click(700, 300, count=2)
    page.rest()
    assert "at=" in page.evaluate("location.hash")
    assert before
