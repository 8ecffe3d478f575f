"""The example of a task goes as its page says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/agent_task"
PROGRAM = Path(sys.executable).with_name("aifirst")


def test_the_scripted_task_mends_the_fault_and_its_tests_pass(tmp_path: Path, sandbox: Bubblewrap) -> None:
    del sandbox  # it is only there to skip where there is none
    place = tmp_path / "till"
    shutil.copytree(EXAMPLE, place)
    (place / ".git").mkdir()
    done = subprocess.run(
        [PROGRAM, "agent", "ten pieces get the discount too", "--yes"], cwd=place, capture_output=True, text=True,
        check=False, timeout=300, env={
            **os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "AIFIRST_MODEL_BACKEND": "scripted", "AIFIRST_MODEL_SCRIPT": "answers.json",
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        "Ten pieces get the discount: the comparison left them out.\nwrote shop.py\n"
    )
    assert "if amount >= 10:" in (place / "shop.py").read_text()
    assert "the answer is no JSON object" in done.stderr
