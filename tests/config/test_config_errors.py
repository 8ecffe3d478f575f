"""What a wrong configuration is answered with: always a `ConfigError`, with a place and a next step."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from aifirst_codebase.config import ConfigError, ProjectConfig, load_config
from aifirst_codebase.config.toml_source import MAX_BYTES

Project = Callable[..., ProjectConfig]


def check(project: Project, files: dict[str, str | bytes], *expected: str) -> ConfigError:
    """Loading fails with exactly these lines."""
    with pytest.raises(ConfigError) as caught:
        project(files)
    assert str(caught.value).splitlines() == list(expected)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("limit.unit_tokens = 1\n", '1:1: Unknown key limit. Did you mean "limits"?'),
        ("\nunit_tokens = 1\n", '2:1: Unknown key unit_tokens. Did you mean "limits.unit_tokens"?'),
        (
            "[limits]\n  unit_token = 1\n",
            '2:3: Unknown key limits.unit_token. Did you mean "limits.unit_tokens"?',
        ),
        ("[glue]\nmax_level = 1\n", '2:1: Unknown key glue.max_level. Did you mean "complexity.max_level"?'),
        (
            "edits.qqqqqq = 1\n",
            "1:1: Unknown key edits.qqqqqq. Known here: scope, glue_kept, max_changed, microfile_lines,"
            " tests_required.",
        ),
        ('[paths."a b"]\nlimit = 1\n', '2:1: Unknown key paths."a b".limit. Did you mean "limits"?'),
        (
            '[paths."a b".glue]\nflor = 1\n',
            '2:1: Unknown key paths."a b".glue.flor. Did you mean "glue.floor"?',
        ),
        (
            "[paths.a]\ndiscovery.exclude = []\n",
            "2:1: paths.a.discovery: a path pattern cannot set this. Set discovery for the project.",
        ),
    ],
)
def test_an_unknown_key_has_a_place_and_a_suggestion(project: Project, text: str, expected: str) -> None:
    check(project, {"aifirst.toml": text}, f"aifirst.toml:{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[limits]\nunit_tokens = "many"\n',
            '2:1: limits.unit_tokens is "many"; expected a whole number, 0 or more.',
        ),
        (
            "limits.unit_tokens = true\n",
            "1:1: limits.unit_tokens is true; expected a whole number, 0 or more.",
        ),
        ("limits.unit_tokens = -1\n", "1:1: limits.unit_tokens is -1; expected a whole number, 0 or more."),
        ("glue.floor = 1.5\n", "1:1: glue.floor is 1.5; expected a number from 0 to 1."),
        ("glue.floor = nan\n", "1:1: glue.floor is nan; expected a number from 0 to 1."),
        (
            "complexity.max_level = 6\n",
            "1:1: complexity.max_level is 6; expected a whole number from 0 to 5.",
        ),
        (
            "edits.microfile_lines = [1]\n",
            "1:1: edits.microfile_lines is a list; expected a list of two whole numbers.",
        ),
        ("discovery.exclude = 'x'\n", '1:1: discovery.exclude is "x"; expected a list of texts.'),
        ("discovery.use_gitignore = 1\n", "1:1: discovery.use_gitignore is 1; expected true or false."),
        ("tokenizer = 1979-05-27\n", "1:1: tokenizer is 1979-05-27; expected a text."),
        (
            'glue.scope = "al"\n',
            '1:1: glue.scope is "al"; expected one of "off", "marked", "all". Did you mean "all"?',
        ),
        (
            'preset = "nss-coder"\n',
            '1:1: preset is "nss-coder"; expected one of "full", "balanced", "gradual", "legacy",'
            ' "prototype". Did you mean "nss-coder-pure"?',
        ),
        (
            '[rules]\nAF101 = "off"\nAF102 = "warn"\n',
            '3:1: rules.AF102 is "warn"; expected one of "off", "note", "warning", "error".'
            ' Did you mean "warning"?',
        ),
        ("rules = 3\n", '1:1: rules is 3; expected a table. Write such as rules.AF101 = "off".'),
        ("limits = 3\n", "1:1: limits is 3; expected a table. Write a table with keys such as unit_tokens."),
    ],
)
def test_a_wrong_value_names_key_value_and_what_is_expected(
    project: Project, text: str, expected: str
) -> None:
    check(project, {"aifirst.toml": text}, f"aifirst.toml:{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a = 1 b = 2\n",
            "1:7: Not valid TOML: Expected newline or end of document after a statement. Correct this line.",
        ),
        (
            "\na = [1,\n",
            "3: Not valid TOML: Invalid value. Close the bracket or the quote that is still open.",
        ),
        ("a = 1\na = 2\n", "2:6: Not valid TOML: Cannot overwrite a value. Correct this line."),
        ("a = " + "[" * 5000, " The file nests too deep. Settings have at most three levels."),
        ("a" + ".a" * 40 + " = 1\n", "1: A key has more than 32 parts. Settings have two or three parts."),
    ],
)
def test_a_text_that_is_not_toml_has_a_place_and_a_next_step(
    project: Project, text: str, expected: str
) -> None:
    check(project, {"aifirst.toml": text}, f"aifirst.toml:{expected}")


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("!a", '"!a" is not a pattern: a pattern cannot be negated.'),
        ("/", '"/" is not a pattern: it is empty.'),
    ],
)
def test_a_pattern_that_cannot_work_has_its_place(project: Project, pattern: str, wrong: str) -> None:
    check(project, {"aifirst.toml": f"\n[paths.'{pattern}']\n"}, f"aifirst.toml:2:1: paths: {wrong}")


def test_a_number_with_too_many_digits_is_told_with_its_line(project: Project) -> None:
    check(
        project,
        {"aifirst.toml": "[limits]\nunit_tokens = " + "1" * 10_000},
        "aifirst.toml:2: A number has thousands of digits. Write a smaller one.",
    )


def test_every_mistake_of_every_file_is_told_at_once(project: Project) -> None:
    error = check(
        project,
        {"aifirst.toml": "glue.floor = 2\nlimits.x = 1\n", "a/aifirst.toml": "preset = 1\n"},
        "aifirst.toml:1:1: glue.floor is 2; expected a number from 0 to 1.",
        "aifirst.toml:2:1: Unknown key limits.x. Known here: unit_tokens, unit_tokens_error,"
        " unit_tokens_split, code_tokens, ticket_tokens, generation_tokens, generation_tokens_error,"
        " file_lines, file_tokens, function_lines, functions_per_file.",
        'a/aifirst.toml:1:1: preset is 1; expected one of "full", "balanced", "gradual", "legacy",'
        ' "prototype".',
    )
    assert [problem.key for problem in error.problems] == ["glue.floor", "limits.x", "preset"]
    assert (error.path, error.line, error.column) == ("aifirst.toml", 1, 1)
    assert error.message == "glue.floor is 2; expected a number from 0 to 1."


def test_an_error_survives_pickling(project: Project) -> None:
    with pytest.raises(ConfigError) as caught:
        project({"aifirst.toml": "glue.floor = 2\n"})
    copy: ConfigError = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  (our own bytes)
    assert (str(copy), copy.problems) == (str(caught.value), caught.value.problems)


def test_a_mistake_in_pyproject_has_its_line_there(project: Project) -> None:
    text = '[project]\nname = "x"\n[tool.aifirst]\npreset = "full"\n[tool.aifirst.limits]\nunit = 3\n'
    check(
        project,
        {"pyproject.toml": text.replace("unit = 3", "file_line = 3")},
        'pyproject.toml:6:1: Unknown key limits.file_line. Did you mean "limits.file_lines"?',
    )


def test_tool_aifirst_has_to_be_a_table(project: Project) -> None:
    check(
        project,
        {"pyproject.toml": "[tool]\naifirst = 3\n"},
        "pyproject.toml: tool.aifirst is not a table. Write [tool.aifirst] on a line of its own.",
    )


def test_a_broken_pyproject_that_never_says_aifirst_is_not_ours(project: Project) -> None:
    assert project({"pyproject.toml": "[tool"}).settings.preset == "balanced"


def test_a_broken_pyproject_beside_aifirst_toml_is_not_ours(project: Project) -> None:
    config = project({"pyproject.toml": "[tool.aifirst", "aifirst.toml": ""})
    assert config.warnings == ()


def test_beside_a_broken_aifirst_toml_pyproject_is_not_read(project: Project) -> None:
    files: dict[str, str | bytes] = {"aifirst.toml": b"\xff", "pyproject.toml": "[tool.aifirst]\nx = 1\n"}
    check(project, files, "aifirst.toml:1: The file is not UTF-8. Save it as UTF-8.")


def test_an_override_of_a_wrong_type_is_told_without_a_place(project: Project) -> None:
    with pytest.raises(ConfigError, match=r"^glue\.floor is 2; expected a number from 0 to 1\.$"):
        project({}, overrides={"glue.floor": 2})
    with pytest.raises(ConfigError, match=r'^Unknown key glu\. Did you mean "glue"\?$'):
        project({}, overrides={"glu.floor": 1})
    with pytest.raises(ConfigError, match=r"^glue is 3; expected a table"):
        project({}, overrides={"glue": 3})


def test_text_that_is_not_utf8_is_refused_with_its_line(project: Project) -> None:
    files: dict[str, str | bytes] = {"aifirst.toml": b"# ok\n# caf\xe9\n"}
    check(project, files, "aifirst.toml:2: The file is not UTF-8. Save it as UTF-8.")


def test_a_byte_order_mark_and_crlf_are_read(project: Project) -> None:
    config = project({"aifirst.toml": "\ufeff# x\r\n[limits]\r\nunit_tokens = 8\r\n"})
    [told] = [item for item in config.explain() if item.key == "limits.unit_tokens"]
    assert (told.value, told.origin.where) == (8, "aifirst.toml:3")


def test_a_file_over_the_size_limit_is_refused(project: Project) -> None:
    text = "# x\n" * (MAX_BYTES // 4) + "#"
    check(project, {"aifirst.toml": text}, "aifirst.toml: The file is larger than 1 MB. Make it smaller.")
    assert project({"aifirst.toml": text[:MAX_BYTES]}).settings.preset == "balanced"


def test_a_folder_or_a_pipe_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "aifirst.toml").mkdir()
    with pytest.raises(ConfigError, match="not a regular file"):
        load_config(tmp_path)
    (tmp_path / "aifirst.toml").rmdir()
    os.mkfifo(tmp_path / "aifirst.toml")
    with pytest.raises(ConfigError, match="not a regular file"):
        load_config(tmp_path)


def test_a_link_that_leaves_the_project_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "outside.toml").write_text('preset = "full"\n')
    (root / "aifirst.toml").symlink_to(tmp_path / "outside.toml")
    with pytest.raises(ConfigError, match=r"^aifirst\.toml: The file is a link that leaves the project"):
        load_config(root)
    (root / "aifirst.toml").unlink()
    (root / "sub" / "aifirst.toml").symlink_to(tmp_path / "outside.toml")
    for name in ("sub/aifirst.toml", "../outside.toml"):
        config = load_config(root, folder_files=[name])
        (told,) = config.warnings
        assert str(told).startswith(f"{name}: The file is a link that leaves the project.")
        assert config.for_path("sub/a.py").preset == "balanced"


def test_a_link_inside_the_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "shared.toml").write_text('preset = "full"\n')
    (tmp_path / "aifirst.toml").symlink_to("shared.toml")
    assert load_config(tmp_path).settings.preset == "full"


def test_a_linked_pyproject_outside_is_left_alone_with_a_notice(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.aifirst]\npreset = "full"\n')
    (root / "pyproject.toml").symlink_to(tmp_path / "pyproject.toml")
    config = load_config(root)
    assert config.settings.preset == "balanced"
    assert [warning.path for warning in config.warnings] == ["pyproject.toml"]


def test_a_link_that_points_at_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "aifirst.toml").symlink_to("aifirst.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


def test_a_file_of_thousands_of_mistakes_is_cut_short(project: Project) -> None:
    with pytest.raises(ConfigError) as caught:
        project({"aifirst.toml": "".join(f"a{n} = 1\n" for n in range(5000))})
    assert len(caught.value.problems) == 50


def test_rules_and_patterns_have_a_limit(project: Project) -> None:
    rules = "[rules]\n" + "".join(f'A{n} = "off"\n' for n in range(1001))
    with pytest.raises(ConfigError, match="more than 1000 keys"):
        project({"aifirst.toml": rules})
    with pytest.raises(ConfigError, match="paths has 501 patterns"):
        project({"aifirst.toml": "".join(f"[paths.a{n}]\n" for n in range(501))})
