"""A project's own tests are found by its files, and run on the changes from near to far, in any of the languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.update import UpdateRequest, update_memory
from aifirst_orchestrator.agent.run_project_tests import run_builds, run_rungs
from aifirst_orchestrator.agent.test_runners.find_runners import find_runners
from aifirst_orchestrator.agent.test_runners.runner import Runner
from aifirst_orchestrator.agent.widen_tests import Rung, widen_tests
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.edits.edit import Edit
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap

NODE = {
    "package.json": '{"name": "shop", "type": "module", "scripts": {"test": "node --test"}}',
    "price.js": "export function price(amount, unit) {\n"
    "  return amount > 10 ? amount * unit * 0.95 : amount * unit;\n}\n",
    "till.js": 'import { price } from "./price.js";\n\nexport function sell(amount) {\n  return price(amount, 2);\n}\n',
    "price.test.js": 'import test from "node:test";\nimport assert from "node:assert";\n'
    'import { price } from "./price.js";\n\n'
    'test("price", () => {\n  assert.equal(price(10, 2), 19);\n});\n',
    "till.test.js": 'import test from "node:test";\nimport assert from "node:assert";\n'
    'import { sell } from "./till.js";\n\n'
    'test("sell", () => {\n  assert.equal(sell(1), 2);\n});\n',
}
GO = {
    "go.mod": "module example.com/shop\n\ngo 1.21\n",
    "shop/price.go": "package shop\n\nfunc Price(amount int) int {\n"
    "\tif amount > 10 {\n\t\treturn 1\n\t}\n\treturn 2\n}\n",
    "shop/price_test.go": 'package shop\n\nimport "testing"\n\nfunc TestPrice(t *testing.T) {\n\tif Price(10) != 1 {\n'
    '\t\tt.Fatal("ten")\n\t}\n}\n',
}


def project(root: Path, files: Mapping[str, str]) -> Workspace:
    root.mkdir()
    (root / ".git").mkdir()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Workspace(root)


def rungs_of(workspace: Workspace, runners: tuple[Runner, ...]) -> tuple[Rung, ...]:
    update_memory(UpdateRequest(workspace.root, jobs=1))
    update_dependencies(workspace.root)
    with SqliteGraph(workspace.root) as store:
        return widen_tests(store, workspace, [runner.kind for runner in runners])


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"a.py": ""}, ["pytest"]),
        ({"go.mod": "module x\n", "tools/a.py": ""}, ["go test"]),
        ({"go.mod": "module x\n", "tests/test_a.py": ""}, ["pytest", "go test"]),
        (
            {"package.json": '{"devDependencies": {"vitest": "1"}, "scripts": {"test": "vitest run"}}'},
            ["vitest"],
        ),
        ({"package.json": '{"devDependencies": {"jest": "29"}}'}, ["jest"]),
        ({"package.json": '{"scripts": {"test": "mocha --recursive"}}'}, ["mocha"]),
        ({"package.json": '{"scripts": {"test": "node --test"}}'}, ["node --test"]),
        ({"package.json": '{"scripts": ["test"]}'}, ["pytest"]),
        ({"package.json": "[" * 5000}, ["pytest"]),
        ({"pom.xml": "<project/>"}, ["mvn test"]),
        ({"build.gradle.kts": ""}, ["gradle test"]),
        ({"Cargo.toml": "[package]\n"}, ["cargo test"]),
    ],
)
def test_a_projects_files_tell_its_runners(tmp_path: Path, files: dict[str, str], names: list[str]) -> None:
    assert [runner.name for runner in find_runners(project(tmp_path / "p", files))] == names


def test_each_runner_is_given_tests_as_it_takes_them(tmp_path: Path) -> None:
    def commands(files: dict[str, str], *ids: str) -> list[str]:
        name = f"p{len(list(tmp_path.iterdir()))}"
        return [" ".join(one) for one in find_runners(project(tmp_path / name, files))[0].chosen(ids)]

    assert commands({"go.mod": ""}, "./shop -run ^(TestA|TestB)$", "./till") == [
        "go test ./shop -run ^(TestA|TestB)$", "go test ./till",
    ]  # fmt: skip
    assert commands({"Cargo.toml": ""}, "tests/shop.rs", "src/lib.rs") == [
        "cargo test --offline --quiet --test shop", "cargo test --offline --quiet --lib --bins",
    ]  # fmt: skip
    assert "test -Dtest=shop.PayTest#paying,shop.BuyTest" in commands(
        {"pom.xml": ""}, "shop.PayTest#paying", "shop.BuyTest"
    )[0]  # fmt: skip
    told = json.dumps({"devDependencies": {"mocha": "10"}})
    assert commands({"package.json": told}, "a.test.js") == ["node node_modules/mocha/bin/mocha.js a.test.js"]


def test_scripts_are_tested_from_near_to_far(tmp_path: Path, sandbox: Bubblewrap) -> None:
    workspace = project(tmp_path / "p", NODE)
    runners = find_runners(workspace)
    if runners[0].missing:
        pytest.skip(runners[0].missing)
    line = "  return amount > 10 ? amount * unit * 0.95 : amount * unit;\n"
    workspace.change([Edit("price.js", line, line.replace(">", ">="))])
    rungs = rungs_of(workspace, runners)
    assert [(rung.name, set(rung.tests)) for rung in rungs] == [
        ("the tests of what changed", {"price.test.js"}),
        ("the tests of what depends on it", {"price.test.js", "till.test.js"}),
        ("the suite", set()),
    ]  # fmt: skip
    assert run_rungs(sandbox, workspace, rungs, runners, seconds=120) == ()
    workspace.change([Edit("till.js", "  return price(amount, 2);\n", "  return price(amount, 3);\n")])
    flaws = run_rungs(sandbox, workspace, rungs[1:], runners, seconds=120)
    assert flaws[0].message.startswith("the tests of what depends on it: node --test")
    assert "3 == 2" in flaws[0].message


def test_packages_beside_a_project_are_seen_and_cannot_be_changed(
    tmp_path: Path, sandbox: Bubblewrap
) -> None:
    told = 'import { two } from "two";\nimport { writeFileSync } from "node:fs";\nif (two !== 2) process.exit(3);\n'
    told += 'try { writeFileSync("node_modules/two/index.js", "x"); process.exit(4); } catch {}\n'
    script = {"package.json": '{"type": "module", "scripts": {"test": "node check.js"}}', "check.js": told}
    workspace = project(tmp_path / "p", {**script, ".gitignore": "node_modules\n"})
    package = workspace.root / "node_modules/two"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "two", "type": "module", "main": "index.js"}')
    (package / "index.js").write_text("export const two = 2;\n")
    runners = find_runners(workspace)
    if runners[0].missing:
        pytest.skip(runners[0].missing)
    assert run_rungs(sandbox, workspace, [Rung("the suite", (), "script")], runners, seconds=120) == ()
    assert (package / "index.js").read_text() == "export const two = 2;\n"


def test_go_is_built_and_tested_with_what_is_on_this_machine(tmp_path: Path, sandbox: Bubblewrap) -> None:
    workspace = project(tmp_path / "p", GO)
    runners = find_runners(workspace)
    if runners[0].missing:
        pytest.skip(runners[0].missing)
    workspace.change([Edit("shop/price.go", "\tif amount > 10 {\n", "\tif amount > 10 || {\n")])
    assert "price.go:4" in run_builds(sandbox, workspace, runners, seconds=300)[0].message
    workspace.change([Edit("shop/price.go", "\tif amount > 10 || {\n", "\tif amount >= 10 {\n")])
    rungs = rungs_of(workspace, runners)
    assert rungs[0].tests == ("./shop -run ^TestPrice$",)
    assert run_builds(sandbox, workspace, runners, seconds=300) == ()


def test_what_is_not_installed_is_said(tmp_path: Path, sandbox: Bubblewrap) -> None:
    workspace = project(tmp_path / "p", {"package.json": '{"devDependencies": {"jest": "29"}}'})
    runners = find_runners(workspace)
    flaws = run_rungs(sandbox, workspace, [Rung("the suite", (), "script")], runners)
    assert "jest cannot be run: jest is not installed beside package.json" in flaws[0].message
