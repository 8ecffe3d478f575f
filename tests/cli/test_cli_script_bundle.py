"""`aifirst compile --bundle` of JavaScript and TypeScript as a person, a build and CI use it.

Needs Node and the tools (`aifirst compile --install-tools`); the tests are skipped, and say so, where they are missing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from aifirst_compiler.script_tools import install as install
from aifirst_compiler.script_tools.find_tools import ToolsMissingError, find_tools
from command_run import Aifirst, Write

MAIN = """\
import { price } from './price';
import fs from 'node:fs';
import left from 'left';

export function main(names: string[]): number {
  // why
  return names.length * price(2) + (fs.existsSync('/') ? 0 : 1);
}
if (process.argv[2]) left(main([process.argv[2]]));
"""
PRICE = "/** A price. */\nexport const price = (amount: number): number => amount * 3;\n"


@pytest.fixture
def program(write: Write) -> None:
    """A package of TypeScript that needs another package."""
    try:
        find_tools()
    except ToolsMissingError as error:
        pytest.skip(f"{error}: {error.next_step}")
    write("aifirst.toml", "")
    write("src/main.ts", MAIN)
    write("src/price.ts", PRICE)
    write("package.json", '{"name": "shop", "main": "src/main.ts"}')
    write("node_modules/left/package.json", '{"name": "left", "main": "left.js"}')
    write("node_modules/left/left.js", "module.exports = function left(n) { throw new Error('left ' + n) }\n")


def node(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Node in a folder."""
    program = shutil.which("node")
    assert program is not None
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("source", ["src/main.ts", "."])
def test_a_package_becomes_one_script_that_is_then_current(
    aifirst: Aifirst, write: Write, source: str
) -> None:
    arguments = ("compile", source, "--bundle", "-o", "dist/main.js", "--maps", "--stats")
    ran = aifirst(*arguments)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("dist/main.js: 2 files made one (cjs); left stays an import; ")
    assert "  src/price.ts: " in ran.out
    assert ("(main of package.json)" in ran.out) == (source == ".")
    assert node(aifirst.folder, "-p", "require('./dist/main.js').main(['a', 'b'])").stdout == "12\n"
    assert aifirst(*arguments, "--check").out == "current\n"
    write("src/price.ts", PRICE.replace("3", "4"))
    stale = aifirst(*arguments, "--check")
    assert (stale.code, stale.out) == (1, "dist/main.js: different; run it without --check\n")
    (aifirst.folder / "dist/main.js.map").unlink()
    assert "dist/main.js.map: missing" in aifirst(*arguments, "--check").out


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("minify", [[], ["--minify"]])
def test_a_stack_of_the_bundle_is_told_by_its_map(aifirst: Aifirst, minify: list[str]) -> None:
    more = ["--packages", "included", "--maps", *minify]
    assert aifirst("compile", "src/main.ts", "--bundle", "-o", "dist/main.cjs", *more).code == 0
    made = json.loads((aifirst.folder / "dist/main.cjs.map").read_text())
    assert sorted(made["sources"]) == ["../node_modules/left/left.js", "../src/main.ts", "../src/price.ts"]
    done = node(aifirst.folder, "dist/main.cjs", "x")
    told = aifirst("trace", stdin=done.stderr.encode()).out
    assert told.startswith(f"{aifirst.folder}/node_modules/left/left.js:1\n")
    assert f"({aifirst.folder}/node_modules/left/left.js:1:" in told
    assert f"{aifirst.folder}/src/main.ts:9:" in told


