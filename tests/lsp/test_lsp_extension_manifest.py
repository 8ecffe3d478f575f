"""The manifest of the extension against what is there: commands, contexts, settings and colours that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from aifirst_lsp_server.analysis.language_ids import EXTENSIONS
from aifirst_lsp_server.client_settings import ClientSettings
from aifirst_lsp_server.features.semantic_tokens import TOKEN_TYPES

EXTENSION = Path(__file__).parents[2] / "vscode-extension"
MANIFEST: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text())
OFFERED: dict[str, Any] = MANIFEST["contributes"]
SOURCES = "\n".join(path.read_text() for path in sorted((EXTENSION / "src").rglob("*.ts")))
WITHOUT_UNITS = {"css", "html", "json", "jsonc", "markdown", "toml", "yaml"}
OF_THE_CLIENT = {"aifirst.trace.server"}
"""Read by the library that speaks the protocol."""


def served() -> dict[str, Any]:
    """The settings that the server reads, by the name an editor gives them, with their defaults."""
    found: dict[str, Any] = {}
    for name, value in msgspec.to_builtins(ClientSettings()).items():
        if isinstance(value, dict):
            group = cast("dict[str, object]", value)
            found |= {f"aifirst.{name}.{key}": each for key, each in group.items()}
        else:
            found[f"aifirst.{name}"] = value
    return found


def walk(value: object) -> Iterator[tuple[str, str]]:
    """Every text of the manifest, with the key that it stands under."""
    if isinstance(value, dict):
        for key, each in cast("dict[str, object]", value).items():
            if isinstance(each, str):
                yield key, each
            yield from walk(each)
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from walk(each)


@pytest.mark.parametrize("command", [one["command"] for one in OFFERED["commands"]])
def test_each_command_is_registered(command: str) -> None:
    assert re.search(rf'\b(?:command|registerCommand)\(\s*"{re.escape(command)}"', SOURCES)


def test_each_context_that_a_condition_asks_for_is_set() -> None:
    conditions = [text for key, text in walk(MANIFEST) if key == "when"]
    without_values = " ".join(re.sub(r"==\s*\S+", "", condition) for condition in conditions)
    asked = set(re.findall(r"aifirst\.\w+", without_values))
    asked |= set(re.findall(r"onContext:(aifirst\.\w+)", json.dumps(MANIFEST)))
    assert asked == set(re.findall(r'"setContext", "(aifirst\.\w+)"', SOURCES))


@pytest.mark.parametrize("setting", sorted(OFFERED["configuration"]["properties"]))
def test_each_setting_is_read(setting: str) -> None:
    short = setting.removeprefix("aifirst.")
    assert setting in served() or f'"{short}"' in SOURCES or setting in OF_THE_CLIENT


@pytest.mark.parametrize("setting", sorted(set(served()) - {"aifirst.codeLens.enable"}))
def test_each_setting_of_the_server_is_offered_with_the_same_default(setting: str) -> None:
    assert OFFERED["configuration"]["properties"][setting]["default"] == served()[setting]


def test_each_colour_of_the_server_is_known_and_looks_different_from_a_comment() -> None:
    assert {one["id"] for one in OFFERED["semanticTokenTypes"]} == set(TOKEN_TYPES)
    assert set(OFFERED["semanticTokenScopes"][0]["scopes"]) == set(TOKEN_TYPES)


def test_every_language_with_units_starts_the_extension() -> None:
    started = {
        one.removeprefix("onLanguage:")
        for one in MANIFEST["activationEvents"]
        if one.startswith("onLanguage:")
    }
    assert started == set(EXTENSIONS) - WITHOUT_UNITS


def test_each_setting_says_what_it_does_and_each_of_its_choices_too() -> None:
    for name, setting in OFFERED["configuration"]["properties"].items():
        assert len(setting["markdownDescription"]) > 20, name
        choices = setting.get("enum")
        if choices and name not in {"aifirst.logLevel", "aifirst.trace.server", "aifirst.aiccl.resolution"}:
            assert len(setting["enumDescriptions"]) == len(choices), name
        named = re.findall(r"#(aifirst\.[\w.]+)#", setting["markdownDescription"])
        assert set(named) <= set(OFFERED["configuration"]["properties"]), name


def test_the_walkthrough_shows_pages_that_are_there_in_texts_that_its_list_can_show() -> None:
    commands = {one["command"] for one in OFFERED["commands"]} | {"workbench.actions.view.problems"}
    [walkthrough] = OFFERED["walkthroughs"]
    for step in walkthrough["steps"]:
        assert (EXTENSION / step["media"]["markdown"]).is_file(), step["id"]
        assert "`" not in step["description"], "the list of steps shows backticks as they are"
        assert set(re.findall(r"\(command:([\w.]+)\)", step["description"])) <= commands, step["id"]


def test_each_shortcut_begins_with_one_chord_of_our_own_and_none_stands_twice() -> None:
    keys = [one["key"] for one in OFFERED["keybindings"]]
    assert all(key.startswith("ctrl+alt+a ") for key in keys)
    assert len(set(keys)) == len(keys)
    assert [one["mac"] for one in OFFERED["keybindings"]] == [key.replace("ctrl", "cmd") for key in keys]
