"""Ordinary code that once got a finding nobody would agree with, and its neighbours that still get one."""

from __future__ import annotations

import pytest
from aifirst_codebase.config.settings import Settings
from aifirst_codebase.source import decode_source
from aifirst_validator.judge_file import judge_source
from aifirst_validator.rule_set import load_rules

RULES = load_rules()


def check(path: str, text: str) -> list[str]:
    """The findings in a file under the preset's defaults, as `code:line`."""
    result = judge_source(decode_source(path, text.encode("utf-8")), Settings(), RULES)
    return [f"{finding.rule}:{finding.line}" for finding in result.raw]


def rows(row: str, count: int = 80) -> str:
    return "".join(row.format(i) for i in range(count))


STORY = rows("    Amount {0} is in grams, since prices are per gram before tax is added.\n", 60)
STEPS = rows("    total += weights[{0}] * values[{0}] + offsets[{0}]\n")


def test_a_short_function_may_be_documented_at_length() -> None:
    assert check("a.py", f'def price(row):\n    """Price.\n\n{STORY}    """\n    return row.price\n') == []
    assert check("a.py", f'def price(row):\n    """Price."""\n    total = 0\n{STEPS}    return total\n') == [
        "AF101:1"
    ]


def test_a_class_may_document_its_fields() -> None:
    assert check("a.py", f'class Row:\n    """A row.\n\n{STORY}    """\n\n    price = 0\n') == []


def test_a_table_driven_test_is_as_large_as_its_code() -> None:
    table = rows('\t\t{{"name {0}", parse({0})}},\n')
    body = "\tfor _, row := range rows {\n\t\tcheck(t, row)\n\t}\n"
    head = "package rows\n\nfunc TestRows(t *testing.T) {\n\trows := []struct {\n\t\tname string\n\t\tat int\n\t}{\n"
    assert check("rows_test.go", f"{head}{table}\t}}\n{body}}}\n") == []


def test_a_group_of_subtests_is_not_one_unit() -> None:
    part = 'test("row {0}", () => {{\n  const row = parse("{0}");\n  expect(row.at).toBe({0});\n}});\n'
    assert check("rows.test.js", 'describe("rows", () => {\n' + rows(part, 40) + "});\n") == []


def test_a_qunit_test_is_a_unit_of_its_own() -> None:
    part = "QUnit.test('row {0}', function(assert) {{\n  const row = parse('{0}');\n  assert.equal(row.at, {0});\n}});\n"
    assert check("rows.test.js", rows(part, 40)) == []


def test_options_of_a_command_are_declarations() -> None:
    options = rows(
        '@option(\n    "--level-{0}",\n    default={0},\n    help="How far to go at step {0} of the run.",\n)\n',
        30,
    )
    assert check("a.py", f"{options}def run(**options):\n    return options\n") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("urls.py", "urlpatterns = [\n" + rows("    path('rows/{0}/', views.row_{0}, name='row-{0}'),\n") + "]\n"),
        ("names.py", "from ctypes import lib\n" + rows("name_{0} = lib.bind('name_{0}', [int, str])\n")),
        ("admin.py", "site = Site()\n" + rows("site.register(Row{0}, RowAdmin{0}, order={0})\n")),
        ("codes.py", "class Codes:\n" + rows("    CODE_{0} = {0}, 'name of {0}', 'what {0} means'\n")),
        ("index.ts", rows("export {{ row{0}, column{0} }} from './rows/row{0}';\n")),
        ("rows.h", rows("extern int rows_open_{0}(const char *name, int flags, void *data);\n")),
        ("Rows.java", "class Rows {\n" + rows("  private static final String NAME_{0} = \"name {0}\";\n") + "}\n"),
        ("lib.rs", "cfg_rows! {\n" + rows("    pub fn row_{0}(at: usize) -> usize {{ at + {0} }}\n") + "}\n"),
    ],
)  # fmt: skip
def test_declarations_side_by_side_are_not_too_much_at_once(path: str, text: str) -> None:
    assert check(path, text) == []


