"""Laws of the configuration: merging equals a plain reference, and no text raises anything unexpected."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin

import msgspec
from aifirst_codebase.config import PRESETS, ConfigError, ProjectConfig, Settings, load_config
from aifirst_codebase.config.setting_keys import PRESET_NAMES, PROJECT_WIDE, SEVERITIES, setting_keys
from hypothesis import example, given, settings
from hypothesis import strategies as st

Values = dict[str, Any]

_TEXTS = st.text("ab/*. ", min_size=1, max_size=6)


def values_of(annotated: Any) -> st.SearchStrategy[Any]:
    """Valid values of a setting's type."""
    bare = getattr(annotated, "__origin__", annotated)
    if get_origin(annotated) is Literal or get_origin(bare) is Literal:
        return st.sampled_from(get_args(annotated if get_origin(annotated) is Literal else bare))
    if get_origin(bare) is tuple:
        if int in get_args(bare):
            return st.lists(st.integers(0, 90), min_size=2, max_size=2)
        return st.lists(_TEXTS, max_size=3)
    bounds = [meta for meta in getattr(annotated, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    low = next((meta.ge for meta in bounds if meta.ge is not None), 0)
    high = next((meta.le for meta in bounds if meta.le is not None), 10**6)
    made: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        str: _TEXTS,
        int: st.integers(int(low), int(high)),
        float: st.floats(low, high),
    }
    return made[bare]


@st.composite
def layers(draw: st.DrawFn, allowed: str) -> Values:
    """A few settings that such a layer may hold, by dotted key."""
    keys = [
        name
        for name in setting_keys()
        if allowed == "project"
        or not (name.partition(".")[0] in PROJECT_WIDE or (allowed == "pattern" and name == "preset"))
    ]
    chosen = draw(st.lists(st.sampled_from(keys), max_size=6, unique=True))
    rules = draw(
        st.lists(st.sampled_from(["AF1", "AF101", "AF102", "AF201", "secrets"]), max_size=3, unique=True)
    )
    found: Values = {key: draw(values_of(setting_keys()[key].type)) for key in chosen}
    return found | {f"rules.{rule}": draw(st.sampled_from(SEVERITIES)) for rule in rules}


def written(values: Mapping[str, Any], table: str = "") -> str:
    """The values as TOML, each under its dotted key."""
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in values.items()]
    return (f"[{table}]\n" if table else "") + "".join(lines)


def in_json(value: object) -> Any:
    """The value as JSON holds it: a tuple is an array, a struct a table."""
    return msgspec.json.decode(msgspec.json.encode(value))


def reference(*given_layers: Values) -> Values:
    """What the layers give, said as plainly as possible: the nearest value of each key, else the default."""
    preset = next((layer["preset"] for layer in reversed(given_layers) if "preset" in layer), "balanced")
    of_preset = {f"{s}.{k}": v for s, table in PRESETS[preset].items() for k, v in table.items()}
    defaults: Values = {key: setting.default for key, setting in setting_keys().items()}
    result = defaults | of_preset
    for layer in given_layers:
        if "rules.AF1" in layer:
            result = {key: value for key, value in result.items() if not key.startswith("rules.AF1")}
        result |= layer
    return in_json(result)


def flat(result: Settings) -> Values:
    """Every leaf of the settings by dotted key, read off their JSON form."""
    tree = in_json(result)
    del tree["paths"]
    leaves: Values = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            leaves |= {f"{name}.{key}": leaf for key, leaf in cast("Values", value).items()}
        else:
            leaves[name] = value
    return leaves


