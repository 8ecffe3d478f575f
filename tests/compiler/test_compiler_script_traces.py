"""Stacks that Node prints for scripts made small, or cleaned only, told in terms of what was written.

Needs Node and the tools (`aifirst compile --install-tools`); the tests are skipped, and say so, where they are missing.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from aifirst_compiler.edits import Edit
from aifirst_compiler.script_tools import ScriptOptions, find_tools, minify_script
from aifirst_compiler.script_tools.find_tools import ToolsMissingError
from aifirst_compiler.script_tools.node_process import NodeProcess
from aifirst_compiler.source_maps.find_map import MapFinder
from aifirst_compiler.source_maps.script_names import ScriptNames
from aifirst_compiler.source_maps.trace import Tracer
from aifirst_compiler.source_maps.write import map_of_edits

LEDGER = """\
// why: explain
interface Options { count: number }

/** A ledger. */
export class Ledger {
  constructor(private readonly options: Options) {}
  // check it
  private validateAmount(amount: number): void {
    if (amount < 0) {
      throw new RangeError(`negative amount: ${amount}`);
    }
  }
  post(amount: number): number {
    this.validateAmount(amount);
    return amount * this.options.count;
  }
}

function computeTotal(values: number[]): number {
  const ledger = new Ledger({ count: 2 });
  let total = 0;
  for (const value of values) {
    total += ledger.post(value);
  }
  return total;
}
console.log(computeTotal([1, 2, -3]));
"""


@pytest.fixture(scope="module")
def tools() -> Path:
    try:
        return find_tools()
    except ToolsMissingError as error:
        pytest.skip(f"{error}: {error.next_step}")


@pytest.fixture(scope="module")
def node(tools: Path) -> Iterator[NodeProcess]:
    process = NodeProcess(tools)
    yield process
    process.close()


def only(tool: str, tools: Path, folder: Path) -> Path:
    """A folder that has one of the tools alone; TypeScript needs esbuild for its types in any case."""
    keep = {"oxc": ("oxc-minify", "@oxc-minify", "esbuild", "@esbuild")}.get(tool, ("esbuild", "@esbuild"))
    modules = folder / "tools" / "node_modules"
    modules.mkdir(parents=True)
    for name in keep:
        (modules / name).symlink_to(tools / "node_modules" / name)
    return folder / "tools"


def ran(place: Path) -> str:
    """What a script prints that ends with an error."""
    program = shutil.which("node")
    assert program is not None
    done = subprocess.run([program, place], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize("tool", ["esbuild", "oxc"])
@pytest.mark.parametrize("name", ["ledger.ts", "ledger.mts", "ledger.tsx"])
def test_an_error_of_typescript_made_small_is_told_by_line_column_and_name(
    tool: str, name: str, tools: Path, tmp_path: Path
) -> None:
    source = tmp_path / "src" / name
    source.parent.mkdir()
    source.write_text(LEDGER)
    process = NodeProcess(only(tool, tools, tmp_path))
    made = minify_script(name, LEDGER.encode(), ScriptOptions(minify="bytes", maps=True), process)
    process.close()
    assert made.tool == ("esbuild" if name.endswith("tsx") else tool)
    assert made.map is not None
    output = tmp_path / "ledger.mjs"
    output.write_bytes(made.data)
    output.with_name("ledger.mjs.map").write_bytes(
        msgspec.json.encode(made.map | {"sources": [f"src/{name}"]})
    )
    stack = ran(output)
    assert "computeTotal" not in stack
    told = Tracer(MapFinder(), ScriptNames()).rewrite(stack)
    assert told.startswith(f"{source}:10\n      throw new RangeError(`negative amount: ${{amount}}`);\n")
    assert re.match(r" +\^", told.splitlines()[2])
    assert re.search(rf"at Ledger\.validateAmount \({re.escape(str(source))}:10:(7|13|17)\)", told)
    assert f"at Ledger.post ({source}:14:10)" in told or f"at Ledger.post ({source}:14:5)" in told
    assert re.search(rf"at computeTotal \({re.escape(str(source))}:23:\d+\)", told)
    assert re.search(rf"at {re.escape(str(source))}:27:13", told)


def test_the_bytes_are_the_same_with_a_map_and_without(node: NodeProcess) -> None:
    plain = minify_script("a.ts", LEDGER.encode(), ScriptOptions(), node)
    mapped = minify_script("a.ts", LEDGER.encode(), ScriptOptions(maps=True), node)
    assert (plain.data, plain.tool) == (mapped.data, mapped.tool)


def test_names_of_classes_and_frames_of_other_engines_are_told(node: NodeProcess, tmp_path: Path) -> None:
    text = (
        "// why\nconst sealed = 1;\nclass Envelope { constructor(letter) { this.letter = letter; letter.open(); } }\n"
        "const deliver = (letters) => letters.map((letter) => new Envelope(letter));\n"
        "export const run = () => deliver([sealed]);\nrun();\n"
    )
    made = minify_script("a.mjs", text.encode(), ScriptOptions(minify="bytes", maps=True), node)
    assert made.map is not None
    (tmp_path / "src.mjs").write_text(text)
    (tmp_path / "out.mjs").write_bytes(made.data)
    (tmp_path / "out.mjs.map").write_text(json.dumps({**made.map, "sources": ["src.mjs"]}))
    stack = ran(tmp_path / "out.mjs")
    assert "Envelope" not in stack
    told = Tracer(MapFinder(), ScriptNames()).rewrite(stack)
    assert f"at new Envelope ({tmp_path / 'src.mjs'}:3:" in told
    assert f"at deliver ({tmp_path / 'src.mjs'}:4:" in told
    frame = re.search(r"at new (\w+) \((file:\S+)\)", stack)
    assert frame is not None
    short = Tracer(MapFinder(), ScriptNames()).rewrite(f"{frame[1]}@{frame[2]}\n")
    assert re.match(rf"Envelope@{re.escape(str(tmp_path))}/src\.mjs:3:\d+$", short)


def test_a_cleaned_script_is_told_by_column_too(tmp_path: Path) -> None:
    source = b"// why\nconst grow = (one) => { /* at once */ return one.more.much; };\ngrow({});\n"
    start, comment = source.index(b"/*"), b"/* at once */ "
    edits = [Edit(0, 7), Edit(start, start + len(comment))]
    (tmp_path / "src.cjs").write_bytes(source)
    (tmp_path / "out.cjs").write_bytes(b"".join(source.replace(comment, b"").split(b"// why\n")))
    (tmp_path / "out.cjs.map").write_bytes(map_of_edits("out.cjs", "src.cjs", source, edits).to_json())
    told = Tracer(MapFinder()).rewrite(ran(tmp_path / "out.cjs"))
    column = source.splitlines()[1].index(b"much") + 1
    assert f"{tmp_path / 'src.cjs'}:2:{column})" in told
    assert told.startswith(
        f"{tmp_path / 'src.cjs'}:2\n{source.splitlines()[1].decode()}\n{' ' * (column - 1)}^\n"
    )


def test_a_line_of_many_is_not_told_without_a_column(tmp_path: Path) -> None:
    source = b"a()\nb()\n"
    (tmp_path / "out.js").write_bytes(b"a();b()\n")
    (tmp_path / "out.js.map").write_bytes(
        map_of_edits("out.js", "src.js", source, [Edit(3, 4, b";")]).to_json()
    )
    finder = MapFinder((tmp_path,))
    assert Tracer(finder).rewrite("out.js:1: no\n") == "out.js:1: no\n"
    assert Tracer(finder).rewrite("out.js:1:5: no\n").endswith("src.js:2:1: no\n")


def test_a_line_too_long_for_a_caret_is_told_by_the_first_frame(tmp_path: Path) -> None:
    filler = b"(() => 0)();" * 200
    source = b"// why\n" + filler + b"\nnull.x;\n"
    output = source[7:].replace(b"\n", b"")
    edits = [Edit(0, 7), Edit(7 + len(filler), 8 + len(filler)), Edit(len(source) - 1, len(source))]
    (tmp_path / "src.cjs").write_bytes(source)
    (tmp_path / "out.cjs").write_bytes(output)
    (tmp_path / "out.cjs.map").write_bytes(map_of_edits("out.cjs", "src.cjs", source, edits).to_json())
    told = Tracer(MapFinder()).rewrite(ran(tmp_path / "out.cjs"))
    assert told.startswith(f"{tmp_path / 'src.cjs'}:3\nnull.x;\n     ^\n")
