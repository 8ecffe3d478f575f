"""The graph's page where there is little room, as in a panel beside an editor: all of it can be reached and read.

Needs Chromium; skipped where there is none, as the other tests of the page.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aifirst_memory.dependencies.model import Edge, Graph, Node
from aifirst_memory.dependencies.page import PageExtras, page_html

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.graph.chromium_page import CHROMIUM, Page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on the path: install it to test the page in a browser"
)
WIDTHS = (400, 700, 1200)
HEIGHT = 760
SHOTS = os.environ.get("AIFIRST_SHOTS", "")
NAMES = ("parse_order_lines", "look_up_unit_prices", "apply_volume_discount", "add_sales_tax", "format_quote")
VARIABLES = {
    "dark": {"editor-background": "#1f1f1f", "sideBar-background": "#181818", "foreground": "#cccccc",
             "descriptionForeground": "#9d9d9d", "focusBorder": "#0078d4", "textLink-foreground": "#4daafc",
             "panel-border": "#2b2b2b", "list-hoverBackground": "#2a2d2e"},
    "light": {"editor-background": "#ffffff", "sideBar-background": "#f8f8f8", "foreground": "#3b3b3b",
              "descriptionForeground": "#3b3b3b", "focusBorder": "#005fb8", "textLink-foreground": "#005fb8",
              "panel-border": "#e5e5e5", "list-hoverBackground": "#f2f2f2"},
    "high-contrast": {"editor-background": "#000000", "sideBar-background": "#000000", "foreground": "#ffffff",
                      "descriptionForeground": "#ffffffb3", "focusBorder": "#f38518", "contrastBorder": "#6fc3df",
                      "textLink-foreground": "#21a6ff", "contrastActiveBorder": "#f38518"},
}  # fmt: skip
"""What the editor gives a webview, of its own themes; the class of its body is `vscode-` and the name."""
CONTRAST = """(selector) => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const seen = (one) => one.checkVisibility() && one.textContent.trim();
  const ratios = [...document.querySelectorAll(selector)].filter(seen).map((one) => {
    let behind;
    for (let at = one; at && !behind; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.9) behind = colour;
    }
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(behind ?? [255, 255, 255])].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
  return ratios.length ? Math.min(...ratios) : 0;
}"""


def _graph() -> Graph:
    folder = Node(id="quote/", kind="folder", name="quote", path="quote")
    nodes, edges = [folder], list[Edge]()
    for at, name in enumerate(NAMES):
        path = f"quote/{name}.py"
        nodes.append(
            Node(
                id=path,
                kind="file",
                name=f"{name}.py",
                path=path,
                line=1,
                end_line=60,
                parent="quote/",
                tokens=500,
            )
        )
        nodes.append(
            Node(
                id=f"{path}::{name}", kind="unit", name=name, path=path, line=20, end_line=50, parent=path,
                unit_kind="function", tokens=90, glue_tokens=40,
            )
        )  # fmt: skip
        if at:
            before = f"quote/{NAMES[at - 1]}.py"
            edges.append(Edge(path, before, "imports", path, 1, 1.0))
            edges.append(Edge(f"{path}::{name}", f"{before}::{NAMES[at - 1]}", "calls", path, 30, 0.9))
    return Graph(
        tuple(sorted(nodes, key=lambda one: one.id)),
        tuple(sorted(edges, key=lambda one: (one.source, one.target, one.kind))),
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("profile"), size=(1280, 800)) as page:
        calm = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        page.send("Emulation.setEmulatedMedia", features=calm)
        yield page


def shown(browser: Page, folder: Path, width: int, theme: str = "") -> Page:
    """The page at a width, with a unit chosen; with a theme as the editor shows it."""
    text = page_html(_graph(), PageExtras(title="quote"))
    if theme:
        variables = "".join(f"--vscode-{name}:{value};" for name, value in VARIABLES[theme].items())
        text = text.replace("<html ", f'<html style="{variables}" ', 1).replace(
            "<body>", f'<body class="vscode-{theme}">', 1
        )
        text = text.replace('http-equiv="Content-Security-Policy"', 'http-equiv="x"')  # it forbids that style
    (folder / "graph.html").write_text(text, encoding="utf-8")
    browser.send(
        "Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=False
    )
    browser.send("Page.navigate", url="about:blank")
    browser.open((folder / "graph.html").as_uri() + "#node=quote/add_sales_tax.py::add_sales_tax")
    browser.rest()
    return browser


def keep(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(Path(SHOTS) / f"page {name}.png")


def boxes(page: Page, *selectors: str) -> list[dict[str, Any]]:
    ask = "(all) => all.map((one) => document.querySelector(one).getBoundingClientRect().toJSON())"
    return page.evaluate(f"({ask})({json.dumps(selectors)})")


@pytest.mark.parametrize("width", WIDTHS)
def test_details_leave_most_of_the_map_to_be_seen(browser: Page, tmp_path: Path, width: int) -> None:
    page = shown(browser, tmp_path, width)
    stage, panel = boxes(page, "#stage", "#panel")
    covered = max(0, min(stage["right"], panel["right"]) - max(stage["left"], panel["left"])) * max(
        0, min(stage["bottom"], panel["bottom"]) - max(stage["top"], panel["top"])
    )
    assert covered <= 0.4 * stage["width"] * stage["height"]
    assert stage["width"] * stage["height"] >= 0.4 * width * HEIGHT
    assert panel["left"] >= 0
    assert panel["right"] <= width
    assert panel["bottom"] <= HEIGHT


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_and_no_control_covers_another(browser: Page, tmp_path: Path, width: int) -> None:
    page = shown(browser, tmp_path, width)
    out = page.evaluate(
        "[...document.querySelectorAll('button, input, select, a:not(.skip), #crumbs, #status')]"
        ".filter((one) => one.checkVisibility() && !one.closest('#crumbs, #panel, #side'))"
        ".filter((one) => { const box = one.getBoundingClientRect();"
        " return box.width && (box.left < 0 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1); })"
        ".map((one) => one.id || one.textContent)"
    )
    assert out == []
    hidden = page.evaluate(
        "[...document.querySelectorAll('.bar button, .bar input, .zoom button')]"
        ".filter((one) => one.checkVisibility())"
        ".filter((one) => { const box = one.getBoundingClientRect();"
        " const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);"
        " return !(one === top || one.contains(top)); }).map((one) => one.id || one.textContent)"
    )
    assert hidden == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_the_box_that_is_chosen_is_in_sight(browser: Page, tmp_path: Path, width: int) -> None:
    page = shown(browser, tmp_path, width)
    page.press("/")
    page.type("format_quote")
    page.press("Enter")
    page.rest()
    stage, panel = boxes(page, "#stage", "#panel")
    node = page.evaluate("document.querySelector('#panel h3').textContent")
    assert "format_quote" in node
    keep(page, f"{width}")
    page.press("Escape")
    page.rest()
    [after] = boxes(page, "#stage")
    assert after["height"] >= stage["height"], "what the details took is given back"
    assert panel["height"] > 0


@pytest.mark.parametrize("width", [400, 700])
def test_groups_and_filters_are_reached_by_a_button_and_by_keys(
    browser: Page, tmp_path: Path, width: int
) -> None:
    page = shown(browser, tmp_path, width)
    assert not page.evaluate("document.getElementById('side').checkVisibility()")
    page.evaluate("document.getElementById('side-open').focus()")
    page.press("Enter")
    assert page.evaluate("document.getElementById('side').checkVisibility()")
    assert page.evaluate("document.getElementById('side-open').getAttribute('aria-expanded')") == "true"
    keep(page, f"{width} groups")
    page.press("Escape")
    assert not page.evaluate("document.getElementById('side').checkVisibility()")
    assert page.evaluate("document.activeElement.id") == "side-open"
    page.evaluate("document.querySelector('.skip').click()")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "treeitem"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_control_has_a_name_and_the_tab_key_reaches_each_in_the_order_it_is_seen(
    browser: Page, tmp_path: Path, width: int
) -> None:
    page = shown(browser, tmp_path, width)
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, input, select, a, [role=application], [role=tree], aside, nav')]"
        ".filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length"
        " || document.getElementById(one.getAttribute('aria-labelledby'))?.textContent)).map((one) => one.outerHTML)"
    )
    assert nameless == []
    page.evaluate("(document.activeElement.blur(), 0)")
    reached: list[str] = []
    for _ in range(60):
        page.press("Tab")
        at = page.evaluate("document.activeElement.id || document.activeElement.closest('[id]')?.id || ''")
        if reached and at == "" and "map" in reached:
            break
        reached.append(at)
    order = [one for one in dict.fromkeys(reached) if one]
    assert order.index("search") < order.index("views") < order.index("map") < order.index("panel")
    if width > 1000:
        assert order.index("views") < order.index("outline") < order.index("map")


@pytest.mark.parametrize("theme", [*VARIABLES])
@pytest.mark.parametrize("width", WIDTHS)
def test_text_can_be_read_in_each_theme_of_the_editor(
    browser: Page, tmp_path: Path, theme: str, width: int
) -> None:
    page = shown(browser, tmp_path, width, theme)
    keep(page, f"{theme} {width}")
    for selector in ("#panel *", ".bar button:not(:disabled)", "#status", "#side *"):
        ratio = page.evaluate(f"({CONTRAST})({json.dumps(selector)})")
        if selector != "#side *" or width > 1000:
            assert ratio >= 4.5, f"{selector} has a contrast of {ratio:.1f}"
