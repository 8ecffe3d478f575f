"""Which of several values for one key holds, and where `explain` says it comes from."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest
from aifirst_codebase.config import Origin, ProjectConfig, Settings

Project = Callable[..., ProjectConfig]

PATH = "src/inner/main.py"
LAYERS: tuple[tuple[str, Origin, int], ...] = (
    ("default", Origin("default", "built in"), 700),
    ("preset", Origin("preset", "gradual"), 1000),
    ("project", Origin("project", "aifirst.toml:2"), 11),
    ("path-pattern", Origin("path-pattern", "aifirst.toml:4"), 12),
    ("folder", Origin("folder", "src/aifirst.toml:1"), 13),
    ("nearer folder", Origin("folder", "src/inner/aifirst.toml:1"), 14),
    ("command-line", Origin("command-line", "command line"), 15),
    ("file-directive", Origin("file-directive", "file directive"), 16),
)


@pytest.mark.parametrize("depth", range(len(LAYERS)), ids=[layer[0] for layer in LAYERS])
def test_each_layer_wins_over_all_layers_before_it(project: Project, depth: int) -> None:
    origin, value = LAYERS[depth][1:]
    files = {"aifirst.toml": "\n"}
    if depth >= 1:
        files["aifirst.toml"] = 'preset = "gradual"\n'
    if depth >= 2:
        files["aifirst.toml"] += "limits.unit_tokens = 11\n"
    if depth >= 3:
        files["aifirst.toml"] += '[paths."**/main.py"]\nlimits.unit_tokens = 12\n'
    if depth >= 4:
        files["src/aifirst.toml"] = "limits.unit_tokens = 13\n"
    if depth >= 5:
        files["src/inner/aifirst.toml"] = "limits.unit_tokens = 14\n"
    config = project(files, overrides={"limits.unit_tokens": 15} if depth >= 6 else None)
    text = "# aifirst: limits.unit_tokens=16\n" if depth >= 7 else "x = 1\n"
    settings, problems = config.with_directives(config.for_path(PATH), text)
    assert problems == []
    assert settings.limits.unit_tokens == value
    [told] = [item for item in config.explain(PATH, text) if item.key == "limits.unit_tokens"]
    assert (told.value, told.origin) == (value, origin)


def test_without_any_file_the_defaults_hold(project: Project) -> None:
    config = project({})
    assert config.settings == Settings()
    assert config.for_path("a/b.py") is config.settings
    assert config.warnings == ()


def test_a_preset_lies_below_what_the_project_writes_out(project: Project) -> None:
    config = project(
        {
            "aifirst.toml": "limits.unit_tokens = 640\n",
            "old/aifirst.toml": 'preset = "legacy-project"\n',
        }
    )
    old = config.for_path("old/a.py")
    assert (old.preset, old.limits.unit_tokens, old.limits.file_lines) == ("legacy", 640, 0)
    assert config.for_path("new/a.py").limits.file_lines == 1500


def test_a_folder_file_concerns_its_folder_only(project: Project) -> None:
    config = project({"src/aifirst.toml": "limits.unit_tokens = 5\n"})
    paths = ("src/a.py", "src/deep/er/a.py", "src2/a.py", "a.py", "other/src/a.py")
    assert [config.for_path(path).limits.unit_tokens for path in paths] == [5, 5, 700, 700, 700]


def test_a_later_pattern_wins_over_an_earlier_one(project: Project) -> None:
    config = project(
        {
            "aifirst.toml": '[paths."src/**".limits]\nunit_tokens = 1\nfile_lines = 9\n'
            '[paths."**/*.py".limits]\nunit_tokens = 2\n'
        }
    )
    both = config.for_path("src/a.py").limits
    assert (both.unit_tokens, both.file_lines) == (2, 9)
    assert config.for_path("src/a.js").limits.unit_tokens == 1
    assert config.for_path("lib/a.py").limits.file_lines == 1500


def test_files_with_the_same_layers_share_one_settings_object(project: Project) -> None:
    config = project(
        {"aifirst.toml": "[paths.'test_*']\nglue.floor = 0.1\n", "src/aifirst.toml": "glue.target = 0.8\n"}
    )
    assert config.for_path("src/a.py") is config.for_path("src/x/b.py")
    assert config.for_path("src/test_a.py") is config.for_path("src/x/test_b.py")
    assert config.for_path("src/a.py") is not config.for_path("src/test_a.py")
    assert config.for_path("a.py") is config.settings


def test_a_family_set_nearer_replaces_codes_set_further_away(project: Project) -> None:
    config = project(
        {
            "aifirst.toml": '[rules]\nAF101 = "error"\nAF201 = "note"\nAF1 = "warning"\n',
            "gen/aifirst.toml": '[rules]\nAF1 = "off"\nAF102 = "note"\n',
        }
    )
    assert config.settings.rules == {"AF1": "warning", "AF101": "error", "AF201": "note"}
    assert config.for_path("gen/a.py").rules == {"AF1": "off", "AF102": "note", "AF201": "note"}


def test_pyproject_is_read_where_there_is_no_aifirst_toml(project: Project) -> None:
    config = project({"pyproject.toml": '[project]\nname = "x"\n\n[tool.aifirst.limits]\nunit_tokens = 3\n'})
    assert config.settings.limits.unit_tokens == 3
    [told] = [item for item in config.explain() if item.key == "limits.unit_tokens"]
    assert told.origin == Origin("project", "pyproject.toml:5")


def test_aifirst_toml_wins_over_pyproject_with_a_notice(project: Project) -> None:
    config = project(
        {"pyproject.toml": "[tool.aifirst]\nlimits.unit_tokens = 3\n", "aifirst.toml": 'preset = "full"\n'}
    )
    assert (config.settings.preset, config.settings.limits.unit_tokens) == ("full", 700)
    assert [str(warning) for warning in config.warnings] == [
        "pyproject.toml:1:1: [tool.aifirst] is not read, because aifirst.toml is there too."
        " Keep one of the two."
    ]


def test_isolated_reads_no_file(project: Project) -> None:
    files = {"aifirst.toml": "not toml", "a/aifirst.toml": "not toml"}
    config = project(files, overrides={"preset": "full"}, isolated=True)
    assert config.for_path("a/b.py").preset == "full"


def test_overrides_may_be_dotted_or_nested(project: Project) -> None:
    dotted = project({}, overrides={"limits.unit_tokens": 1, "limits.file_lines": 2, "rules.AF1": "off"})
    nested = project(
        {}, overrides={"limits": {"unit_tokens": 1}, "limits.file_lines": 2, "rules": {"AF1": "off"}}
    )
    assert dotted.settings == nested.settings
    assert (nested.settings.limits.unit_tokens, nested.settings.limits.file_lines) == (1, 2)


def test_project_wide_keys_of_a_folder_file_are_left_out_with_a_notice(project: Project) -> None:
    config = project({"a/aifirst.toml": 'glue.floor = 0.1\ntokenizer = "cl100k_base"\n'})
    settings = config.for_path("a/b.py")
    assert (settings.tokenizer, settings.glue.floor) == ("o200k_base", 0.1)
    assert [warning.where for warning in config.warnings] == ["a/aifirst.toml:2:1"]


def test_limits_that_contradict_each_other_are_told(project: Project) -> None:
    config = project({"aifirst.toml": "[limits]\nunit_tokens = 1100\n"})
    [warning] = config.warnings
    assert str(warning) == (
        "aifirst.toml:2:1: limits.unit_tokens is 1100, above limits.unit_tokens_error, which is 1000."
        " Raise limits.unit_tokens_error too, or turn it off with 0."
    )


@pytest.mark.parametrize("preset", ["full", "balanced", "gradual", "legacy", "prototype"])
def test_no_preset_contradicts_itself(project: Project, preset: str) -> None:
    limits = project({}, overrides={"preset": preset}).settings.limits
    steps = [n for n in (limits.unit_tokens, limits.unit_tokens_error, limits.unit_tokens_split) if n]
    assert steps == sorted(steps)


def test_the_digest_changes_with_every_layer_and_only_with_values(project: Project) -> None:
    first = project({"aifirst.toml": 'glue.floor = 0.4\n[rules]\nAF1 = "off"\nAF2 = "note"\n'})
    same = project(
        {"aifirst.toml": '# said otherwise\nrules = {AF2 = "note", AF1 = "off"}\nglue.floor=0.40\n'}
    )
    assert first.digest == same.digest
    text = 'glue.floor = 0.4\n[rules]\nAF1 = "off"\nAF2 = "note"\n'
    digests = {
        first.digest,
        project({"aifirst.toml": text}, overrides={"glue.floor": 0.3}).digest,
        project({"aifirst.toml": text + '[paths."a".limits]\nunit_tokens = 1\n'}).digest,
        project({"aifirst.toml": text + '[paths."b".limits]\nunit_tokens = 1\n'}).digest,
        project({"aifirst.toml": text, "a/aifirst.toml": "glue.floor = 0.1\n"}).digest,
        project({"aifirst.toml": text, "a/aifirst.toml": "glue.floor = 0.2\n"}).digest,
        project({"aifirst.toml": text, "b/aifirst.toml": "glue.floor = 0.2\n"}).digest,
    }
    assert len(digests) == 7


def test_the_digest_depends_on_the_order_of_patterns(project: Project) -> None:
    one, two = '[paths."a"]\nglue.floor = 0.1\n', '[paths."*"]\nglue.floor = 0.2\n'
    assert project({"aifirst.toml": one + two}).digest != project({"aifirst.toml": two + one}).digest


def test_a_configuration_survives_pickling(project: Project) -> None:
    config = project(
        {"aifirst.toml": "[paths.'test_*']\nglue.floor = 0.1\n", "src/aifirst.toml": "preset = 'full'\n"}
    )
    copy: ProjectConfig = pickle.loads(pickle.dumps(config))  # noqa: S301  (our own bytes)
    assert copy.digest == config.digest
    assert copy.for_path("src/test_a.py") == config.for_path("src/test_a.py")
    assert copy.explain("src/test_a.py") == config.explain("src/test_a.py")
