"""`aifirst graph`: the dependency graph as a page, a file for other programs, or the answer to a question."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.graph_options import HOW_FOUND, STORE
from aifirst_cli.option_list import with_options

_FORMATS = ("text", "html", "json", "mermaid", "dot", "graphml", "cypher")
_OPTIONS = (
    click.argument("path", default=None, required=False, metavar="[PATH]", type=click.Path()),
    click.option("-f", "--format", "shape", type=click.Choice(_FORMATS), default=None,
                 help="How it is told; without it what the name of the output says, else text."),
    click.option("-o", "--output", metavar="FILE", type=click.Path(allow_dash=True),
                 help="Write to FILE, not standard output."),
    click.option("--level", type=click.Choice(("folder", "file", "unit")), default=None,
                 help="What the nodes are; edges between units add up. Without it units, for questions files."),
    click.option("--around", "around", metavar="TARGET", help="Only what is near a file, unit or name."),
    click.option("--depth", type=click.IntRange(1, 100), default=2, show_default=True, metavar="N",
                 help="With --around: how near."),
    click.option("--cycles", is_flag=True, help="What depends on itself in a circle, and where to cut."),
    click.option("--layers", is_flag=True, help="Who stands on whom, and what breaks that order."),
    click.option("--hubs", is_flag=True, help="What most others depend on."),
    click.option("--dead", is_flag=True, help="Code that nothing refers to, as far as can be known."),
    click.option("--from", "start", metavar="TARGET", help="With --to: the shortest way from one to the other."),
    click.option("--to", "end", metavar="TARGET", help="The end of that way."),
    *HOW_FOUND,
    *STORE,
)  # fmt: skip


@click.command("graph")
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Draw or write the dependency graph, or answer a question about it.

    PATH is the project, or a folder of it to look at alone. Without it the project around the current folder is taken.

    \b
    aifirst graph -o graph.html                   a page to explore in a browser
    aifirst graph                                 a summary in the terminal
    aifirst graph --cycles                        import cycles, and the edge to cut
    aifirst graph --level folder -f mermaid       a diagram for a document
    aifirst graph --around Session --depth 1      what is near a class
    aifirst graph --from cli.py --to db/models.py the shortest way from one to the other
    aifirst graph -o graph.graphml                for Gephi, yEd, networkx

    The graph in .aifirst/ is brought up to date first, and built where there is none.

    Exit code: 0 answered, 1 with --cycles, --layers or --dead where something was found, 2 wrong use or failure.
    """
    from aifirst_cli.graph_run import GraphOptions, run

    return run(GraphOptions(**options))
