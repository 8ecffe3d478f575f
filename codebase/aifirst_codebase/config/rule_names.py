"""Whether the keys under `rules` name rules that exist.

The ground floor does not know the rules; who does passes their codes and names.
"""

from __future__ import annotations

from collections.abc import Collection

from aifirst_codebase.config.layer import Layer
from aifirst_codebase.config.problems import ConfigProblem, suggest
from aifirst_codebase.config.settings import Settings


def unknown_rules(settings: Settings, known: set[str]) -> list[ConfigProblem]:
    """A problem for every key under `rules` that is no known code, name or family, sorted; without a place.

    `known` holds codes and names; a family is the beginning of a known code: `AF` or `AF2`.
    """
    values: dict[str, object] = {f"rules.{rule}": severity for rule, severity in settings.rules.items()}
    return unknown_rules_of_layer(Layer("project", values), known)


def unknown_rules_of_layer(layer: Layer, known: Collection[str]) -> list[ConfigProblem]:
    """The same for one layer, with the place of each key where it has one."""
    problems: list[ConfigProblem] = []
    for key in sorted(layer.values):
        section, _, rule = key.partition(".")
        if section != "rules" or rule in known or _is_family_of(rule, known):
            continue
        place = layer.source.position((*layer.prefix, "rules", rule)) if layer.source else None
        problems.append(
            ConfigProblem(
                message=f'There is no rule "{rule[:60]}".',
                next_step=suggest(rule, known) or suggest(rule.upper(), known),
                path=layer.source.name if layer.source else None,
                line=place[0] if place else None,
                column=place[1] if place else None,
                key=key,
            )
        )
    return problems


def _is_family_of(rule: str, known: Collection[str]) -> bool:
    return rule.isalnum() and rule.isupper() and any(code.startswith(rule) for code in known)
