"""Which files the modules of JavaScript and TypeScript mean, and which names go through them."""

from __future__ import annotations

import pytest
from aifirst_memory.dependencies.project import resolve_project


def edges_of(files: dict[str, str], kind: str = "imports") -> set[tuple[str, str]]:
    """Source and target of the edges of a kind."""
    graph = resolve_project({path: text.encode() for path, text in files.items()})
    return {(edge.source, edge.target) for edge in graph.edges if edge.kind == kind}


def check(files: dict[str, str], *expected: str, source: str = "main.ts") -> None:
    """Check all that the file `source` imports."""
    assert {target for at, target in edges_of(files) if at == source} == set(expected)


@pytest.mark.parametrize(
    ("module", "path"),
    [
        ("./a", "a.ts"),
        ("./a", "a.tsx"),
        ("./a", "a.js"),
        ("./a", "a.d.ts"),
        ("./a", "a/index.ts"),
        ("./a.js", "a.ts"),
        ("./a.js", "a.tsx"),
        ("./a.mjs", "a.mts"),
        ("./a.cjs", "a.cts"),
        ("./a.jsx", "a.tsx"),
        ("./a.service", "a.service.ts"),
        ("./lib/../a", "a.ts"),
        ("./a?raw", "a.ts"),
    ],
)
def test_a_relative_module_means_the_file_that_a_compiler_would_take(module: str, path: str) -> None:
    check({"main.ts": f'import "{module}";', path: "export {};"}, path)


def test_a_source_comes_before_its_declarations_and_typescript_before_javascript() -> None:
    check({"main.ts": 'import "./a";', "a.js": "", "a.d.ts": "", "a.ts": ""}, "a.ts")
    check({"main.js": 'import "./a";', "a.js": "", "a.ts": ""}, "a.js", source="main.js")


def test_what_is_no_source_or_not_there_gives_no_edge() -> None:
    check(
        {
            "main.ts": 'import "./a.css"; import d from "./d.json"; import "./gone"; import "../out";',
            "d.json": "{}",
        }
    )


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("react", "react"), ("@scope/x/deep", "@scope/x"), ("node:fs", "node:fs"), ("fs/promises", "fs"),
        ("lodash/fp", "lodash"),
    ],
)  # fmt: skip
def test_a_module_outside_is_a_package_by_its_npm_name(module: str, package: str) -> None:
    check({"main.ts": f'import x from "{module}";'}, f"package:{package}")


def test_paths_and_base_url_come_from_the_nearest_settings_and_those_they_extend() -> None:
    files = {
        "tsconfig.base.json": '{"compilerOptions": {"baseUrl": "./lib", "paths": {"@x/*": ["x/*"], "~": ["home.ts"],}}}',
        "app/tsconfig.json": '{\n// the base has the paths\n"extends": "../tsconfig.base",'
        ' /* and */ "compilerOptions": {},\n}',
        "app/main.ts": 'import "@x/a"; import "~"; import "plain";',
        "lib/x/a.ts": "",
        "lib/home.ts": "",
        "lib/plain.ts": "",
    }
    check(files, "lib/x/a.ts", "lib/home.ts", "lib/plain.ts", source="app/main.ts")


def test_the_longest_pattern_of_paths_wins() -> None:
    files = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["src/*"], "@/api/*": ["gen/*"]}}}',
        "main.ts": 'import "@/api/a"; import "@/a";',
        "src/a.ts": "",
        "src/api/a.ts": "",
        "gen/a.ts": "",
    }
    check(files, "gen/a.ts", "src/a.ts")


def test_a_package_of_the_workspace_is_found_by_name_exports_and_source() -> None:
    files = {
        "packages/core/package.json": '{"name": "@w/core", "exports": {".": {"import": "./dist/index.mjs"}, '
        '"./tools/*": "./src/tools/*.ts", "./deep": {"types": "./dist/deep.d.ts"}}}',
        "packages/core/src/index.ts": "export function core() {}",
        "packages/core/src/tools/cut.ts": "",
        "packages/core/src/deep.ts": "",
        "packages/old/package.json": '{"name": "old", "main": "lib/main.js"}',
        "packages/old/lib/main.js": "",
        "main.ts": 'import { core } from "@w/core"; import "@w/core/tools/cut"; import "@w/core/deep"; import "old";',
    }
    check(
        files, "packages/core/src/index.ts", "packages/core/src/index.ts::core", "packages/core/src/tools/cut.ts",
        "packages/core/src/deep.ts", "packages/old/lib/main.js",
    )  # fmt: skip


def test_names_with_a_hash_come_from_the_imports_of_the_nearest_package() -> None:
    files = {
        "package.json": '{"name": "me", "imports": {"#lib/*": "./lib/*.js", "#dep": "left-pad"}}',
        "lib/a.js": "",
        "src/main.ts": 'import "#lib/a"; import "#dep"; import "#gone";',
    }
    check(files, "lib/a.js", "package:left-pad", source="src/main.ts")


def test_names_with_a_hash_that_mean_each_other_mean_nothing_and_leave_the_other_edges() -> None:
    files = {
        "package.json": '{"imports": {"#a": "#b", "#b": "#a", "#c": "#d", "#d": "./d.js", "#e": ["#d", "./e.js"]}}',
        "main.ts": 'import "#a"; import "#c"; import "#e"; import "./x";',
        "d.ts": "",
        "e.ts": "",
        "x.ts": "",
    }
    check(files, "e.ts", "x.ts")


