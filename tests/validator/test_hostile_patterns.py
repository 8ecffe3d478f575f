"""Files made to keep the rules busy: each is judged at once, or would take minutes."""

from pathlib import Path

import pytest
from aifirst_codebase.config import load_config
from aifirst_codebase.source import decode_source
from aifirst_validator.changes.docstring_claims import read_claims
from aifirst_validator.changes.line_diff import diff_items
from aifirst_validator.finding import Finding
from aifirst_validator.judge_file import judge_source, split_suppressed
from aifirst_validator.project_rules import judge_facts
from aifirst_validator.rule_set import load_rules

_CONFIG = load_config(
    Path(), overrides={"preset": "full", "glue": {"scope": "all", "quality": "all"}}, isolated=True
)
_LONG = 200_000
_KEY = '"A1b2C3d4E5f6G7h8I9j0K"'


def _judge(path: str, text: str) -> list[Finding]:
    rules = load_rules()
    result = judge_source(decode_source(path, text.encode()), _CONFIG.settings, rules)
    standing, _ = split_suppressed(result.raw, result.suppressions)
    return [*standing, *judge_facts({path: result}, rules, _CONFIG).get(path, [])]


def _codes(path: str, text: str) -> set[str]:
    return {finding.rule for finding in _judge(path, text)}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", "/** " + "@param {" * (_LONG // 8) + " */\nfunction add(left) { return left; }\n"),
        (
            "a.php",
            "<?php\n/** " + "@param a " * (_LONG // 9) + " */\nfunction add($left) { return $left; }\n",
        ),
        ("a.py", f"# close the file\nclose(file); {'a' * _LONG}\n"),
        ("a.py", f"x = {_KEY}\n# {'token' * (_LONG // 5)}\n"),
        ("a.py", f"# -----BEGIN PRIVATE KEY-----\n#{' ' * _LONG}\n"),
        ("a.md", "@TAG:SPEC:rows\n" + "`" * _LONG),
        ("a.js", "/*@TAG:FEATURE:rows*/" * 6000),
    ],
    ids=[
        "JSDoc types",
        "PHPDoc types",
        "a long name",
        "a name of secrets",
        "a private key",
        "a fence",
        "tags",
    ],
)
def test_a_hostile_text_is_judged_at_once(path: str, text: str) -> None:
    assert "AF601" not in _codes(path, text)


def test_a_step_with_a_number_of_many_digits_is_misspelt() -> None:
    assert "AF208" in _codes("a.py", f"# STEP {'1' * 5000}: read\na = 1\n")


def test_a_documented_name_is_found_behind_types_that_never_close() -> None:
    js = "/**\n * @param {a @param {number} lhs\n */\nfunction add(left) { return left; }\n"
    php = "<?php\n/**\n * @param string @param int $lhs first\n */\nfunction add($left) { return $left; }\n"
    assert "AF207" in _codes("a.js", js)
    assert "AF207" in _codes("a.php", php)


def test_overloads_are_looked_at_once_for_all_their_documentation() -> None:
    text = "".join(
        f"/** Save.\n * @param row{i} x\n */\nexport declare function save(row: string): void;\n"
        for i in range(1500)
    )
    found = [finding for finding in _judge("a.ts", text) if finding.rule == "AF207"]
    assert len(found) == 1500


def test_every_suppression_is_meant_for_its_own_function() -> None:
    count = 3000
    text = "".join(
        f"# aifirst: ignore[AF210] it is generated\ndef step_{i}(rows):\n    return rows\n\n\n"
        for i in range(count)
    )
    assert "AF210" not in _codes("a.py", text)
    assert "AF210" in _codes("a.py", text + "def last(rows):\n    return rows\n")


def test_copies_of_a_comment_are_counted_from_one_list_of_lines() -> None:
    text = "".join(f"x{i} = 1\n" for i in range(5000)) + "# said again word for word\nx = 1\n" * 5000
    assert sum(finding.rule == "AF205" for finding in _judge("a.py", text)) == 4999


def test_broken_references_are_compared_with_the_known_tags_for_a_while_only() -> None:
    text = "".join(f"# @TAG:RELATED:FEATURE:rank{i}x\n# @TAG:FEATURE:rank{i}y\n" for i in range(2000))
    assert sum(finding.rule == "AF303" for finding in _judge("a.py", text)) == 2000


@pytest.mark.parametrize(
    "text",
    [
        ":param" + " " * _LONG + "x",
        "Args" + " " * _LONG + "x",
        "Args:\n    a" + " " * _LONG + "x",
        ":returns" + " " * _LONG + "\f",
        ":param a: default " + "1" * _LONG + "x",
        ":param a: " + ".default1" * (_LONG // 9) + "x",
        "@param {" * (_LONG // 8),
    ],
)
def test_a_documentation_text_is_read_for_claims_at_once(text: str) -> None:
    assert all(claim.default == "" for claim in read_claims(text).parameters)


def test_lines_that_become_unique_one_after_the_other_are_compared_for_a_while_only() -> None:
    before = [item for i in range(20_000) for item in (f"old {i}", f"both {i + 1}", f"both {i}")]
    after = [item.replace("old", "new") for item in before]
    hunks = diff_items(before, after)
    assert hunks[0].before_start == 0
    assert hunks[-1].before_end >= 3 * 20_000 - 2
