"""The published schema and reference page are current, and the schema agrees with the loader."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from aifirst_codebase.config import ALIASES, ConfigError, settings_from, settings_schema, write_starter
from aifirst_codebase.config.document import main, schema_text, settings_page
from aifirst_codebase.config.setting_keys import PRESET_NAMES, setting_keys
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
SCHEMA: Any = settings_schema()
VALIDATOR: Any = Draft202012Validator(SCHEMA)


def accepts(table: dict[str, Any]) -> bool:
    """Whether the loader takes the table as a project's settings."""
    try:
        settings_from(table)
    except ConfigError:
        return False
    return True


def in_json(value: object) -> Any:
    """The value as JSON holds it: a tuple is an array."""
    return json.loads(json.dumps(value))


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_has_title_description_and_default() -> None:
    for key, setting in setting_keys().items():
        section, dot, leaf = key.partition(".")
        found = SCHEMA["$defs"][section]["properties"][leaf] if dot else SCHEMA["properties"][section]
        assert found["title"]
        assert found["description"] == setting.description
        assert found["default"] == in_json(setting.default)
        assert setting.description.endswith(".")


def test_every_default_is_valid() -> None:
    defaults: dict[str, Any] = {}
    for key, setting in setting_keys().items():
        section, dot, leaf = key.partition(".")
        value = in_json(setting.default)
        if dot:
            defaults.setdefault(section, {})[leaf] = value
        else:
            defaults[section] = value
    VALIDATOR.validate(defaults)
    assert accepts(defaults)


@pytest.mark.parametrize("preset", [*PRESET_NAMES, *ALIASES])
def test_the_starter_loads_back_and_fits_the_schema(preset: str) -> None:
    text = write_starter(preset)
    table = tomllib.loads(text)
    VALIDATOR.validate(table)
    assert settings_from(table) == settings_from({"preset": preset})


@pytest.mark.parametrize("preset", PRESET_NAMES)
def test_the_examples_in_the_starter_work_without_their_comment_signs(preset: str) -> None:
    examples = [
        line[2:] if line.startswith("# ") and (" = " in line or line.startswith("# [")) else line
        for line in write_starter(preset).splitlines()
    ]
    table = tomllib.loads("\n".join(examples))
    VALIDATOR.validate(table)
    result = settings_from(table)
    assert (result.rules, list(result.paths)) == ({"AF2": "off"}, ["tests/**"])
    assert result.discovery.exclude == ("third_party/", "*.snap")


def test_a_starter_for_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ConfigError, match=r'There is no preset "ful".*Did you mean "full"'):
        write_starter("ful")


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("", True),
        ('preset = "nss-coder-pure"', True),
        ('preset = "pur"', False),
        ("[limits]\nunit_tokens = 0", True),
        ("[limits]\nunit_tokens = -1", False),
        ("[limits]\nunit_tokens = true", False),
        ("[limits]\nunit_token = 1", False),
        ("glue.floor = 1", True),
        ("glue.floor = 1.01", False),
        ("edits.microfile_lines = [1, 2]", True),
        ("edits.microfile_lines = [1, 2, 3]", False),
        ("edits.microfile_lines = [1]", False),
        ("discovery.exclude = ['a', 1]", False),
        ("[rules]\nAF101 = 'note'", True),
        ("[rules]\nAF101 = 'info'", False),
        ("[paths.'tests/**'.limits]\nunit_tokens = 1", True),
        ("[paths.'tests/**']\nrules.AF1 = 'off'", True),
        ("[paths.'tests/**'.limits]\nunit_token = 1", False),
        ("[paths.'tests/**'.discovery]", False),
        ("[paths.'!tests']", False),
        ("[paths.'']", False),
        ("[paths.'/']", False),
        ("[paths.'/x/']", True),
        ("limits = 3", False),
        ("other = 3", False),
    ],
)
def test_the_schema_accepts_what_the_loader_accepts(text: str, is_valid: bool) -> None:
    table = tomllib.loads(text)
    assert (VALIDATOR.is_valid(table), accepts(table)) == (is_valid, is_valid)


_SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    st.integers(-2, 8),
    st.sampled_from([-0.5, 0.5, 1.5]),
    st.sampled_from(["off", "marked", "all", "note", "full", "pure", "", "x"]),
)
_ANY: st.SearchStrategy[Any] = st.one_of(_SCALARS, st.lists(_SCALARS, max_size=3), st.builds(dict[str, Any]))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.sampled_from([*setting_keys(), "rules.AF1", "nothing.x", "limits.x"]), _ANY)
def test_schema_and_loader_agree_on_any_value(key: str, value: object) -> None:
    section, dot, leaf = key.partition(".")
    table: dict[str, Any] = {section: {leaf: value}} if dot else {section: value}
    assert VALIDATOR.is_valid(table) == accepts(table)


def test_the_schema_names_no_host_of_its_own() -> None:
    assert SCHEMA["$id"].startswith("urn:")


def test_the_published_schema_is_current() -> None:
    published = (ROOT / "schema/aifirst.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), (
        "run: python -m aifirst_codebase.config.document schema/aifirst.schema.json"
    )
    assert json.loads(published) == SCHEMA


def test_the_reference_page_is_current_and_names_every_key() -> None:
    page = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")
    assert page == settings_page(), (
        "run: python -m aifirst_codebase.config.document docs/reference/configuration.md"
    )
    assert [key for key in setting_keys() if f"| `{key}` |" not in page] == []
    assert [alias for alias in ALIASES if f"`{alias}`" not in page] == []


def test_the_generator_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tmp_path / "new/page.md"), str(tmp_path / "schema.json")])
    assert (tmp_path / "new/page.md").read_text(encoding="utf-8") == settings_page()
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == schema_text()
    main([])
    assert capsys.readouterr().out == settings_page()
