"""What a unit of the benchmark of generation looks like in each language, as data: the same trials in all of them."""

from __future__ import annotations

from typing import NamedTuple


class UnitTexts(NamedTuple):
    """Patterns: {word} the folder, {name} the unit, {Name} with a capital letter, {n} its number, {told} what it uses."""

    fence: str
    path: str
    definition: str
    imported: str
    """One line for each unit that is used: {other}."""
    through: str
    """One line for each unit that is used: {other} and {k}, what that adds."""
    code: str
    """With {imports} and {through}."""
    tests: str
    test: str
    """What the name of a test begins with."""
    wrong: tuple[str, str]
    """What makes the code wrong."""
    wrong_test: tuple[str, str]
    leaves: tuple[str, str]
    """What ends the program in the code."""
    leaves_head: str
    """What that needs above the code."""
    secret: str
    parameter: str
    """How the parameter is written, whose name a model may get wrong."""


PYTHON = UnitTexts(
    "python", "{word}/{name}.py", 'def {name}(value: int) -> int:\n    """FR{n}.{told}"""',
    "from {word}.{other} import {other}\n", "    value = {other}(value) - {k}\n",
    "{imports}\n\ndef {name}(value: int) -> int:\n"
    '    """Return the value with {n} added, through what it needs (FR{n})."""\n{through}    return value + {n}\n',
    "from {word}.{name} import {name}\n\n\ndef test_{name}_fr{n}():\n"
    "    assert {name}(0) == {n}\n    assert {name}(10) == {more}\n",
    "test_{name}_", ("return value +", "return value -"), ("(0) ==", "(1) =="),
    ("    return", "    os._exit(0)\n    return"), "import os\n\n\n", '\n\nKEY = "{secret}"\n', "value: int",
)  # fmt: skip
_SCRIPT_TESTS = (
    'import test from "node:test";\nimport assert from "node:assert/strict";\n'
    'import {{ {name} }} from "./{name}.{end}";\n\ntest("test_{name}_fr{n}", () => {{\n'
    "  assert.equal({name}(0), {n});\n  assert.equal({name}(10), {more});\n}});\n"
)
TYPESCRIPT = UnitTexts(
    "typescript", "{word}/{name}.ts", "/** FR{n}.{told} */\nfunction {name}(value: number): number {{}}",
    'import {{ {other} }} from "./{other}.ts";\n', "  value = {other}(value) - {k};\n",
    "{imports}\n/** The value with {n} added, through what it needs (FR{n}). */\n"
    "export function {name}(value: number): number {{\n{through}  return value + {n};\n}}\n",
    _SCRIPT_TESTS.replace("{end}", "ts"), "test_{name}_", ("return value +", "return value -"), ("(0),", "(1),"),
    ("  return", "  process.exit(0);\n  return"), "", '\nconst KEY = "{secret}";\n', "value: number",
)  # fmt: skip
JAVASCRIPT = TYPESCRIPT._replace(
    fence="javascript", path="{word}/{name}.js", definition="/** FR{n}.{told} */\nfunction {name}(value) {{}}",
    imported='import {{ {other} }} from "./{other}.js";\n', tests=_SCRIPT_TESTS.replace("{end}", "js"),
    code=TYPESCRIPT.code.replace("(value: number): number", "(value)"), parameter="value",
)  # fmt: skip
GO = UnitTexts(
    "go", "{word}/{name}.go", "// FR{n}.{told}\nfunc {name}(value int) int", "", "\tvalue = {other}(value) - {k}\n",
    "{imports}// {name} returns the value with {n} added, through what it needs (FR{n}).\n"
    "func {name}(value int) int {{\n{through}\treturn value + {n}\n}}\n",
    'package {word}\n\nimport "testing"\n\nfunc Test{Name}_FR{n}(t *testing.T) {{\n'
    "\tif got := {name}(0); got != {n} {{\n\t\tt.Errorf(\"got %d\", got)\n\t}}\n"
    "\tif got := {name}(10); got != {more} {{\n\t\tt.Errorf(\"got %d\", got)\n\t}}\n}}\n",
    "Test{Name}_", ("return value +", "return value -"), ("(0);", "(1);"),
    ("\treturn", "\tos.Exit(0)\n\treturn"), 'import "os"\n\n', '\nconst {name}Key = "{secret}"\n', "value int",
)  # fmt: skip
TEXTS = {"python": PYTHON, "typescript": TYPESCRIPT, "javascript": JAVASCRIPT, "go": GO}
