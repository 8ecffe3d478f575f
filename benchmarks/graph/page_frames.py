"""How fast the graph's page draws: frames while one moves and zooms over 5,000 boxes, in headless Chromium.

    python benchmarks/graph/page_frames.py

What a frame costs the page itself (JavaScript, which is what this project can make slow) is measured apart from how
long frames take as seen: without a graphics card WebGL is drawn by the processor, and that is most of it. Writes
benchmarks/results/graph_page.md.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from aifirst_memory.dependencies.model import Edge, Graph, Node  # noqa: E402  found by the line above
from aifirst_memory.dependencies.page import PageExtras, page_html  # noqa: E402  as above

from benchmarks.graph.chromium_page import Page  # noqa: E402  as above

RESULT = ROOT / "benchmarks" / "results" / "graph_page.md"
FRAMES = 150


HEAD = """# Frames of the graph's page

    python benchmarks/graph/page_frames.py

Headless Chromium at 1920 × 1080, one device pixel a pixel, on two cores that others use too. There is no graphics
card here: WebGL is drawn by the processor (SwiftShader), and the first line says what that costs for a canvas on which
nothing is drawn. {frames} frames each, the map moved or zoomed in every one. JavaScript is the processor time that the
page itself takes of a frame on average, all events and the opening of groups included; 60 frames a second are 16.7 ms.

| Graph | On the screen | JavaScript a frame | Frame, median | Frame, p95 |
|---|---|---:|---:|---:|
"""


class Measured(msgspec.Struct, frozen=True):
    """Milliseconds. `script` is processor time that JavaScript took of a frame on average.

    Frames are from one to the next as the page sees them.
    """

    name: str
    said: str
    script: float
    median: float
    p95: float


def synthetic(folders: int, files: int, out: int) -> Graph:
    """Folders of files, each of which imports some others: near ones mostly, far ones now and then."""
    paths = [f"part{at:03}/module_{file:03}.py" for at in range(folders) for file in range(files)]
    nodes = [
        Node(id=f"part{at:03}/", kind="folder", name=f"part{at:03}", path=f"part{at:03}")
        for at in range(folders)
    ]
    edges: dict[tuple[str, str], Edge] = {}
    for number, path in enumerate(paths):
        folder, _, name = path.partition("/")
        nodes.append(
            Node(
                id=path,
                kind="file",
                name=name,
                path=path,
                line=1,
                end_line=90,
                parent=f"{folder}/",
                tokens=200 + number * 37 % 3000,
            )
        )
        for step in range(out):
            far = (
                (step * step * 97 + number * 31) % len(paths)
                if step % 3 == 0
                else (number + step + 1) % len(paths)
            )
            if paths[far] != path:
                edges[path, paths[far]] = Edge(path, paths[far], "imports", path, step + 1, 1.0)
    return Graph(tuple(sorted(nodes, key=lambda node: node.id)), tuple(edges[key] for key in sorted(edges)))


MOVE = """new Promise((done) => {
  const map = document.getElementById('map');
  const frame = map.getBoundingClientRect();
  const [x, y] = [frame.left + frame.width / 2, frame.top + frame.height / 2];
  const say = (kind, at) => map.dispatchEvent(
    new PointerEvent(kind, { clientX: x + at, clientY: y, pointerId: 1, isPrimary: true, bubbles: true }));
  const turn = (deltaY) => map.dispatchEvent(
    new WheelEvent('wheel', { clientX: x, clientY: y, deltaY, cancelable: true }));
  map.setPointerCapture = () => {};
  const gaps = [];
  let [last, count] = [performance.now(), 0];
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    if (count === 0) say('pointerdown', 0);
    if (%(zoom)s) turn(count < %(frames)d / 2 ? -6 : 6);
    else say('pointermove', Math.sin(count / 9) * 240);
    if ((count += 1) < %(frames)d) return requestAnimationFrame(step);
    say('pointercancel', 0);
    gaps.sort((a, b) => a - b);
    done([gaps[gaps.length >> 1], gaps[Math.floor(gaps.length * 0.95)]]);
  };
  requestAnimationFrame(step);
})"""


def script_seconds(page: Page) -> float:
    """Seconds of processor time that the page has spent on JavaScript so far."""
    metrics: list[dict[str, Any]] = page.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration")


def measure(page: Page, name: str, *, zoom: bool) -> Measured:
    """Moves, or comes nearer and goes away again, for some frames."""
    page.rest()
    before = script_seconds(page)
    median, p95 = page.evaluate(MOVE % {"zoom": "true" if zoom else "false", "frames": FRAMES})
    script = (script_seconds(page) - before) * 1000 / FRAMES
    said = page.evaluate("document.getElementById('status').textContent")
    return Measured(name, said, script, median, p95)


EMPTY = """<!DOCTYPE html><html data-ready="true" data-drawing="false"><body style="margin:0"><canvas id="map"
 width="1708" height="1032"></canvas><p id="status">nothing but a clear</p><script>
const gl = document.getElementById("map").getContext("webgl2", { antialias: false, alpha: false });
let shade = 0;
const draw = () => {
  gl.clearColor((shade = (shade + 1) % 60) / 60, 0.5, 0.5, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  requestAnimationFrame(draw);
};
draw();
</script></body></html>"""
"""The least that a frame of this size can be here: what the browser needs to show any WebGL at all."""


def measured(folder: Path) -> list[Measured]:
    """All cases, in one browser."""
    found: list[Measured] = []
    with Page(folder / "profile", size=(1920, 1080)) as page:
        page.send("Performance.enable", timeDomain="threadTicks")
        (folder / "empty.html").write_text(EMPTY, encoding="utf-8")
        page.open((folder / "empty.html").as_uri())
        found.append(measure(page, "an empty canvas of the same size", zoom=False))
        for nodes, graph in ((5_000, synthetic(100, 50, 6)), (50_000, synthetic(500, 100, 6))):
            file = folder / f"{nodes}.html"
            file.write_text(page_html(graph, PageExtras(title="frames")), encoding="utf-8")
            for detail in (60, 5000):
                page.send("Page.navigate", url="about:blank")
                page.open(f"{file.as_uri()}#detail={detail}")
                for zoom in (False, True):
                    way = "zoom" if zoom else "move"
                    found.append(measure(page, f"{nodes:,} files, about {detail:,} groups, {way}", zoom=zoom))
    return found


def main() -> None:
    """Measures, and writes what came out."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder))
    table = [
        f"| {row.name} | {row.said} | {row.script:.2f} ms | {row.median:.1f} ms | {row.p95:.1f} ms |"
        for row in rows
    ]
    text = HEAD.format(frames=FRAMES) + "\n".join(table) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
