"""The demo runs to its end and shows what it says it shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from command_run import environment

ROOT = Path(__file__).parents[2]


def test_the_demo_shows_both_projects_the_edit_the_page_and_the_memory(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples/demo.py", tmp_path / "demo"], capture_output=True, text=True,
        env=environment(), check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    judged = ("AF513 assembly-order", "AF401 glue-preserved", "AF402 ticket-updated", "AF101 unit-tokens")
    remembered = ("function EmailPolicy.fold", "--- 1-36 apply_volume_discount - asked for")
    for told in (*judged, *remembered):
        assert told in done.stdout
    assert "email/policy.py::EmailPolicy: " in done.stdout
    assert "ended alike on source and output" in done.stdout
    assert "WHY" not in (tmp_path / "demo/compiled/apply_volume_discount.py").read_text(encoding="utf-8")
    assert (tmp_path / "demo/expanded/email/policy.py").is_file()
    assert "Shopping cart: 4 tickets, 3 of 3 requirements covered" in done.stdout
    is_written = "3 of 3 requirements met, 4 of 4 units passed" in done.stdout
    assert is_written or "there is no sandbox to test it in" in done.stdout
    typed = (
        "$ AIFIRST_MODEL_BACKEND=scripted AIFIRST_MODEL_SCRIPT=examples/cart/answers.json aifirst generate "
    )
    assert is_written == (typed in done.stdout)
    assert is_written == (tmp_path / "demo/cart/cart/total.py").is_file()
    drawn = (tmp_path / "demo/graph.html").read_text(encoding="utf-8")
    assert all(name in drawn for name in ('"policy.py"', '"EmailPolicy.fold"'))
    page = (tmp_path / "demo/report.html").read_text(encoding="utf-8")
    assert "email/message.py" in page
    assert 'src="http' not in page
