"""Scripts made small by oxc and esbuild under Node, and what happens where those are missing, hang or die.

Needs Node and the tools (`python -m aifirst_compiler.script_tools.install`). Where they are missing those tests are
skipped and say so; with AIFIRST_TEST_FULL=1, as continuous integration sets it, that is a failure.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.errors import CompileError
from aifirst_compiler.project import ProjectRequest, compile_project
from aifirst_compiler.script_tools import ScriptOptions, find_tools, minify_script
from aifirst_compiler.script_tools.find_tools import VARIABLE, ToolsMissingError, data_folder
from aifirst_compiler.script_tools.install import install_tools, plan_install
from aifirst_compiler.script_tools.minify_script import ScriptNotMinifiedError
from aifirst_compiler.script_tools.node_process import NodeProcess
from aifirst_compiler.script_tools.tsconfig import UnreadSettings, compiler_options


@pytest.fixture(scope="module")
def node() -> Iterator[NodeProcess]:
    try:
        process = NodeProcess(find_tools())
    except ToolsMissingError as error:
        pytest.skip(f"{error}: {error.next_step}")
    yield process
    process.close()


def small(node: NodeProcess, path: str, text: str, **options: object) -> str:
    """The script made small, in characters where nothing else is asked for."""
    chosen = ScriptOptions(**{"minify": "bytes", **options})  # type: ignore[arg-type]
    return minify_script(path, text.encode(), chosen, node).data.decode().strip().rstrip(";")


def test_a_commonjs_file_keeps_what_others_see_of_it(node: NodeProcess) -> None:
    text = "'use strict'\nconst some = require('x')\nexports.made = function (argument) { return some(argument.prop) }\n"
    output = small(node, "lib/a.js", text)
    assert output == '"use strict";const e=require("x");exports.made=function(t){return e(t.prop)}'


def test_a_script_that_is_no_module_keeps_its_top_level_names(node: NodeProcess) -> None:
    output = small(node, "a.js", "var counter = 1;\nfunction increase(amount) { counter += amount }\n")
    assert "counter" in output
    assert "function increase(" in output
    assert "amount" not in output


@pytest.mark.parametrize("tool", ["oxc", "esbuild"])
def test_one_tool_can_be_wanted_for_all_scripts(node: NodeProcess, tool: str) -> None:
    source = (
        b"export function total(prices) { let sum = 0; for (const price of prices) sum += price; return sum }"
    )
    assert minify_script("a.js", source, ScriptOptions(tool=tool), node).tool == tool


def test_a_module_exports_the_same_names(node: NodeProcess) -> None:
    output = small(
        node,
        "a.mjs",
        "import {first} from './b.js'\nconst local = first()\nexport const shown = local + 1\nexport default local\n",
    )
    assert "first" in output
    assert "shown" in output
    assert "export default" in output or "as default" in output


def test_shebang_and_legal_comments_stay_and_others_go(node: NodeProcess) -> None:
    output = small(
        node, "a.cjs", "#!/usr/bin/env node\n/*! Copyright me */\n// why\nmodule.exports = 1 // one\n"
    )
    assert output.startswith("#!/usr/bin/env node\n")
    assert "/*! Copyright me */" in output
    assert "why" not in output


def test_names_of_functions_and_classes_can_be_kept(node: NodeProcess) -> None:
    text = "export const f = () => { class Inner {} ; return new Inner() }\n"
    assert "Inner" not in small(node, "a.mjs", text)
    assert "Inner" in small(node, "a.mjs", text, keep_names=True)


@pytest.mark.parametrize(
    ("path", "becomes"), [("a/b.ts", "a/b.js"), ("b.mts", "b.mjs"), ("b.cts", "b.cjs"), ("b.tsx", "b.jsx")]
)
def test_types_go_and_the_name_says_so(node: NodeProcess, path: str, becomes: str) -> None:
    text = "export enum Color { Red, Blue }\nexport function paint(color: Color): string { return Color[color] }\n"
    made = minify_script(path, text.encode(), ScriptOptions(), node)
    assert made.path == becomes
    assert b": string" not in made.data
    assert b"Red" in made.data


def test_jsx_stays_jsx(node: NodeProcess) -> None:
    output = small(
        node, "a.tsx", "export const App = (props: {name: string}) => <p className='a'>{props.name}</p>\n"
    )
    assert "<p className=" in output
    assert "string" not in output


def test_decorators_are_lowered_as_the_project_says(node: NodeProcess) -> None:
    text = "declare const dec: any\nexport class A { @dec field = 1 }\n"
    assert "@dec" in small(node, "a.ts", text)
    assert "@dec" not in small(node, "a.ts", text, compiler_options={"experimentalDecorators": True})
    with pytest.raises(ScriptNotMinifiedError, match="emitDecoratorMetadata"):
        small(
            node,
            "a.ts",
            text,
            compiler_options={"experimentalDecorators": True, "emitDecoratorMetadata": True},
        )


@pytest.mark.parametrize(
    ("path", "text"), [("a.d.ts", "export type A = string\n"), ("a.js", "const = 1 (\n")]
)
def test_what_holds_no_code_or_does_not_parse_is_not_made_small(
    node: NodeProcess, path: str, text: str
) -> None:
    with pytest.raises(ScriptNotMinifiedError, match=path):
        small(node, path, text)


def test_maps_of_the_tools_name_the_file(node: NodeProcess) -> None:
    for path, out in (("lib/a.js", "a.js"), ("lib/a.ts", "a.js")):
        made = minify_script(path, b"export const a = (value) => value + 1\n", ScriptOptions(maps=True), node)
        assert made.map is not None
        assert made.map["sources"] == [path]
        assert made.map["file"] == out
        assert made.map["mappings"]


def test_the_same_script_gives_the_same_bytes_after_any_other(node: NodeProcess) -> None:
    text = b"export function area(width, height) { const result = width * height; return result }\n"
    first = minify_script("a.js", text, ScriptOptions(), node)
    minify_script("b.js", b"export default 2", ScriptOptions(), node)
    assert minify_script("a.js", text, ScriptOptions(), node) == first


def test_what_comes_out_behaves_the_same(node: NodeProcess, tmp_path: Path) -> None:
    text = (
        "const seen = []\nfunction visit(tree, depth = 0) {\n  if (!tree) return depth\n  seen.push(tree.name)\n"
        "  return Math.max(...tree.children.map((child) => visit(child, depth + 1)), depth)\n}\n"
        "const tree = { name: 'a', children: [{ name: 'b', children: [] }] }\nconsole.log(visit(tree), seen.join())\n"
    )
    made = minify_script("a.cjs", text.encode(), ScriptOptions(), node)
    (tmp_path / "a.cjs").write_bytes(made.data)
    program = shutil.which("node")
    assert program is not None
    assert subprocess.run([program, tmp_path / "a.cjs"], capture_output=True, text=True).stdout == "1 a,b\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.parametrize(
    ("worker", "said"),
    [
        ("console.log('{}'); setInterval(() => {}, 1000)", "did not answer in time"),
        (
            "console.log('{}'); process.stdin.once('data', () => process.exit(1))",
            "ended before they answered",
        ),
        ("throw new Error('at once')", "ended"),
    ],
)
def test_tools_that_hang_or_die_are_ended_and_said_so(tmp_path: Path, worker: str, said: str) -> None:
    script = tmp_path / "worker.mjs"
    script.write_text(worker, encoding="utf-8")
    process = NodeProcess(tmp_path, script)
    for _ in range(2):
        answer = process.ask({"code": "1"}, seconds=1.0 if "in time" in said else 30.0)
        assert not answer.results
        assert said in answer.errors[0]
    process.close()


def test_tools_of_the_workspace_are_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = tmp_path / "workspace" / "node_modules" / "esbuild"
    planted.mkdir(parents=True)
    (planted / "package.json").write_text("{}", encoding="utf-8")
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path / "workspace")
    with pytest.raises(ToolsMissingError) as raised:
        find_tools()
    assert "aifirst compile --install-tools" in raised.value.next_step
    with pytest.raises(ToolsMissingError, match="needs npm"):
        install_tools(plan_install())


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the XDG rule is that of other systems")
def test_the_data_folder_follows_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "aifirst" / "node-tools"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder() == tmp_path / ".local" / "share" / "aifirst" / "node-tools"


def test_a_variable_that_names_no_tools_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(ToolsMissingError, match=VARIABLE):
        find_tools()


def test_the_plan_says_what_and_where_and_the_lock_pins_it(tmp_path: Path) -> None:
    plan = plan_install(tmp_path)
    assert str(tmp_path) in str(plan)
    lock = json.loads(
        (
            Path(sys.modules[install_tools.__module__].__file__ or "").parent
            / "node_tools"
            / "package-lock.json"
        ).read_text()
    )
    for package in plan.packages:
        name, _, version = package.rpartition("@")
        locked = lock["packages"][f"node_modules/{name}"]
        assert locked["version"] == version
        assert locked["integrity"].startswith("sha512-")
        assert "resolved" not in locked


def test_an_npm_that_fails_is_told_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no route to the registry' >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(CompileError, match="no route to the registry"):
        install_tools(plan_install(tmp_path / "tools"))


def test_an_npm_that_installs_something_else_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    package = "node_modules/esbuild"
    npm.write_text(
        f'#!/bin/sh\nmkdir -p {package} && echo \'{{"version": "0.1.0"}}\' >{package}/package.json\n'
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(CompileError, match=r"has esbuild@0\.1\.0"):
        install_tools(plan_install(tmp_path / "tools"))


def test_settings_come_from_the_nearest_tsconfig_and_those_it_extends(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text(
        '{"compilerOptions": {"experimentalDecorators": true, "target": "es2020"}}'
    )
    (tmp_path / "tsconfig.json").write_text(
        '// ours\n{"extends": "./base", /* so */ "compilerOptions": {"target": "es2022", "paths": {"a//b": []},},}\n'
    )
    inner = tmp_path / "src" / "deep"
    inner.mkdir(parents=True)
    assert compiler_options(inner, tmp_path) == {"experimentalDecorators": True, "target": "es2022"}
    (tmp_path / "src" / "tsconfig.json").write_text('{"extends": "../../outside.json"}')
    (tmp_path.parent / "outside.json").write_text('{"compilerOptions": {"strict": true}}')
    assert compiler_options(inner, tmp_path) == {}


def test_settings_with_a_mark_of_byte_order_count_and_broken_ones_are_told(tmp_path: Path) -> None:
    settings, unread = tmp_path / "tsconfig.json", list[UnreadSettings]()
    settings.write_text('{"compilerOptions": {"strict": true}}', encoding="utf-8-sig")
    assert compiler_options(tmp_path, tmp_path, unread=unread) == {"strict": True}
    settings.write_text("")
    assert compiler_options(tmp_path, tmp_path, unread=unread) == {}
    assert unread == []
    settings.write_text('{"extends": "./base.json", "compilerOptions": {"strict": true}}')
    (tmp_path / "base.json").write_bytes(b'{"compilerOptions": {"target": "\xff')
    assert compiler_options(tmp_path, tmp_path, unread=unread) == {"strict": True}
    assert [one.path.name for one in unread] == ["base.json"]
    assert compiler_options(tmp_path, tmp_path) == {"strict": True}


def test_a_folder_of_typescript_becomes_javascript_by_name(node: NodeProcess, tmp_path: Path) -> None:
    source = tmp_path / "project" / "src"
    source.mkdir(parents=True)
    (source / "a.ts").write_text("// why\nexport const made: number = 1\n", encoding="utf-8")
    (source / "b.ts").write_text("// why\nexport const kept: number = 1\n", encoding="utf-8")
    (source / "b.js").write_text("// by hand\nexport const kept = 2\n", encoding="utf-8")
    (source / "c.d.ts").write_text("export type A = string\n", encoding="utf-8")
    out = tmp_path / "out"
    request = ProjectRequest(tmp_path / "project", source, out, CompileOptions(minify="tokens"), jobs=1)
    report = compile_project(request)
    assert sorted(path.name for path in out.iterdir() if path.suffix in {".ts", ".js"}) == [
        "a.js",
        "b.js",
        "b.ts",
        "c.d.ts",
    ]
    assert (out / "a.js").read_text(encoding="utf-8").strip().rstrip(";") == "export const made=1"
    assert "kept: number" in (out / "b.ts").read_text(encoding="utf-8")
    assert report.unchanged == 0
    again = compile_project(request)
    assert again.unchanged == len(again.outcomes)
    (source / "a.ts").unlink()
    compile_project(request)
    assert not (out / "a.js").exists()


def test_settings_of_an_installed_package_are_extended(tmp_path: Path) -> None:
    package = tmp_path / "node_modules/@tsconfig/node20"
    package.mkdir(parents=True)
    (package / "tsconfig.json").write_text('{"compilerOptions": {"target": "es2022", "strict": true}}')
    (tmp_path / "src").mkdir()
    for name in ("@tsconfig/node20/tsconfig.json", "@tsconfig/node20"):
        (tmp_path / "tsconfig.json").write_text(
            f'{{"extends": "{name}", "compilerOptions": {{"strict": false}}}}'
        )
        assert compiler_options(tmp_path / "src", tmp_path) == {"target": "es2022", "strict": False}
    assert compiler_options(tmp_path / "src", tmp_path / "src") == {}


def test_settings_above_the_source_make_its_outputs_anew(node: NodeProcess, tmp_path: Path) -> None:
    source, settings = tmp_path / "src", tmp_path / "tsconfig.json"
    source.mkdir()
    (tmp_path / ".git").mkdir()
    (source / "a.ts").write_text(
        f"// {'why ' * 400}\ndeclare const dec: any\nexport class A {{ @dec field = 1 }}\n"
    )
    request = ProjectRequest(tmp_path, source, tmp_path / "out", CompileOptions(minify="tokens"), jobs=1)
    settings.write_text("{}")
    compile_project(request)
    assert b"@dec" in (tmp_path / "out/a.js").read_bytes()
    settings.write_text('{"compilerOptions": {"experimentalDecorators": true}}')
    compile_project(request)
    assert b"@dec" not in (tmp_path / "out/a.js").read_bytes()


def test_without_tools_the_glue_goes_and_a_warning_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(sys.modules[ScriptNotMinifiedError.__module__], "_shared_process", NodeProcess)
    compiled = compile_source(decode_source("a.js", b"// why\nlet a = 1\n"), CompileOptions(minify="tokens"))
    assert compiled.data == b"let a = 1\n"
    assert [warned.code for warned in compiled.warnings] == ["script-not-minified"]
    assert VARIABLE in compiled.warnings[0].message
