"""Keys under `rules` that name no rule."""

from __future__ import annotations

from collections.abc import Callable

from aifirst_codebase.config import ProjectConfig, settings_from, unknown_rules

KNOWN = {"AF101", "AF102", "AF201", "unit-too-long"}


def test_codes_names_and_families_are_known() -> None:
    rules = {"AF101": "off", "unit-too-long": "off", "AF": "note", "AF1": "note", "AF20": "note"}
    assert unknown_rules(settings_from({"rules": rules}), KNOWN) == []


def test_an_unknown_rule_has_a_suggestion() -> None:
    found = unknown_rules(
        settings_from({"rules": {"unit-to-long": "off", "af101": "off", "AF3": "off"}}), KNOWN
    )
    assert [str(problem) for problem in found] == [
        'There is no rule "AF3".',
        'There is no rule "af101". Did you mean "AF101"?',
        'There is no rule "unit-to-long". Did you mean "unit-too-long"?',
    ]


def test_a_project_tells_the_place_in_every_layer(project: Callable[..., ProjectConfig]) -> None:
    config = project(
        {
            "aifirst.toml": '[rules]\nAF101 = "off"\nAF999 = "off"\n[paths.x]\nrules.ZZ = "off"\n',
            "a/aifirst.toml": '\n\nrules.YY = "off"\n',
        },
        overrides={"rules.XX": "off"},
    )
    found = config.unknown_rules(KNOWN)
    assert [(problem.where, problem.key) for problem in found] == [
        ("aifirst.toml:3:1", "rules.AF999"),
        ("aifirst.toml:5:1", "rules.ZZ"),
        ("a/aifirst.toml:3:1", "rules.YY"),
        ("", "rules.XX"),
    ]