def test_packages_that_name_each_other_as_their_main_file_end_at_the_index() -> None:
    files = {
        "a/package.json": '{"main": "./b"}',
        "a/b/package.json": '{"main": ".."}',
        "main.ts": 'import "./a"; import "./x";',
        "x.ts": "",
    }
    check(files, "x.ts")
    check({**files, "a/b/index.ts": ""}, "a/b/index.ts", "x.ts")


def test_broken_manifests_say_nothing() -> None:
    files = {
        "package.json": '{"name": 3, "exports": {"./a": {"b": {"c": [1, null]}}}',
        "tsconfig.json": "{ paths: nonsense",
        "sub/tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"x": "y"}, "baseUrl": 1}}',
        "sub/main.ts": 'import "x"; import "./a";',
        "sub/a.ts": "",
    }
    check(files, "package:x", "sub/a.ts", source="sub/main.ts")


def test_every_form_of_import_and_export_loads_its_module() -> None:
    lib = "export function f() {}\nexport class C {}\nexport default function d() {}\nexport const k = 1;"
    statements = (
        'import d, { f as g, type C, k } from "./lib";\n'
        'import * as ns from "./a1"; import type { T } from "./a2"; export * from "./a3"; export * as n from "./a4";\n'
        'export { x as y } from "./a5"; import z = require("./a6"); const q = require("./a7"); await import("./a8");\n'
        'import("./a9").then(() => {}); type I = import("./a10").J; require("./a11").go(); import("./" + k); require(k);'
    )
    others = {f"a{at}.ts": "" for at in range(1, 12)}
    check(
        {"main.ts": statements, "lib.ts": lib, **others},
        "lib.ts", "lib.ts::f", "lib.ts::C", "lib.ts::d", *others,
    )  # fmt: skip


def test_a_name_is_followed_through_re_exports_to_where_it_is_declared() -> None:
    files = {
        "main.ts": 'import { Last, alias, sub, Dflt } from "./a";\nnew Last(); alias(); sub.inner(); Dflt();',
        "a.ts": 'export * from "./b"; export { original as alias } from "./b"; export * as sub from "./c";'
        'export { default as Dflt } from "./c";',
        "b.ts": 'export { Last } from "./c"; export function original() {}',
        "c.ts": "export class Last {}\nexport function inner() {}\nexport default function () {}",
    }
    check(files, "a.ts", "c.ts::Last", "b.ts::original", "c.ts::default")
    called = {target for source, target in edges_of(files, "calls") if source == "main.ts"}
    assert called == {"c.ts::Last", "b.ts::original", "c.ts::inner", "c.ts::default"}


def test_cycles_of_imports_and_of_stars_end() -> None:
    files = {
        "a.ts": 'export * from "./b"; export { x } from "./b"; import { y } from "./b"; y(); export const own = () => y;',
        "b.ts": 'export * from "./a"; export { y } from "./a"; export { x } from "./a";'
        'import { own } from "./a"; own();',
        "main.ts": 'import { x, y, gone, own } from "./a"; x(); y(); gone(); own();',
    }
    check(files, "a.ts", "a.ts::own")
    assert ("main.ts", "a.ts::own") in edges_of(files, "calls")


def test_a_name_of_the_file_comes_before_one_of_a_star_and_a_local_one_before_both() -> None:
    files = {
        "b.ts": "export function go() {}\nexport function run() {}",
        "a.ts": 'export * from "./b"; export function go() {}',
        "main.ts": 'import { go, run } from "./a";\nexport function f(run: () => void) { run(); go(); }',
    }
    calls = edges_of(files, "calls")
    assert ("main.ts::f", "a.ts::go") in calls
    assert not {target for source, target in calls if source == "main.ts::f"} & {"b.ts::go", "b.ts::run"}


@pytest.mark.parametrize(
    "exported",
    [
        "function go() {}\nmodule.exports = { go };",
        "exports.go = go;\nfunction go() {}",
        "module.exports.go = go; function go() {}",
        "const go = function () {};\nmodule.exports = { other: 1, go: go };",
        "function go() {}\nconst api = { go };\nmodule.exports = api;",
    ],
)
def test_common_js_exports_are_found_by_name(exported: str) -> None:
    for taken in ('const { go } = require("./lib"); go();', 'const l = require("./lib"); l.go();',
                  'const go = require("./lib").go; go();', 'import { go } from "./lib"; go();'):  # fmt: skip
        calls = edges_of({"main.js": taken, "lib.js": exported}, "calls")
        assert ("main.js", "lib.js::go") in calls, taken


def test_a_class_or_function_may_be_all_that_a_common_js_module_exports() -> None:
    files = {
        "lib.js": "class A { go() {} }\nmodule.exports = A;",
        "again.js": 'module.exports = require("./lib");',
        "main.js": 'const A = require("./again");\nnew A().go();',
    }
    calls = {target for source, target in edges_of(files, "calls") if source == "main.js"}
    assert calls == {"lib.js::A", "lib.js::A.go"}


def test_a_require_that_the_file_declares_itself_loads_nothing() -> None:
    check({"main.ts": 'function f(require) { require("./a"); }', "a.ts": ""})
