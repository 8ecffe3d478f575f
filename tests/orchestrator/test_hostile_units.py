"""What a generated unit cannot do to the verdict on it, and what it may not do by being imported."""

from __future__ import annotations

import pytest
from aifirst_orchestrator.generate.judge_code import judge_unit
from aifirst_orchestrator.generate.run_tests import NoTestRunnerError, run_tests
from aifirst_orchestrator.generate.script.run_script_tests import find_node
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.spec.unit_paths import misplaced
from aifirst_orchestrator.spec.units import SpecUnit

_TESTS = """import test from "node:test";
import assert from "node:assert";
import { total } from "./total.js";

test("test_total", () => {
  assert.strictEqual(total(), 1);
});
"""
_FORGED = "String(text).replaceAll('\"failed\"', '\"passed\"')"
_FORGERIES = {
    "a write that says something else": "import fs from 'node:fs';\n"
    "import { syncBuiltinESMExports } from 'node:module';\nexport function total() {\n  const write = fs.writeSync;\n"
    f"  fs.writeSync = (to, text) => write(to, {_FORGED});\n  syncBuiltinESMExports();\n  return 0;\n}}\n",
    "the insides of Node": "export function total() {\n  const inner = process.binding('fs');\n"
    "  const write = inner.writeString;\n"
    f"  inner.writeString = (to, text, ...more) => write.call(inner, to, {_FORGED}, ...more);\n  return 0;\n}}\n",
    "the stream of outcomes": "import { Readable } from 'node:stream';\nexport function total() {\n"
    "  const push = Readable.prototype.push;\n  Readable.prototype.push = function (one, ...more) {\n"
    "    if (one?.type === 'test:fail') one.type = 'test:pass';\n    return push.call(this, one, ...more);\n  };\n"
    "  return 0;\n}\n",
}


@pytest.mark.parametrize("how", [*_FORGERIES])
def test_a_unit_that_is_wrong_passes_by_no_forgery(sandbox: Bubblewrap, how: str) -> None:
    try:
        find_node()
    except NoTestRunnerError as error:
        pytest.skip(str(error))
    files = {"total.js": _FORGERIES[how], "total.test.js": _TESTS}
    assert not run_tests(sandbox, files, {"total.test.js": ["test_total"]}, seconds=60).passed


_TS = "/** FR1 */\nexport function total(): number {\n  return 1;\n}\n"
_TS_UNIT = SpecUnit("total", "cart/total.ts", "typescript", 1, "function", "function total(): number")
_GO = "// Total is FR1.\nfunc Total() int {\n\treturn 1\n}\n"
_GO_UNIT = SpecUnit("Total", "cart/total.go", "go", 1, "function", "func Total() int", package="shop/cart")


@pytest.mark.parametrize(
    "more",
    [
        "const { a = process.exit(0) } = {};\n",
        "const { [process.exit(0)]: a } = {};\n",
        "const a = delete globalThis.process;\n",
        "const a = ''.constructor.constructor('return 1')();\n",
    ],
)
def test_nothing_hides_in_what_a_module_takes_apart_and_makes(more: str) -> None:
    assert [*judge_unit(_TS, _TS_UNIT)] == []
    assert any("when the file is imported" in flaw.message for flaw in judge_unit(_TS + more, _TS_UNIT))


def test_a_method_called_like_what_is_built_in_still_runs_when_a_program_starts() -> None:
    more = "\ntype totalRow struct{}\n\nfunc (totalRow) min() int {\n\treturn 1\n}\n\nvar totalLeast = "
    assert [*judge_unit(f"{_GO}{more}min(1, 2)\n", _GO_UNIT)] == []
    told = [flaw.message for flaw in judge_unit(f"{_GO}{more}totalRow{{}}.min()\n", _GO_UNIT)]
    assert told == ["totalRow{}.min is called when the program starts"]


@pytest.mark.parametrize("path", ["z" * 230 + ".ts", "é" * 110 + ".ts", "a/" * 600 + "b.ts"])
def test_a_path_that_no_disk_takes_is_told_before_a_model_is_asked(path: str) -> None:
    unit = SpecUnit("total", path, "typescript", 1, "function")
    problem = misplaced(unit)
    assert problem is not None
    assert "longer than a path can be" in problem.message
