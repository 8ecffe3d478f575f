"""Bundles of JavaScript and TypeScript: programs run by Node as they are and as one file, and what they print compared.

Needs Node and the tools (`aifirst compile --install-tools`); the tests are skipped, and say so, where they are missing.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from aifirst_compiler.errors import CompileError
from aifirst_compiler.script_bundle.bundle_scripts import (
    ScriptBundle,
    ScriptBundleOptions,
    bundle_scripts,
)
from aifirst_compiler.script_bundle.entry import ScriptEntry, find_entry, is_script_source
from aifirst_compiler.script_bundle.target import node_target, script_target
from aifirst_compiler.script_tools import find_tools
from aifirst_compiler.script_tools.find_tools import ToolsMissingError
from aifirst_compiler.script_tools.node_process import NodeProcess
from aifirst_compiler.source_maps.find_map import MapFinder
from aifirst_compiler.source_maps.script_names import ScriptNames
from aifirst_compiler.source_maps.trace import Tracer

DEPENDENCY = {
    "node_modules/dep/package.json": '{"name": "dep", "version": "1.0.0", "main": "main.js"}',
    "node_modules/dep/main.js": "/*! dep: MIT */\nexports.twice = (n) => n * 2;\n",
}


@pytest.fixture(scope="module")
def node() -> Iterator[NodeProcess]:
    try:
        process = NodeProcess(find_tools())
    except ToolsMissingError as error:
        pytest.skip(f"{error}: {error.next_step}")
    yield process
    process.close()


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """A project of files."""
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def bundled(
    node: NodeProcess, project: Path, entry: str, output: str, **options: object
) -> tuple[Path, ScriptBundle]:
    """The bundle of a project's entry, written beside the project."""
    chosen = msgspec.convert(options, ScriptBundleOptions)
    place = project.parent / output
    found = find_entry(project / entry, project, browser=chosen.platform == "browser")
    bundle = bundle_scripts(found, chosen, place, node)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(bundle.data)
    if bundle.map is not None:
        place.with_name(f"{place.name}.map").write_bytes(msgspec.json.encode(bundle.map))
    return place, bundle


