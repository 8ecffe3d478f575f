"""What a bundle for Node begins with, so that modules in CommonJS and CommonJS in a module find what Node gives them."""

from __future__ import annotations

import re

_URL = "__aifirstUrl"
NODE_DEFINES = {
    "import.meta.url": _URL,
    "import.meta.dirname": "__dirname",
    "import.meta.filename": "__filename",
}
"""What stands in CommonJS for what only modules have."""
_PLACE = re.compile(r"(?<![\w$.])__(?:dirname|filename)(?![\w$])")
_REQUIRE = 'Dynamic require of "'
_IMPORTED_REQUIRE = (
    'import { createRequire as __aifirstCreateRequire } from "node:module";\n'
    "const require = __aifirstCreateRequire(import.meta.url);"
)
_IMPORTED_PLACE = (
    'import { fileURLToPath as __aifirstToPath } from "node:url";\n'
    "const __filename = __aifirstToPath(import.meta.url);\n"
    'const __dirname = __aifirstToPath(new URL(".", import.meta.url)).slice(0, -1);'
)


def node_banner(bundle_format: str, text: str) -> str:
    """The lines that the text of a bundle needs before it; empty where it needs none."""
    if bundle_format == "cjs":
        named = f'const {_URL} = require("node:url").pathToFileURL(__filename).href;'
        return named if _URL in text else ""
    if bundle_format != "esm":
        return ""
    parts = [_IMPORTED_REQUIRE] if _REQUIRE in text else []
    return "\n".join([*parts, *([_IMPORTED_PLACE] if _PLACE.search(text) else [])])
