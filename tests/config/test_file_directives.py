"""Settings that a file sets for itself in a comment."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_codebase.config import Settings, load_config, parse_assignment, settings_from
from aifirst_codebase.config.file_directives import read_directives
from hypothesis import given, settings
from hypothesis import strategies as st

CONFIG = load_config(Path("unused"), isolated=True)


def applied(text: str) -> Settings:
    """The settings under these directives, which have to be free of problems."""
    result, problems = CONFIG.with_directives(CONFIG.settings, text)
    assert problems == []
    return result


@pytest.mark.parametrize(
    "line",
    [
        "# aifirst: limits.unit_tokens=900",
        "#aifirst:limits.unit_tokens = 900",
        "// aifirst: limits.unit_tokens=900",
        "/* aifirst: limits.unit_tokens=900 */",
        " * aifirst: limits.unit_tokens=900",
        "<!-- aifirst: limits.unit_tokens=900 -->",
        "-- aifirst: limits.unit_tokens=900",
        "; aifirst: limits.unit_tokens=900\r",
        "(* aifirst: limits.unit_tokens=900 *)",
        "# aifirst: limits.unit_tokens=900 -- written by protoc, which = no one edits",
        "# aifirst: limits.unit_tokens=1, limits.unit_tokens=900,",
    ],
)
def test_any_comment_prefix_will_do(line: str) -> None:
    assert applied(f"\ufeff{line}\nx = 1\n").limits.unit_tokens == 900
    assert applied(f"#!/bin/sh\n\n{line}").limits.unit_tokens == 900


def test_values_are_written_as_in_toml_or_as_bare_words() -> None:
    text = (
        "# aifirst: glue.floor=0.25, glue.doctests=true, glue.scope=all, rules.AF101=off\n"
        "# aifirst: edits.microfile_lines=[1, 2], tickets.tag_categories=['a, b'], rules.AF2=\"note\"\n"
    )
    result = applied(text)
    assert (result.glue.floor, result.glue.doctests, result.glue.scope) == (0.25, True, "all")
    assert (result.edits.microfile_lines, result.tickets.tag_categories) == ((1, 2), ("a, b",))
    assert result.rules == {"AF101": "off", "AF2": "note"}


@pytest.mark.parametrize(
    ("level", "preset"),
    [("full", "full"), ("moderate", "balanced"), ("minimal", "legacy"), ("custom", "gradual")],
)
def test_the_other_spelling_sets_a_preset(level: str, preset: str) -> None:
    config = load_config(Path("unused"), overrides={"preset": "gradual"}, isolated=True)
    result, problems = config.with_directives(config.settings, f"# @NSS-CODER: philosophy_level={level}\n")
    assert problems == []
    assert result == settings_from({"preset": preset})


def test_a_preset_lies_below_what_the_project_writes_out(tmp_path: Path) -> None:
    (tmp_path / "aifirst.toml").write_text(
        '[limits]\nunit_tokens = 700\n[rules]\nAF1 = "off"\n[paths.x]\nglue.floor=1\n'
    )
    config = load_config(tmp_path)
    result, _ = config.with_directives(config.settings, "# aifirst: preset=legacy\n")
    assert (result.preset, result.limits.unit_tokens, result.limits.file_lines) == ("legacy", 700, 0)
    assert (result.rules, result.paths) == (config.settings.rules, config.settings.paths)


def test_a_preset_over_foreign_settings_keeps_what_they_change() -> None:
    foreign = settings_from({"preset": "full", "limits": {"unit_tokens": 5}})
    result, _ = CONFIG.with_directives(foreign, "# aifirst: preset=legacy\n")
    assert result == settings_from({"preset": "legacy", "limits": {"unit_tokens": 5}})


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # aifirst: limits.unit_tokens=900\n",
        "x = '# aifirst: limits.unit_tokens=900'\n",
        "# aifirst: ignore[AF101] limits.unit_tokens=900\n",
        "# aifirst: ignore-file[AF1] a generated table\n",
        "# see aifirst: limits.unit_tokens=900\n",
        "\n" * 20 + "# aifirst: limits.unit_tokens=900\n",
        "#" * 4096 + "\n# aifirst: limits.unit_tokens=900\n",
        "# aifirst:\n",
        "",
    ],
)
def test_what_is_no_directive_changes_nothing(text: str) -> None:
    assert CONFIG.with_directives(CONFIG.settings, text) == (CONFIG.settings, [])


def test_the_twentieth_line_still_counts() -> None:
    assert applied("\n" * 19 + "# aifirst: limits.unit_tokens=900\n").limits.unit_tokens == 900


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "\n  # aifirst: limits.unit_token=1",
            '2:14: Unknown key limits.unit_token. Did you mean "limits.unit_tokens"?',
        ),
        ("# aifirst: glue.floor=2", "1:12: glue.floor is 2; expected a number from 0 to 1."),
        ("# aifirst: glue.floor=1, glue.floor=", '1:26: glue.floor is ""; expected a number from 0 to 1.'),
        (
            "# aifirst: rules.AF1=of",
            '1:12: rules.AF1 is "of"; expected one of "off", "note", "warning", "error". Did you mean "off"?',
        ),
        (
            "# aifirst: tokenizer=x",
            "1:12: tokenizer concerns the whole project, so a file cannot set it. Set it in aifirst.toml.",
        ),
        (
            "# aifirst: limits.unit_tokens 900",
            '1:12: A file directive has "limits.unit_tokens" where key=value is expected.'
            " Separate settings by commas; a reason follows after --.",
        ),
        (
            "# aifirst: glue.floor=1  glue.target=1",
            '1:12: A file directive has "glue.floor=1" where key=value is expected.'
            " Separate settings by commas; a reason follows after --.",
        ),
        (
            "# @NSS-CODER: philosophy_level=minimum",
            "1:15: philosophy_level is minimum; expected one of full, moderate, minimal, custom."
            ' Did you mean "minimal"?',
        ),
        ("# @NSS-CODER: limts.unit_tokens=1", '1:15: Unknown key limts. Did you mean "limits"?'),
    ],
)
def test_a_mistake_is_data_with_line_and_column(text: str, expected: str) -> None:
    _, [problem] = CONFIG.with_directives(CONFIG.settings, text)
    assert str(problem) == expected


def test_a_mistake_leaves_the_other_settings_in_force() -> None:
    text = "# aifirst: glue.floor=2, limits.unit_tokens=900, nothing\n"
    result, problems = CONFIG.with_directives(CONFIG.settings, text)
    assert (result.limits.unit_tokens, result.glue.floor, len(problems)) == (900, 0.5, 2)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(st.sampled_from("aifrst:# limts.=,[]\"'-\n1*/\\\t"), max_size=60))
def test_no_text_makes_a_directive_raise(text: str) -> None:
    for prefix in ("", "# aifirst: ", "// @NSS-CODER: philosophy_level=", "# aifirst: limits.unit_tokens="):
        _, problems = read_directives(prefix + text)
        assert all(problem.line and problem.column for problem in problems)


def test_a_line_of_blanks_is_read_soon() -> None:
    assert applied("# aifirst: limits.unit_tokens=900" + " " * 3900 + "*/").limits.unit_tokens == 900


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("limits.unit_tokens=900", ("limits.unit_tokens", 900)),
        ("preset = full", ("preset", "full")),
        ("glue.doctests=true", ("glue.doctests", True)),
        ('baseline="a=b"', ("baseline", "a=b")),
        ("tokenizer=/models/qwen/tokenizer.json", ("tokenizer", "/models/qwen/tokenizer.json")),
        ("discovery.exclude=['a', 'b']", ("discovery.exclude", ["a", "b"])),
    ],
)
def test_an_assignment_of_the_command_line_is_parsed(text: str, expected: tuple[str, object]) -> None:
    assert parse_assignment(text) == expected


@pytest.mark.parametrize("text", ["limits.unit_tokens", "=3", ""])
def test_a_text_without_a_key_is_no_assignment(text: str) -> None:
    with pytest.raises(ValueError, match="is not KEY=VALUE"):
        parse_assignment(text)
