"""`aifirst compile`: glue-rich source into clean production code."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.number_range import NumberRange
from aifirst_cli.option_list import with_options

_MOST_JOBS = 256
_UNITS = ("tokens", "bytes")
_BUNDLES = ("module", "archive", "components")
_OPTIONAL = {"--minify": _UNITS, "--bundle": _BUNDLES}
"""Options that may stand without a value, and the values they may have, the one meant without first."""
_OPTIONS = (
    click.argument("source", metavar="SRC", type=click.Path(), default=""),
    click.option("-o", "--output", metavar="OUT", type=click.Path(allow_dash=True),
                 help="Where the output goes: a folder for a folder. A file without it goes to standard output."),
    click.option("--mode", type=click.Choice(("clean", "structural", "documented")),
                 help="What stays of the glue: nothing, assembly tags, or first lines of docstrings as well. "
                 "Default: compile.mode of the settings, else clean."),
    click.option("--minify", is_flag=False, flag_value="tokens", type=click.Choice(_UNITS),
                 help="Make it small too, counted in tokens (where nothing is said) or in bytes."),
    click.option("--rename", is_flag=True, help="With --minify: shorter names for local variables, too."),
    click.option("--optimize", type=click.IntRange(0, 2), default=0, show_default=True, metavar="LEVEL",
                 help="Python: 0 changes nothing, 1 inlines functions and drops needless names, 2 folds and fuses."),
    click.option("--keep-docstrings", is_flag=True, help="Keep every docstring."),
    click.option("--keep-annotations", is_flag=True,
                 help="With --minify: keep every annotation of Python, not only those that something reads."),
    click.option("--keep", multiple=True, metavar="NAME",
                 help="Keep docstring and annotations of NAME (Class.method, path::name, with *); may be given again."),
    click.option("--doctests", is_flag=True, help="Keep docstrings with examples that are run."),
    click.option("--drop-licences", is_flag=True, help="Take licence headers away, too; state them elsewhere."),
    click.option("--maps", is_flag=True, help="Write a source map beside every output; aifirst trace reads them."),
    click.option("--bundle", is_flag=False, flag_value="module", type=click.Choice(_BUNDLES),
                 help="Make one module, one runnable archive, or a file for each component (@TAG:COMPONENT, else folder) "
                 "of Python; or one script of JavaScript or TypeScript and what it imports."),
    click.option("--script-format", type=click.Choice(("esm", "cjs", "iife")),
                 help="What a bundle of scripts is. Default: what OUT's name says (.mjs, .cjs), else what SRC is."),
    click.option("--platform", type=click.Choice(("node", "browser")), default="node", show_default=True,
                 help="What a bundle of scripts runs on."),
    click.option("--packages", type=click.Choice(("external", "included")),
                 help="Whether a bundle of scripts takes in what lies in node_modules. Default: for browsers alone."),
    click.option("--external", multiple=True, metavar="NAME",
                 help="Leave NAME an import in a bundle of scripts (with *); may be given again."),
    click.option("--assemble", metavar="NAME",
                 help="Make the pipeline NAME of the functions below SRC that are tagged with @assembly:NAME."),
    click.option("--check", is_flag=True, help="Write nothing; end with 1 where the output is not what it should be."),
    click.option("--stats", is_flag=True, help="Say what became smaller; without -o nothing is written."),
    click.option("--watch", is_flag=True, help="Stay, and follow every change until Ctrl-C."),
    click.option("--verify", metavar="CMD", help="Run the project's tests on source and output, and compare."),
    click.option("--verify-timeout", type=NumberRange(1), default=1800, show_default=True, metavar="SECONDS",
                 help="How long one run of the tests may take."),
    click.option("--adopt", is_flag=True, help="Take a folder for the output that holds other files already."),
    click.option("--install-tools", is_flag=True,
                 help="Install oxc and esbuild, which make JavaScript and TypeScript small and bundle them, and stop."),
    click.option("-j", "--jobs", type=click.IntRange(0, _MOST_JOBS), default=0, metavar="N",
                 help="How many processes compile; 0, the default, is one a processor."),
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
                 help="How it is told."),
)  # fmt: skip


class _Compile(click.Command):
    """Takes SRC for SRC where it stands behind an option that may have a value and has none."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, such options spelled out."""
        following = [*args, ""][1:]
        spelled = [
            f"{one}={_OPTIONAL[one][0]}" if one in _OPTIONAL and after not in _OPTIONAL[one] else one
            for one, after in zip(args, following, strict=True)
        ]
        return super().parse_args(ctx, spelled)


@click.command("compile", cls=_Compile)
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Turn glue-rich source into clean production code, and prove that it does the same.

    Comments, docstrings and tickets go, by syntax tree; what a program reads at run time stays. Every output is parsed
    again and compared with its source; a file that cannot be compiled is copied, and that is told. SRC is a file or a
    folder; only what changed is made again.

    \b
    aifirst compile src -o out                    a folder
    aifirst compile src -o out --check            is out current? (CI)
    aifirst compile src -o out --verify "pytest"  the tests on both, outcome by outcome
    aifirst compile src --stats --minify          how small would it get?
    aifirst compile app.py --bundle -o dist/app.py          a program and its modules as one file
    aifirst compile app.py --bundle archive -o app.pyz      the same as an archive that Python runs
    aifirst compile src --bundle components -o out          a file for each component
    aifirst compile src/main.ts --bundle -o dist/main.js    a script and what it imports as one file

    Exit code: 0 done; 1 --check found stale output or --verify a difference; 2 wrong use, failure, a file that could
    not be compiled for a fault of ours.
    """
    from aifirst_cli.compile_run import CompileRun, run

    return run(CompileRun(**options))
