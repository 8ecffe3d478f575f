"""A baseline silences what was known, follows moved code, and only ever shrinks."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_validator.baseline import (
    BaselineError,
    baseline_of,
    read_baseline,
    shrink,
    split_known,
    write_baseline,
)
from engine_projects import Judge, long_function


def test_known_findings_stay_known_when_lines_move(project: Path, judge: Judge) -> None:
    path = project / "known.json"
    write_baseline(path, baseline_of(judge(project).findings))
    text = (project / "long.py").read_text()
    (project / "long.py").write_text("import os\n\n\n" + text + "\n\n" + long_function("other", 10))
    new, known = split_known(judge(project).findings, read_baseline(path))
    assert known == 1
    assert [f.unit for f in new] == ["other"]


def test_the_ratchet_takes_out_what_was_mended_and_adds_nothing(project: Path, judge: Judge) -> None:
    (project / "more.py").write_text(long_function("more", 10))
    before = baseline_of(judge(project).findings)
    (project / "long.py").write_text("def score():\n    return 1\n")
    (project / "fresh.py").write_text(long_function("fresh", 10))
    after = shrink(before, judge(project).findings)
    assert (before.size, after.size) == (2, 1)
    assert list(after.findings) == ["more.py"]


def test_files_that_were_not_judged_keep_their_entries(project: Path, judge: Judge) -> None:
    before = baseline_of(judge(project).findings)
    assert shrink(before, [], judged=["short.py"]) == before
    assert shrink(before, [], judged=["long.py"]).size == 0


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"version": 2, "findings": {}}', b'{"version":1}', b"\xff\xfe", b"null"]
)
def test_a_file_that_is_no_baseline_is_told_with_the_next_step(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "known.json"
    path.write_bytes(text)
    with pytest.raises(BaselineError, match="--write-baseline"):
        read_baseline(path)


def test_a_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="--write-baseline"):
        read_baseline(tmp_path / "known.json")


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="cannot be written"):
        write_baseline(tmp_path / "missing" / "known.json", baseline_of([]))
    assert list(tmp_path.iterdir()) == []