def test_the_steps_of_a_script_are() -> None:
    script = "rows = load('rows')\n" + rows("rows = rows.join(load('rows{0}'), on='id', how='left')\n")
    assert check("script.py", script) == ["AF101:1"]
    server = "const app = express();\n" + rows("app.get('/rows/{0}', (req, res) => res.send(rows[{0}]));\n")
    assert check("server.js", server) == ["AF101:1"]


def test_a_flat_selection_is_one_choice() -> None:
    cases = rows("  case {0}:\n    return 'name {0}';\n", 20)
    assert check("a.js", f"function name(code) {{\n  switch (code) {{\n{cases}  }}\n  return '';\n}}\n") == []
    ladder = rows("  if (code > {0}) return name({0}, code);\n", 20)
    assert check("a.js", f"function name(code) {{\n{ladder}  return '';\n}}\n") == ["AF107:1"]


def test_a_with_statement_opens_no_path() -> None:
    text = """def save(rows):
    if rows:
        for row in rows:
            with lock(row):
                with connect() as link:
                    with link.begin():
                        link.add(row)
"""
    assert check("a.py", text) == []
    assert (
        check("a.py", text.replace("with lock(row)", "while lock(row)").replace("with link.", "while link."))
        == []
    )
    assert check("a.py", text.replace("with ", "while ").replace(" as link", "")) == ["AF107:1"]


@pytest.mark.parametrize(
    "text",
    [
        "# Blank passwords\nblank_encoded = make_password('')\nassert blank_encoded\n",
        "CODES = {\n    # Server Error.\n    500: ('internal_server_error', 'server_error'),\n}\n",
        "# Create the rows\nfirst = create_row(1)\nsecond = create_row(2)\n",
        "# App is synced.\nmocked_sync_apps.assert_called()\n",
        "# Coordinate transformation\nnew_ct = bind('NewCoordinateTransformation')\n",
        "# Test the request\ntest('request', lambda: None)\nrun()\n",
    ],
)
def test_a_heading_or_claim_does_not_restate(text: str) -> None:
    assert check("a.py", text) == []


def test_a_step_named_like_its_call_does() -> None:
    assert check("a.js", "function send(path) {\n  // send file\n  return this.sendFile(path)\n}\n") == [
        "AF206:2"
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.php", "<?php\n/**\n * @param string|null $name what\n */\nfunction row($name) { return $name; }\n"),
        ("a.js", "/**\n * @callback found\n * @param {Row} row\n */\n\n/** Find. */\nfunction find(done) { done(); }\n"),
        ("a.js", "/**\n * @param {string} name\n */\nfunction find() { return arguments[0]; }\n"),
        ("a.d.ts", "/** @param at */\nexport declare function f(): Row;\nexport declare function f(at: number): Row;\n"),
        ("a.py", 'class A:\n    @property\n    def a(self):\n        """A.\n\n        :param at: a call\n        """\n'),
    ],
)  # fmt: skip
def test_documentation_of_something_else_is_not_stale(path: str, text: str) -> None:
    assert check(path, text) == []


def test_a_renamed_parameter_is() -> None:
    php = "<?php\n/**\n * @param string $gid the group\n */\nfunction set_group($group_id) { return $group_id; }\n"
    assert check("a.php", php) == ["AF207:3"]


def test_words_with_dots_are_no_secret_and_a_flag_hides_nothing() -> None:
    assert check("mode.js", 'const rule = { token: "support.function.C99.stdlib" };\n') == []
    england = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert check("a.py", f"FLAG = '{england}'\n") == []
    assert check("a.py", f"FLAG = 'x{england[1:]}'\n") == ["AF602:1"]


def test_a_macro_that_does_not_parse_is_no_function() -> None:
    part = "int sum_{0}(int a, int b) {{\n  return a + b + {0};\n}}\n"
    assert check("a.cpp", "ROWS_BEGIN\nnamespace rows\n{\n" + rows(part) + "}\n") == []
    body = rows("  total += weights[{0}] * values[{0}] + offsets[{0}];\n")
    text = f"ROWS_BEGIN\nnamespace rows\n{{\nint sum() {{\n  int total = 0;\n{body}  return total;\n}}\n}}\n"
    assert check("a.cpp", text) == ["AF101:4"]
