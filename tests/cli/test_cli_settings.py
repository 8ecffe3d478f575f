"""`aifirst config` and `aifirst doctor`: where every value comes from, and what is not in order."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from command_run import CLEAN, Aifirst, Write


def test_every_value_says_the_file_and_line_it_comes_from(aifirst: Aifirst, write: Write) -> None:
    write("aifirst.toml", 'preset = "full"\n\n[limits]\nunit_tokens = 900\n')
    write("src/aifirst.toml", "[limits]\nfile_lines = 77\n")
    write("src/a.py", "# aifirst: limits.function_lines=33\n" + CLEAN)
    lines = aifirst("config", "show", "src/a.py", "--changed").out.splitlines()
    told = {line.split()[0]: " ".join(line.split()[1:]) for line in lines if line and "." in line.split()[0]}
    assert told["limits.unit_tokens"] == "900 project: aifirst.toml:4"
    assert told["limits.file_lines"] == "77 folder: src/aifirst.toml:2"
    assert told["limits.function_lines"].startswith("33 file-directive:")
    asked = aifirst("config", "show", "-f", "json", "--set", "limits.unit_tokens=5", "--preset", "legacy")
    shown = json.loads(asked.out)
    values = {s["key"]: (s["value"], s["from"]) for s in shown["settings"]}
    assert shown["version"] == 1
    assert values["limits.unit_tokens"] == (5, "command-line")
    assert values["preset"] == ("legacy", "command-line")


def test_a_project_without_settings_shows_the_defaults(aifirst: Aifirst) -> None:
    assert "Everything is at its default." in aifirst("config", "show", "--changed").out


def test_config_alone_shows_the_settings(aifirst: Aifirst, write: Write) -> None:
    write("aifirst.toml", "[limits]\nunit_tokens = 900\n")
    ran = aifirst("config")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == aifirst("config", "show").out
    assert "aifirst.toml:2" in ran.out


def test_the_schema_is_one_and_holds_for_what_init_writes(aifirst: Aifirst) -> None:
    schema = json.loads(aifirst("config", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"preset": "full", "limits": {"unit_tokens": 800}}, schema)


def test_doctor_finds_all_in_order(aifirst: Aifirst) -> None:
    ran = aifirst("doctor", "--format", "json")
    checks = json.loads(ran.out)["checks"]
    assert (ran.code, {check["state"] for check in checks} & {"wrong"}) == (0, set())
    names = [check["name"] for check in checks]
    assert names == [
        "program", "languages", "tokenizer", "other tokenizers", "git", "settings", "rules", "cache", "embedder",
        "index", "script tools", "language server", "models",
    ]  # fmt: skip
    assert next(check["state"] for check in checks if check["name"] == "index") == "note"


def test_doctor_tells_of_the_language_server_and_of_the_tools_for_scripts(
    aifirst: Aifirst, tmp_path: Path
) -> None:
    assert "ok     language server   `aifirst lsp`, with pygls" in aifirst("doctor").out
    without = aifirst("doctor", env={"PATH": str(tmp_path)})
    assert "note   script tools" in without.out
    assert "-> Install Node" in without.out
    folder = tmp_path / "tools"
    (folder / "node_modules/esbuild").mkdir(parents=True)
    (folder / "node_modules/esbuild/package.json").write_text('{"version": "9.8.7"}')
    node = tmp_path / "bin/node"
    node.parent.mkdir()
    node.write_text("#!/bin/sh\necho v20.1.2\n")
    node.chmod(0o755)
    there = aifirst("doctor", env={"PATH": str(node.parent), "AIFIRST_NODE_TOOLS": str(folder)})
    assert f"ok     script tools      Node 20.1.2, esbuild@9.8.7 in {folder}" in there.out


def test_doctor_tells_how_the_index_stands(aifirst: Aifirst, write: Write) -> None:
    write("one.py", "def one():\n    return 1\n")
    assert aifirst("index", ".").code == 0
    assert "ok     index             current, 1 files, 2 units" in aifirst("doctor").out
    write("two.py", "def two():\n    return 2\n")
    told = aifirst("doctor").out
    assert "note   index             stale" in told
    assert "1 file new" in told


def test_doctor_says_what_is_wrong_and_what_to_do(aifirst: Aifirst, write: Write, tmp_path: Path) -> None:
    write("aifirst.toml", "[limitz]\n[glu]\n")
    ran = aifirst("doctor", env={"PATH": str(tmp_path)})
    assert ran.code == 1
    lines = ran.out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("WRONG  settings"))
    assert "Unknown key limitz" in lines[at]
    assert "Unknown key glu." in lines[at + 1]
    assert "-> Mend the file" in lines[at + 2]
    assert "note   git" in ran.out
