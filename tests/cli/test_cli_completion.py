"""Completion: the scripts work in the shells they are for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from command_run import PROGRAM, Aifirst, environment

BASH = """\
eval "$(aifirst completion bash)"
complete -p aifirst
for line in "aifirst ch" "aifirst validate --d" "aifirst rules unit" "aifirst check --preset l" \
            "aifirst validate --only AF1,AF20" "aifirst config s" "aifirst completion " "aifirst search --level ve"; do
  COMP_WORDS=($line); [[ $line == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
  _aifirst_completion aifirst
  echo "${COMPREPLY[*]}"
done
"""


def on_path() -> dict[str, str]:
    return environment(PATH=f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}")


def test_bash_completes_commands_options_rules_and_presets(folder: Path) -> None:
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH], cwd=folder, capture_output=True, text=True, env=on_path(), check=True
    )
    registered, *completed = done.stdout.splitlines()
    assert "_aifirst_completion aifirst" in registered
    assert completed[:4] == ["check", "--diff", "unit-tokens", "legacy"]
    assert completed[4].split()[:2] == ["AF1,AF201", "AF1,AF202"]
    assert completed[5:] == ["schema show", "bash zsh fish", "vector"]
    assert done.stderr == ""


@pytest.mark.parametrize("before", ["context --file", "context -o", "search -o", "search x", "index"])
def test_paths_are_left_to_the_shell_to_complete(aifirst: Aifirst, before: str) -> None:
    words = f"aifirst {before} lib/v"
    asked = {
        "_AIFIRST_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(before.count(" ") + 2),
    }
    assert aifirst(env=asked).out == "file,lib/v\n"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_scripts_are_right_for_their_shells(aifirst: Aifirst, folder: Path, shell: str) -> None:
    script = aifirst("completion", shell).out
    assert "_AIFIRST_COMPLETE" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed, so its script cannot be run")
    (folder / "script").write_text(script)
    subprocess.run([shell, "-n", "script"], cwd=folder, check=True, env=on_path())
    if shell == "fish":
        asked = ["fish", "--no-config", "-c", "source script; complete -C 'aifirst rules unit'"]
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, env=on_path(), check=True)
        assert done.stdout.startswith("unit-tokens")
