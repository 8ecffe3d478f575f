"""The dependency graph as one HTML page for people: a map of nested groups that opens as one comes nearer.

The page needs no network, no server and no code from elsewhere; a content security policy with hashes forbids it to
load or send anything. What a project calls its things reaches it as JSON and the screen as text nodes only.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from importlib.resources import files

from aifirst_memory.dependencies.formats.encodable import encodable, encodable_text
from aifirst_memory.dependencies.formats.escaping import visible
from aifirst_memory.dependencies.model import Graph
from aifirst_memory.dependencies.page.extras import PageExtras
from aifirst_memory.dependencies.page.page_data import page_data

__all__ = ["PageExtras", "page_html"]

SCRIPTS = (
    "text.js", "data.js", "pairs.js", "colours.js", "treemap.js", "camera.js", "opening.js", "routes.js", "map.js",
    "reach.js", "columns.js", "cycles.js", "atlas.js", "shaders.js", "webgl.js", "canvas.js", "labels.js", "svg.js",
    "dom.js", "announce.js", "panel.js", "change.js", "outline.js", "side.js", "filters.js", "search.js", "export.js",
    "address.js", "pointer.js", "keys.js", "views.js", "host.js", "app.js",
)  # fmt: skip
"""In the order they are joined; what one does when it is read only needs what stands in those before it."""

_SLOT = re.compile(r"<!--slot:(\w+)-->")


def page_html(graph: Graph, extras: PageExtras | None = None) -> str:
    """The whole page as one HTML document that encodes as UTF-8; the same graph and extras give the same text."""
    extras = extras or PageExtras()
    assets = files("aifirst_memory.dependencies.page") / "assets"
    style = (assets / "style.css").read_text("utf-8")
    script = (
        '"use strict";\n(() => {\n'
        + "\n".join((assets / name).read_text("utf-8") for name in SCRIPTS)
        + "})();\n"
    )
    slots = {
        "policy": _policy(style, script),
        "title": escape(visible(encodable_text(extras.title))),
        "style": style,
        "data": page_data(encodable(graph), extras).decode(),
        "script": script,
    }
    template = (assets / "page.html").read_text("utf-8")
    return _SLOT.sub(lambda slot: slots[slot[1]], template)


def _policy(style: str, script: str) -> str:
    """What the page may do: run this script, use this style, show images that it makes itself."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
