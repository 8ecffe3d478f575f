"""`--fix`: comments go, everything else of the file stays as it was to the byte."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from command_run import RESTATING, STALE, Aifirst, Write

LINE = "    # Close the file.\n"


@pytest.mark.parametrize(
    ("encoding", "ending", "bom"),
    [
        ("utf-8", "\n", b""),
        ("utf-8", "\r\n", b"\xef\xbb\xbf"),
        ("latin-1", "\r\n", b""),
    ],
    ids=["plain", "BOM and CRLF", "Latin-1 and CRLF"],
)
def test_a_fix_keeps_encoding_line_endings_and_mode(
    aifirst: Aifirst, write: Write, encoding: str, ending: str, bom: bytes
) -> None:
    cookie = f"# -*- coding: {encoding} -*-\n" if encoding != "utf-8" else ""
    text = cookie + RESTATING.replace("Files.", "Dateien schließen.")
    path = write("a.py", bom + text.replace("\n", ending).encode(encoding))
    path.chmod(0o750)
    ran = aifirst("validate", "--fix")
    assert (ran.code, ran.err) == (0, "Mended 1 finding in 1 file.\n")
    assert path.read_bytes() == bom + text.replace(LINE, "").replace("\n", ending).encode(encoding)
    assert stat.S_IMODE(path.stat().st_mode) == 0o750


def test_a_fix_follows_a_link_and_leaves_what_cannot_be_mended(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    real = write("real.py", RESTATING)
    write("stale.py", STALE)
    (folder / "link.py").symlink_to("real.py")
    ran = aifirst("validate", "--fix")
    assert ran.code == 1
    assert "AF207" in ran.out
    assert LINE not in real.read_text()
    assert (folder / "link.py").is_symlink()
    assert "Mended 0 findings." in aifirst("validate", "--fix").err


def test_only_the_chosen_rules_are_mended(aifirst: Aifirst, write: Write) -> None:
    path = write("a.py", RESTATING)
    assert "Mended 0 findings." in aifirst("validate", "--fix", "--only", "AF1").err
    assert path.read_text() == RESTATING


def test_nothing_is_written_without_fix(aifirst: Aifirst, write: Write, folder: Path) -> None:
    write("a.py", RESTATING)
    aifirst("check", "--no-cache")
    aifirst("validate", "--no-cache")
    assert sorted(path.name for path in folder.iterdir()) == [".git", "a.py"]
    assert (folder / "a.py").read_text() == RESTATING


def test_a_large_file_that_the_settings_allow_is_shown_and_mended(aifirst: Aifirst, write: Write) -> None:
    rows = "".join(f"    {i},\n" for i in range(100_000))
    path = write("a.py", f"{RESTATING}\n\nROWS = [\n{rows}]\n")
    assert path.stat().st_size > 1_000_000
    allowed = ("--set", "discovery.max_file_bytes=5000000")
    assert LINE in aifirst("validate", *allowed).out
    assert "Mended 1 finding in 1 file." in aifirst("validate", "--fix", *allowed).err
    assert LINE not in path.read_text()