def ran(place: Path, *arguments: str) -> str:
    """What Node prints of a script, errors too."""
    program = shutil.which("node")
    assert program is not None
    done = subprocess.run([program, *arguments, place], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def refused(node: NodeProcess, project: Path, entry: str, **options: object) -> CompileError:
    with pytest.raises(CompileError) as raised:
        bundled(node, project, entry, "out.js", **options)
    return raised.value


PROGRAM = {
    "package.json": '{"name": "shop", "type": "module"}',
    "src/main.js": "import { price } from './price.js'\nimport { price as other } from './other.cjs'\n"
    "import { twice } from 'dep'\nimport data from './data.json' with { type: 'json' }\n"
    "class Order { total() { return twice(price(2)) } }\n"
    "console.log(new Order().total(), other(), data.rate, price.name, Order.name)\n"
    "const { late } = await import('./late.js')\nconsole.log(late())\n",
    "src/price.js": "console.log('price runs first')\nexport const rate = 3\n"
    "export function price(n) { return n * rate }\n",
    "src/other.cjs": "const path = require('node:path')\n"
    "const price = () => path.basename('/a/b')\nmodule.exports = { price }\n",
    "src/late.js": "export const price = () => 'late ' + price.name\nexport const late = () => price()\n",
    "src/data.json": '{"rate": 7}',
    **DEPENDENCY,
}


@pytest.mark.parametrize("minify", ["", "tokens", "bytes"])
@pytest.mark.parametrize("packages", ["external", "included"])
def test_a_program_does_as_one_file_what_it_did_as_many(
    node: NodeProcess, tmp_path: Path, minify: str, packages: str
) -> None:
    project = write(tmp_path / "shop", PROGRAM)
    expected = ran(project / "src/main.js")
    assert expected == "price runs first\n12 b 7 price Order\nlate price\n"
    output = "shop/dist/main.js" if packages == "external" else "out/main.mjs"
    place, bundle = bundled(node, project, "src/main.js", output, minify=minify, packages=packages)
    told = ran(place)
    assert (
        told == expected
        if not minify
        else re.sub(r"\b\w \w\nlate \w", "price Order\nlate price", told) == expected
    )
    assert bundle.format == "esm"
    assert bundle.external == (("dep",) if packages == "external" else ())
    assert (b"/*! dep: MIT */" in bundle.data) == (packages == "included")


def test_a_module_that_asks_whether_there_is_a_require_is_told(node: NodeProcess, tmp_path: Path) -> None:
    project = write(tmp_path / "lib", {"a.mjs": "console.log(typeof require)\n"})
    _, bundle = bundled(node, project, "a.mjs", "out/a.mjs")
    (told,) = [one for one in bundle.warnings if one.code == "indirect-require"]
    assert "asks whether there is one: in the bundle there is" in told.message
    assert ran(tmp_path / "out/a.mjs") == "function\n"


def test_settings_that_cannot_be_read_are_told_with_the_bundle(node: NodeProcess, tmp_path: Path) -> None:
    files = {
        "package.json": '{"name": "lib"}',
        "tsconfig.json": '{"compilerOptions": {"paths": {"@lib/*": ["./src/*"]}',
        "a.ts": "export const a: number = 1\n",
    }
    project = write(tmp_path / "lib", files)
    _, bundle = bundled(node, project, "a.ts", "out/a.mjs")
    (told,) = [one for one in bundle.warnings if one.code == "script-settings"]
    assert (told.path, told.next_step) == ("tsconfig.json", "correct it, and bundle again")


@pytest.mark.parametrize("minify", ["", "tokens"])
def test_a_package_of_typescript_exports_what_its_parts_export(
    node: NodeProcess, tmp_path: Path, minify: str
) -> None:
    files = {
        "package.json": '{"name": "lib", "main": "./src/index.ts", "engines": {"node": ">=14.6"}}',
        "tsconfig.json": '{"compilerOptions": {"target": "es2019", "paths": {"@lib/*": ["./src/*"]}}}',
        "src/index.ts": "export * from '@lib/shapes'\nexport { area as default, type Shape } from './shapes'\n"
        "export enum Color { Red, Blue = 4 }\nexport namespace Inner { export const deep = 1 }\n",
        "src/shapes.ts": "export interface Shape { width: number; height?: number }\n"
        "export const area = (shape: Shape): number => shape.width * (shape.height ?? shape.width)\n"
        "export class Square implements Shape { constructor(public readonly width: number) {} }\n",
    }
    project = write(tmp_path / "lib", files)
    _, bundle = bundled(node, project, "", "out/lib.cjs", minify=minify)
    assert b"??" not in bundle.data
    check = (
        "import * as lib from './lib.cjs'; import { Square, Color } from './lib.cjs';\n"
        "console.log(Object.keys(lib).sort().join(), lib.default.default({ width: 3 }), new Square(2).width, Color[4], "
        "lib.Inner.deep, lib.area(new Square(5)))"
    )
    (tmp_path / "out/check.mjs").write_text(check)
    told = ran(tmp_path / "out/check.mjs").replace(
        ",module.exports", ""
    )  # newer versions of Node list that, too
    assert told == "Color,Inner,Square,area,default 9 2 Blue 1 25\n"
    assert bundle.format == "cjs"
    assert [one.path for one in bundle.sources if one.kept] == ["src/shapes.ts", "src/index.ts"]


def test_a_browser_gets_all_in_one_script(node: NodeProcess, tmp_path: Path) -> None:
    files = {
        "src/main.jsx": "import './style.css'\nimport { twice } from 'dep'\nglobalThis.shown = <p>{twice(2)}</p>\n",
        "src/style.css": "p { color: red }\n",
        "package.json": "{}",
        "tsconfig.json": '{"compilerOptions": {"jsxFactory": "h"}}',
        **DEPENDENCY,
    }
    project = write(tmp_path / "site", files)
    _, bundle = bundled(node, project, "src/main.jsx", "out/main.js", platform="browser")
    assert (bundle.format, bundle.external) == ("iife", ())
    assert bundle.styles.strip().startswith(b"/* src/style.css */\np {") or bundle.styles.startswith(b"p {")
    (tmp_path / "out/run.cjs").write_text(
        "globalThis.h = (tag, props, ...rest) => [tag, props, ...rest]\n"
        "require('./main.js')\nconsole.log(JSON.stringify(shown))"
    )
    assert ran(tmp_path / "out/run.cjs") == '["p",null,4]\n'


def test_the_same_project_gives_the_same_bytes_wherever_it_lies(node: NodeProcess, tmp_path: Path) -> None:
    found: set[tuple[bytes, str]] = set()
    for place in ("one", "far/away/two"):
        project = write(tmp_path / place / "shop", PROGRAM)
        for options in ({}, {"name_files": True}):
            _, bundle = bundled(
                node, project, "src/main.js", "out.mjs", maps=True, packages="included", **options
            )
            found.add((bundle.data, json.dumps(bundle.map)))
    assert len(found) == 2
    assert sum(b"// src/price.js" in data for data, _ in found) == 1


@pytest.mark.parametrize("minify", ["", "tokens", "bytes"])
def test_an_error_in_a_bundle_is_told_in_terms_of_the_source(
    node: NodeProcess, tmp_path: Path, minify: str
) -> None:
    files = {
        "src/main.ts": "// why\nimport { refuse } from './refuse';\n\n"
        "function beginHere(): void {\n  refuse(4);\n}\nbeginHere();\n",
        "src/refuse.ts": "/** Says no. */\nexport function refuse(amount: number): never {\n"
        "  // at once\n  throw new TypeError(`no ${amount}`);\n}\n",
        "package.json": "{}",
    }
    project = write(tmp_path / "shop", files)
    place, bundle = bundled(node, project, "src/main.ts", "out/main.cjs", minify=minify, maps=True)
    assert bundle.map is not None
    assert sorted(bundle.map["sources"]) == ["../shop/src/main.ts", "../shop/src/refuse.ts"]  # type: ignore[call-overload]
    told = Tracer(MapFinder(), ScriptNames()).rewrite(ran(place))
    assert told.startswith(f"{project}/src/refuse.ts:4\n  throw new TypeError(`no ${{amount}}`);\n")
    assert re.search(rf"at refuse \({project}/src/refuse\.ts:4:\d+\)", told)
    if "at beginHere" in told:  # else it was inlined
        assert f"at beginHere ({project}/src/main.ts:5:3)" in told
    assert re.search(rf"{project}/src/main\.ts:[57]:\d", told)


def test_what_is_renamed_keeps_the_name_it_knows_itself_by(node: NodeProcess, tmp_path: Path) -> None:
    files = {
        "main.mjs": "import { make as other } from './b.mjs'\nfunction make() {}\nclass Kind {}\n"
        "import { Kind as Second } from './b.mjs'\nconsole.log(make.name, other.name, Kind.name, Second.name)\n",
        "b.mjs": "export function make() {}\nexport class Kind {}\n",
    }
    project = write(tmp_path / "p", files)
    place, _ = bundled(node, project, "main.mjs", "main.mjs")
    assert ran(place) == ran(project / "main.mjs") == "make make Kind Kind\n"


def test_what_cannot_be_bundled_is_told_by_file_and_line(node: NodeProcess, tmp_path: Path) -> None:
    files = {
        "package.json": "{}",
        "gone.js": "const a = 1\nrequire('./not-there')\nrequire('./nor-that')\n",
        "package.js": "import 'no-such-package'\n",
        "broken.ts": "export const a: = 1\n",
        "picture.js": "import './a.png'\n",
        "a.png": "no",
        "wait.cjs": "import './waits.mjs'\n",
        "waits.mjs": "await 1\n",
        "meta.ts": "declare const dec: any\n@dec\nexport class A {}\n",
        "tsconfig.json": '{"compilerOptions": {"experimentalDecorators": true, "emitDecoratorMetadata": true}}',
    }
    project = write(tmp_path / "p", files)
    error = refused(node, project, "gone.js")
    assert 'gone.js:2:9: Could not resolve "./not-there"' in str(error)
    assert 'gone.js:3:9: Could not resolve "./nor-that"' in str(error)
    assert "correct the path" in error.next_step
    assert "package.js:1:8" in str(refused(node, project, "package.js", packages="included"))
    assert "broken.ts:1:17" in str(refused(node, project, "broken.ts"))
    assert "--external '*.ending'" in refused(node, project, "picture.js").next_step
    assert "--script-format esm" in refused(node, project, "wait.cjs").next_step
    assert "meta.ts has decorators" in str(refused(node, project, "meta.ts"))
    place, bundle = bundled(node, project, "picture.js", "out.cjs", external=["*.png"])
    assert bundle.external == ("./a.png",)
    assert place.exists()


def test_nothing_outside_of_the_project_is_read(node: NodeProcess, tmp_path: Path) -> None:
    write(tmp_path, {"secret.js": "export const secret = 'SECRET'\n", "inside/.git/HEAD": ""})
    project = write(
        tmp_path / "inside",
        {
            "up.js": "import { secret } from '../secret.js'\nconsole.log(secret)\n",
            "through.js": "import { secret } from './link.js'\nconsole.log(secret)\n",
            "config.ts": "import { secret } from 'elsewhere'\nconsole.log(secret)\n",
            "tsconfig.json": json.dumps({"compilerOptions": {"paths": {"elsewhere": ["../secret.js"]}}}),
        },
    )
    (project / "link.js").symlink_to(tmp_path / "secret.js")
    (project / "entry.js").symlink_to(tmp_path / "secret.js")
    for entry in ("up.js", "through.js", "config.ts"):
        error = refused(node, project, entry, packages="included")
        assert re.search(
            rf"{entry}:1:\d+: {tmp_path}/secret.js lies outside the project {project}", str(error)
        )
        assert "--external" in error.next_step
    assert "lies outside" in str(refused(node, project, "entry.js"))


def test_nothing_of_the_workspace_runs(node: NodeProcess, tmp_path: Path) -> None:
    planted = f"require('fs').writeFileSync({str(tmp_path / 'ran')!r}, 'x');"
    files = {
        "package.json": '{"name": "p", "scripts": {"preinstall": "touch ran"}, "esbuild": {"plugins": ["./plugin.js"]}}',
        "main.js": "import './other.js'\n",
        "other.js": planted,
        "esbuild.config.js": planted,
        "plugin.js": planted,
        "node_modules/esbuild/package.json": '{"name": "esbuild", "version": "9.0.0", "main": "main.js"}',
        "node_modules/esbuild/main.js": planted,
    }
    project = write(tmp_path / "p", files)
    place, _ = bundled(node, project, "main.js", "out.js")
    assert not (tmp_path / "ran").exists()
    ran(place)
    assert (tmp_path / "ran").exists()


def test_what_only_running_it_would_tell_is_a_caution(node: NodeProcess, tmp_path: Path) -> None:
    lines = [
        "const name = process.argv[2]",
        "exports.a = () => require(name)",
        "exports.b = () => import(name)",
        "exports.c = () => eval(name)",
        "exports.d = __dirname // not in a __filename comment",
    ]
    project = write(tmp_path / "p", {"main.js": "\n".join(lines), "package.json": "{}"})
    _, bundle = bundled(node, project, "main.js", "out.js")
    assert [(one.path, one.line, one.code) for one in bundle.warnings] == [
        ("main.js", 2, "unsupported-require-call"),
        ("main.js", 3, "unsupported-dynamic-import"),
        ("main.js", 4, "direct-eval"),
        ("main.js", 5, "script-place"),
    ]


def test_commonjs_in_a_module_finds_what_node_gives_it(node: NodeProcess, tmp_path: Path) -> None:
    files = {
        "main.mjs": "import old from './old.cjs'\nconst require = () => 'mine'\nconsole.log(old(), require())\n",
        "old.cjs": "const os = require('os')\n"
        "module.exports = () => [typeof os.EOL, __filename.endsWith('.mjs'), typeof __dirname]\n",
    }
    project = write(tmp_path / "p", files)
    for minify in ("", "bytes"):
        place, _ = bundled(node, project, "main.mjs", "out/main.mjs", minify=minify)
        assert ran(place) == "[ 'string', true, 'string' ] mine\n"


@pytest.mark.parametrize(
    ("package", "entry", "field"),
    [
        (
            '{"exports": {".": {"types": "./a.d.ts", "import": "./m.mjs"}}, "main": "c.js"}',
            "m.mjs",
            "exports",
        ),
        ('{"exports": ["./m.mjs"], "main": "c.js"}', "m.mjs", "exports"),
        ('{"module": "m.mjs", "main": "c"}', "m.mjs", "module"),
        ('{"main": "c"}', "c.js", "main"),
        ('{"main": "./deep"}', "deep/index.js", "main"),
        ('{"bin": {"run": "./c.js"}}', "c.js", "bin"),
        ('{"main": 3}', "index.js", "main"),
    ],
)
def test_a_folder_begins_with_what_its_package_says(
    tmp_path: Path, package: str, entry: str, field: str
) -> None:
    files = dict.fromkeys(("m.mjs", "c.js", "deep/index.js", "index.js"), "0")
    project = write(tmp_path, {**files, "package.json": package})
    found = find_entry(project, project)
    assert (found.file, found.field) == (project / entry, field)
    assert is_script_source(project)


def test_an_entry_that_is_not_there_is_told_with_what_it_is_made_of(tmp_path: Path) -> None:
    project = write(tmp_path, {"package.json": '{"main": "dist/index.js"}', "src/index.ts": ""})
    with pytest.raises(CompileError, match=r"main of .* is dist/index.js, which does not exist") as raised:
        find_entry(project, project)
    assert "src/index.ts" in raised.value.next_step
    write(tmp_path, {"package.json": "{"})
    with pytest.raises(CompileError, match="cannot be read"):
        find_entry(project, project)
    with pytest.raises(CompileError, match="declares types"):
        find_entry(write(tmp_path, {"a.d.ts": "", "package.json": "{}"}) / "a.d.ts", project)


@pytest.mark.parametrize(
    ("versions", "target"),
    [
        (">=14.18", "node14.18"),
        ("^16.13.0 || >=18", "node16.13"),
        ("18.x", "node18.0"),
        (">= 20 < 23", "node20.0"),
        ("<20", ""),
        ("*", ""),
        ("", ""),
        (">= 0.10.0", ""),
    ],
)
def test_the_oldest_node_that_a_package_names_is_what_it_is_made_for(versions: str, target: str) -> None:
    assert node_target(versions) == target


def test_targets_of_typescript_that_nothing_makes_are_told() -> None:
    assert script_target("ES2020") == ("es2020", "")
    assert script_target("ES5")[0] == "es2015"
    assert "no es5" in script_target("ES5")[1]
    assert script_target(None) == script_target("odd") == ("", "")


def test_without_esbuild_it_says_how_to_get_it(node: NodeProcess, tmp_path: Path) -> None:
    tools = tmp_path / "tools/node_modules"
    tools.mkdir(parents=True)
    (tools / "oxc-minify").symlink_to(find_tools() / "node_modules/oxc-minify")
    process = NodeProcess(tmp_path / "tools")
    project = write(tmp_path / "p", {"main.js": "1", "package.json": "{}"})
    entry = find_entry(project / "main.js", project)
    assert isinstance(entry, ScriptEntry)
    with pytest.raises(ToolsMissingError) as raised:
        bundle_scripts(entry, ScriptBundleOptions(), tmp_path / "out.js", process)
    process.close()
    assert "aifirst compile --install-tools" in raised.value.next_step


def test_what_was_strict_stays_strict_and_what_cannot_is_told(node: NodeProcess, tmp_path: Path) -> None:
    looks = "(function () { return this === undefined })()"
    files = {
        "package.json": "{}",
        "all.ts": f"import {{ other }} from './other'\nconsole.log({looks}, other)\n",
        "other.ts": f"export const other = {looks}\n",
        "both.ts": f"import sloppy from './sloppy.cjs'\nconsole.log({looks}, sloppy)\n",
        "sloppy.cjs": f"// why\nmodule.exports = {looks}\n",
        "said.cjs": f"#!/usr/bin/env node\n/* c */ 'use strict'\nconsole.log({looks}, require('./sloppy.cjs'))\n",
    }
    project = write(tmp_path / "p", files)
    for minify in ("", "tokens"):
        place, bundle = bundled(node, project, "all.ts", "out.js", minify=minify)
        assert (ran(place), bundle.warnings) == ("true true\n", ())
    _, bundle = bundled(node, project, "both.ts", "out.js")
    assert [(one.path, one.code) for one in bundle.warnings] == [("sloppy.cjs", "script-strictness")]
    _, bundle = bundled(node, project, "both.ts", "out.mjs")
    assert "in the bundle it becomes strict" in bundle.warnings[0].message
    place, bundle = bundled(node, project, "said.cjs", "out.cjs")
    assert "in the bundle it becomes strict" in bundle.warnings[0].message
    assert ran(place) == "true true\n"


def test_a_module_in_commonjs_knows_its_url(node: NodeProcess, tmp_path: Path) -> None:
    text = (
        "import { createRequire } from 'node:module'\nconst load = createRequire(import.meta.url)\n"
        "console.log(load('node:path').sep, new URL('.', import.meta.url).pathname, import.meta.dirname)\n"
    )
    project = write(tmp_path / "p", {"main.ts": text, "package.json": '{"engines": {"node": ">=18"}}'})
    for minify in ("", "tokens"):
        place, bundle = bundled(node, project, "main.ts", "out.cjs", minify=minify)
        assert ran(place) == f"/ {tmp_path}/ {tmp_path}\n"
        assert [(one.code, one.line) for one in bundle.warnings] == [("script-place", 2)]