@pytest.mark.usefixtures("program")
def test_the_bytes_are_the_same_for_any_number_of_processes(aifirst: Aifirst) -> None:
    for jobs in ("1", "4"):
        assert aifirst("compile", ".", "--bundle", "-o", f"{jobs}.js", "--minify", "-j", jobs).code == 0
    assert (aifirst.folder / "1.js").read_bytes() == (aifirst.folder / "4.js").read_bytes()
    assert aifirst("compile", ".", "--bundle", "--minify").raw == (aifirst.folder / "1.js").read_bytes()


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["src/main.ts", "--bundle", "archive", "-o", "a.pyz"], 2, "an archive is of Python"),
        (["src/main.ts", "--bundle", "-o", "src/price.js", "--external", "./price"], 0, ""),
        (["src/main.ts", "--bundle", "-o", "a.ts"], 2, "no name for JavaScript"),
        (["src/gone.ts", "--bundle", "-o", "a.js"], 2, "src/gone.ts does not exist"),
        (["src/bad.ts", "--bundle", "-o", "a.js"], 2, 'src/bad.ts:2:8: Could not resolve "./nowhere"'),
        (["src/old.js", "--bundle", "-o", "src/old.js"], 2, "is the source itself"),
        (
            ["src/main.ts", "--bundle", "-o", "a.js", "--script-format", "esm"],
            0,
            "Node takes a.js for CommonJS",
        ),
        (["py", "--bundle", "-o", "a.py", "--external", "x"], 2, "--external is for bundles of JavaScript"),
    ],
)
def test_what_cannot_be_is_told_with_the_next_step(
    aifirst: Aifirst, write: Write, arguments: list[str], code: int, why: str
) -> None:
    write("src/bad.ts", "// why\nimport './nowhere';\n")
    write("src/old.js", "exports.a = 1;\n")
    write("py/__main__.py", "print(1)\n")
    ran = aifirst("compile", *arguments)
    assert (ran.code, why in ran.err) == (code, True), ran.err
    assert (aifirst.folder / "src/old.js").read_text() == "exports.a = 1;\n"


@pytest.mark.usefixtures("program")
def test_without_tools_it_says_how_to_get_them(aifirst: Aifirst, tmp_path: Path) -> None:
    empty = {"XDG_DATA_HOME": str(tmp_path / "none"), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    ran = aifirst("compile", ".", "--bundle", "-o", "a.js", env=empty)
    assert ran.code == 2
    assert "aifirst compile --install-tools" in ran.err


def test_installing_says_what_is_there_then_and_what_for(
    aifirst: Aifirst, write: Write, tmp_path: Path
) -> None:
    pinned = Path(install.__file__ or "").parent / "node_tools" / "package.json"
    wanted = json.loads(pinned.read_text())["dependencies"]
    made = "".join(
        f'mkdir -p node_modules/{name} && echo \'{{"version": "{version}"}}\' >node_modules/{name}/package.json\n'
        for name, version in wanted.items()
    )
    write("bin/npm", f"#!/bin/sh\n{made}").chmod(0o755)
    home = tmp_path / "home"
    path = f"{aifirst.folder / 'bin'}:/usr/bin:/bin"
    ran = aifirst(
        "compile", "--install-tools", env={"PATH": path, "HOME": str(home), "XDG_DATA_HOME": str(home)}
    )
    assert ran.code == 0, ran.err
    told = " and ".join(f"{name}@{version}" for name, version in sorted(wanted.items()))
    assert ran.out == f"{told} are installed in {home}/aifirst/node-tools\n"
    assert f"Installs {told} with npm" in ran.err
    assert "Next: aifirst compile SRC --minify -o OUT" in ran.err


def test_a_link_to_nothing_is_told_as_that(aifirst: Aifirst, write: Write) -> None:
    write("src/a.py", "a = 1\n")
    (aifirst.folder / "src/b.py").symlink_to("gone.py")
    ran = aifirst("compile", "src/b.py")
    assert (ran.code, "src/b.py is a link to gone.py, which does not exist" in ran.err) == (2, True)
    ran = aifirst("compile", "src", "-o", "out")
    assert ran.code == 2
    assert (
        "src/b.py:1: is a link to gone.py, which does not exist; it was left out; make what it leads to"
        in ran.err
    )
