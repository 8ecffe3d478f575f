"""The options that the commands on the dependency graph share."""

from __future__ import annotations

from typing import Final

import click

_KINDS: Final = (
    "imports", "calls", "inherits", "overrides", "uses", "decorates", "raises", "tests", "documents", "changes-with",
)  # fmt: skip


def _share(_context: click.Context, _option: click.Parameter, value: float | None) -> float | None:
    """The number itself; refused is also what is no number: every comparison with it would be false."""
    if value is not None and not 0 <= value <= 1:
        raise click.BadParameter(f"{value:g} is no confidence. Give a number from 0 to 1, like 0.8.")
    return value


HOW_FOUND = (
    click.option(
        "--kind", "kinds", type=click.Choice(_KINDS), multiple=True,
        help="Follow edges of this kind alone. May be repeated.",
    ),
    click.option(
        "--confidence", type=float, callback=_share, default=None, metavar="C",
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