@settings(derandomize=True, max_examples=120, deadline=None)
@given(layers("project"), layers("pattern"), layers("folder"), layers("folder"), layers("project"))
def test_merging_equals_the_reference(
    project: Values, pattern: Values, folder: Values, nearer: Values, command_line: Values
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "a/b").mkdir(parents=True)
        (root / "aifirst.toml").write_text(written(project) + written(pattern, 'paths."*.py"'))
        (root / "a/aifirst.toml").write_text(written(folder))
        (root / "a/b/aifirst.toml").write_text(written(nearer))
        files = ["a/b/aifirst.toml", "a/aifirst.toml"]
        config = load_config(root, overrides=command_line, folder_files=files)
        explained = {item.key: item.value for item in config.explain("a/b/c.py")}
    expected = reference(project, pattern, folder, nearer, command_line)
    assert flat(config.for_path("a/b/c.py")) == expected
    assert in_json(explained) == expected
    assert flat(config.for_path("a/c.js")) == reference(project, folder, command_line)
    assert flat(config.settings) == reference(project, command_line)


@settings(derandomize=True, max_examples=120, deadline=None)
@given(layers("folder"))
def test_directives_merge_like_any_nearest_layer(values: Values) -> None:
    overrides = {"limits.unit_tokens": 5, "rules.AF101": "error"}
    config = load_config(Path("unused"), overrides=overrides, isolated=True)
    text = "".join(f"# aifirst: {key}={json.dumps(value)}\n" for key, value in values.items())
    result, problems = config.with_directives(config.settings, text)
    assert problems == []
    assert flat(result) == reference(overrides, values)


_WORDS = "limits unit_tokens rules paths preset full tool aifirst AF1 off true nan inf 1979-05-27 0x glue"
_SIGNS = [*"[]{}=.,\"'#\n\r\t -1e\\", '"""', "'''", "\x00", "\ufeff", "é", "9" * 30]
_PIECES = st.sampled_from([*_WORDS.split(), *_SIGNS])


def loaded(root: Path, overrides: Mapping[str, object] | None = None) -> ProjectConfig | ConfigError:
    """What loading gives; any other exception is a failure."""
    try:
        return load_config(root, overrides=overrides)
    except ConfigError as error:
        return error


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.one_of(st.lists(_PIECES, max_size=25).map("".join), st.text(max_size=40)))
@example("[limits]\nunit_tokens = 99999999999999999999999999\n")
@example('preset = "full"\n[paths."["]\n')
def test_any_text_loads_or_is_a_config_error(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        data = text.encode("utf-8", "surrogatepass")
        for file, before in (("aifirst.toml", b""), ("pyproject.toml", b"[tool.aifirst]\n")):
            (root / file).write_bytes(before + data)
            result = loaded(root)
            if isinstance(result, ConfigError):
                assert all(problem.message and problem.path == file for problem in result.problems)
            else:
                assert {item.key for item in result.explain("a/b.py")} >= set(setting_keys())
                assert len(result.digest) == 32
            (root / file).unlink()


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_load_or_are_a_config_error(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "aifirst.toml").write_bytes(data)
        result = loaded(Path(name))
    assert isinstance(result, ProjectConfig) or result.path == "aifirst.toml"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("a.pthslim", max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.sampled_from([*setting_keys(), "rules", "rules.AF1", "paths", "limits", "preset"]), _JSON)
def test_any_override_applies_or_is_a_config_error(key: str, value: object) -> None:
    result = loaded(Path("unused"), {key: value})
    assert isinstance(result, ProjectConfig) or all(problem.message for problem in result.problems)


def test_explain_covers_every_leaf_key_for_every_preset() -> None:
    for preset in PRESET_NAMES:
        config = load_config(Path("unused"), overrides={"preset": preset}, isolated=True)
        told = config.explain()
        assert [item.key for item in told] == list(setting_keys())
        assert {item.key: item.value for item in told} == {
            key: getattr(getattr(config.settings, key.split(".")[0]), key.split(".")[1])
            if "." in key
            else getattr(config.settings, key)
            for key in setting_keys()
        }
        from_preset = {item.key for item in told if item.origin.layer == "preset"}
        assert from_preset == {f"{s}.{k}" for s, table in PRESETS[preset].items() for k in table}
