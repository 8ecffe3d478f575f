"""Fixes change glue and nothing else, and keep the file's encoding, newlines and mode."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from aifirst_codebase.discovery import DiscoverySettings
from aifirst_validator.apply_fixes import FixOutcome, apply_fixes
from aifirst_validator.finding import Edit, Finding, Fix
from engine_projects import Judge


def _fix(root: Path, findings: tuple[Finding, ...]) -> list[FixOutcome]:
    return apply_fixes(root, findings, settings=DiscoverySettings())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"# Close the file\nfile.close()\n", b"file.close()\n"),
        (
            b"def f(file):\r\n    # Close the file.\r\n    file.close()\r\n",
            b"def f(file):\r\n    file.close()\r\n",
        ),
        (b"\xef\xbb\xbf# Close the file\nfile.close()\n", b"\xef\xbb\xbffile.close()\n"),
        (
            "# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n# Close the file\nfile.close()\n".encode("latin-1"),
            "# -*- coding: latin-1 -*-\nname = 'caf\xe9'\nfile.close()\n".encode("latin-1"),
        ),
    ],
)
def test_a_restating_comment_goes_and_the_rest_stays_byte_for_byte(
    tmp_path: Path, judge: Judge, before: bytes, after: bytes
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(before)
    path.chmod(0o750)
    outcomes = _fix(tmp_path, judge(tmp_path).findings)
    assert outcomes == [FixOutcome("a.py", 1)]
    assert path.read_bytes() == after
    assert path.stat().st_mode & 0o777 == 0o750
    assert judge(tmp_path).findings == ()


def test_a_fix_that_would_change_code_is_refused(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.py"
    path.write_text("# Close the file\nfile.close()\n")
    finding = judge(tmp_path).findings[0]
    wrong = msgspec.structs.replace(finding, fix=Fix((Edit(0, 20, ""),)))
    outcome = _fix(tmp_path, (wrong,))[0]
    assert outcome.applied == 0
    assert "bug" in outcome.problem
    assert path.read_text() == "# Close the file\nfile.close()\n"


def test_overlapping_fixes_wait_for_the_next_run(tmp_path: Path, judge: Judge) -> None:
    (tmp_path / "a.py").write_text("# Close the file\nfile.close()\n")
    finding = judge(tmp_path).findings[0]
    assert _fix(tmp_path, (finding, finding)) == [FixOutcome("a.py", 1)]


def test_a_vanished_file_is_told(tmp_path: Path, judge: Judge) -> None:
    (tmp_path / "a.py").write_text("# Close the file\nfile.close()\n")
    findings = judge(tmp_path).findings
    (tmp_path / "a.py").unlink()
    outcome = _fix(tmp_path, findings)[0]
    assert outcome.applied == 0
    assert outcome.problem
