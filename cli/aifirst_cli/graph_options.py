"""The options that the commands on the dependency graph share."""

from __future__ import annotations

from typing import Final

import click

_KINDS: Final = (
    "imports", "calls", "inherits", "overrides", "uses", "decorates", "raises", "tests", "documents", "changes-with",
)  # fmt: skip

HOW_FOUND = (
    click.option(
        "--kind", "kinds", type=click.Choice(_KINDS), multiple=True,
        help="Follow edges of this kind alone. May be repeated.",
    ),
    click.option(
        "--confidence", type=click.FloatRange(0, 1), default=None, metavar="C",
        help="Follow edges at least this sure, 0 to 1.",
    ),
)  # fmt: skip
"""Which edges count."""

STORE = (
    click.option(
        "--graph", "url", metavar="URL", envvar="AIFIRST_GRAPH", show_envvar=True,
        help="Ask a Neo4j server (bolt://...), not the file in .aifirst/. User and password come from "
        "AIFIRST_NEO4J_USER and AIFIRST_NEO4J_PASSWORD.",
    ),
    click.option("--no-update", is_flag=True, help="Take the graph as it is."),
)  # fmt: skip
"""Which store answers, and whether it is made current before."""
