"""Reading one file: the text, or the reason why there is none."""

import os
from pathlib import Path

import pytest
from aifirst_codebase.discovery import DiscoverySettings, FoundFile, Skipped, discover, read_source
from aifirst_codebase.source import SourceFile

SETTINGS = DiscoverySettings()


def read_text(root: Path, found: FoundFile | str) -> str:
    source = read_source(root, found, SETTINGS)
    assert isinstance(source, SourceFile)
    return source.text


def check_skipped(root: Path, found: FoundFile | str, code: str, limit: int = 1_000_000) -> Skipped:
    skipped = read_source(root, found, DiscoverySettings(max_file_bytes=limit))
    assert isinstance(skipped, Skipped)
    assert skipped.reason.code == code
    assert skipped.reason.next_step
    return skipped


@pytest.mark.parametrize(
    "raw",
    [b"", b"no newline", b"a\r\nb\rc\n\f\n\x0b", b"x = '" + b"a" * 900_000 + b"'", "日本\n".encode()],
    ids=["empty", "no-newline", "mixed-newlines", "one-long-line", "wide"],
)
def test_the_text_arrives_as_it_lies_on_disk(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.py").write_bytes(raw)
    found = discover(tmp_path).files[0]
    source = read_source(tmp_path, found, SETTINGS)
    assert isinstance(source, SourceFile)
    assert (source.path, source.data, source.diagnostics) == ("a.py", raw, ())
    assert read_source(tmp_path, "a.py", SETTINGS) == source


def test_a_nul_near_the_start_means_binary(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x" * 8191 + b"\0")
    check_skipped(tmp_path, "a.py", "binary")


def test_a_nul_further_on_is_text_with_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x" * 8192 + b"\0")
    source = read_source(tmp_path, "a.py", SETTINGS)
    assert isinstance(source, SourceFile)
    assert [diagnostic.code for diagnostic in source.diagnostics] == ["nul-bytes"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_wide_text_with_a_mark_is_not_binary(tmp_path: Path, codec: str) -> None:
    (tmp_path / "a.cs").write_bytes("class A {}\n".encode(codec))
    assert read_text(tmp_path, "a.cs") == "class A {}\n"


def test_the_size_limit_holds_for_the_file_as_it_is_now(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x" * 100)
    found = discover(tmp_path).files[0]
    assert read_text(tmp_path, found) == "x" * 100
    skipped = check_skipped(tmp_path, found, "too-large", limit=99)
    assert "100 bytes, more than the 99" in skipped.reason.message
    (tmp_path / "a.py").write_bytes(b"y" * 200)
    check_skipped(tmp_path, found, "too-large", limit=150)
    assert read_text(tmp_path, found) == "y" * 200


def test_a_kernel_file_that_claims_no_size_is_read_to_its_end() -> None:
    status = read_text(Path("/proc/self"), "status")
    assert status.startswith("Name:")
    check_skipped(Path("/proc/self"), "status", "too-large", limit=10)


def test_a_file_deleted_after_the_walk_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    found = discover(tmp_path).files[0]
    (tmp_path / "a.py").unlink()
    check_skipped(tmp_path, found, "vanished")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    check_skipped(tmp_path, "a.py", "not-regular")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    check_skipped(tmp_path, "a.py", "not-regular")


def test_a_device_is_not_read(tmp_path: Path) -> None:
    check_skipped(Path("/dev"), "zero", "not-regular")


@pytest.mark.parametrize("path", ["../secret.py", "link.py", "folder/secret.py"])
def test_no_path_and_no_link_leads_out_of_the_root(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.py").write_text("secret")
    (root / "link.py").symlink_to("../secret.py")
    (root / "folder").symlink_to("..")
    check_skipped(root, path, "outside-root")


def test_a_file_replaced_by_a_link_after_the_walk_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub/a.py").write_text("inside")
    (tmp_path / "a.py").write_text("secret")
    found = discover(root).files[0]
    (root / "sub").rename(root / "moved")
    (root / "sub").symlink_to("..")
    check_skipped(root, found, "outside-root")


def test_a_file_saved_by_renaming_after_the_walk_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old")
    found = discover(tmp_path).files[0]
    (tmp_path / "new").write_text("new")
    (tmp_path / "new").replace(tmp_path / "a.py")
    assert read_text(tmp_path, found) == "new"


def test_a_link_inside_the_root_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("text")
    (tmp_path / "b.py").symlink_to("a.py")
    assert read_text(tmp_path, "b.py") == "text"


@pytest.mark.parametrize(
    ("path", "code"), [("a\0b", "unreadable"), ("a" * 300, "unreadable"), ("", "outside-root")]
)
def test_a_path_that_no_file_can_have_is_told(tmp_path: Path, path: str, code: str) -> None:
    check_skipped(tmp_path, path, code)
