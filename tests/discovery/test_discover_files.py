"""The walk: what is taken, what is passed over, and what a person is told about."""

import inspect
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_codebase.discovery import Discovery, DiscoverySettings, FoundFile, discover
from aifirst_codebase.discovery.walk import NEVER_WALKED


def write(root: Path, *paths: str, content: str = "x\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)


def check(found: Discovery, paths: list[str], skipped: dict[str, str] | None = None) -> None:
    """Compare the paths found, and the code of every skip by its path."""
    assert [file.path for file in found.files] == paths
    assert {skip.path: skip.reason.code for skip in found.skipped} == (skipped or {})


def test_files_come_sorted_by_path_with_what_tells_a_change(tmp_path: Path) -> None:
    write(tmp_path, "b.py", "a/z.py", "a-b.py", "a/b/c.py")
    found = discover(tmp_path)
    check(found, ["a-b.py", "a/b/c.py", "a/z.py", "b.py"])
    status = (tmp_path / "b.py").stat()
    assert found.files[3] == FoundFile("b.py", 2, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)


def test_only_wanted_names_are_taken(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "a.txt", "sub/b.py", "py")
    check(discover(tmp_path, wanted=lambda name: name.endswith(".py")), ["a.py", "sub/b.py"])


@pytest.mark.parametrize("folder", sorted(NEVER_WALKED))
def test_folders_that_tools_keep_for_themselves_are_never_walked(tmp_path: Path, folder: str) -> None:
    write(tmp_path, "a.py", f"{folder}/b.py", f"sub/{folder}/c/d.py")
    check(discover(tmp_path), ["a.py"])


@pytest.mark.parametrize(("mark", "folder"), [("pyvenv.cfg", "venv"), ("CACHEDIR.TAG", "cache")])
def test_a_virtual_environment_and_a_cache_are_known_by_their_mark(
    tmp_path: Path, mark: str, folder: str
) -> None:
    write(tmp_path, "a.py", f"{folder}/{mark}", f"{folder}/b.py", "other/venv/c.py")
    check(discover(tmp_path), ["a.py", "other/venv/c.py"])


def test_a_marked_folder_that_is_the_root_is_walked(tmp_path: Path) -> None:
    write(tmp_path, "pyvenv.cfg", "a.py")
    check(discover(tmp_path), ["a.py", "pyvenv.cfg"])


def test_the_own_ignore_file_outweighs_git_s_at_any_depth(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "sub/a.py", "sub/b.py")
    write(tmp_path, ".aifirstignore", content="!a.py\nb.py\n")
    write(tmp_path, ".gitignore", "sub/.gitignore", content="a.py\n")
    found = discover(tmp_path, wanted=lambda name: name.endswith(".py"))
    check(found, ["a.py", "sub/a.py"])


def test_exclude_outweighs_include_and_include_outweighs_ignore_files(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.py", "c.py", "d.py")
    write(tmp_path, ".gitignore", content="a.py\nb.py\nd.py\n")
    settings = DiscoverySettings(include=("a.py", "b.py", ".gitignore"), exclude=("b.py", "c.py", ".*"))
    check(discover(tmp_path, settings=settings), ["a.py"])


def test_an_included_path_is_reached_inside_an_ignored_folder(tmp_path: Path) -> None:
    write(tmp_path, "build/gen/a.py", "build/gen/b.js", "build/c.py", "build/deep/gen/d.py", "dist/e.py")
    write(tmp_path, ".gitignore", content="build/\ndist/\n.gitignore\n")
    settings = DiscoverySettings(include=("build/gen/*.py", "e.py"))
    check(discover(tmp_path, settings=settings), ["build/gen/a.py"])
    check(
        discover(tmp_path, settings=DiscoverySettings(include=("build/**/gen/",))),
        ["build/deep/gen/d.py", "build/gen/a.py", "build/gen/b.js"],
    )
    narrowed = DiscoverySettings(include=("build/gen/",), exclude=("build/gen/b.*",))
    check(discover(tmp_path, settings=narrowed), ["build/gen/a.py"])


def test_a_named_file_is_taken_even_if_ignored_and_not_wanted(tmp_path: Path) -> None:
    write(tmp_path, "build/a.txt", "b.py", "node_modules/c.js")
    write(tmp_path, ".gitignore", content="build/\n")
    targets = [tmp_path / "build/a.txt", Path("node_modules/c.js")]
    check(
        discover(tmp_path, targets, wanted=lambda name: name == "b.py"), ["build/a.txt", "node_modules/c.js"]
    )


def test_a_named_folder_is_walked_under_the_ignore_files_above_it(tmp_path: Path) -> None:
    write(tmp_path, "build/a.py", "build/b.log", "build/sub/c.py", "other.py")
    write(tmp_path, ".gitignore", content="build/\n*.log\n")
    write(tmp_path, "build/.gitignore", content="sub/\n.gitignore\n")
    check(discover(tmp_path, [tmp_path / "build"]), ["build/a.py"])
    check(discover(tmp_path, [tmp_path / "build/sub"]), ["build/sub/c.py"])


def test_overlapping_targets_give_each_file_once(tmp_path: Path) -> None:
    write(tmp_path, "a/b.py", "a/c.py")
    check(discover(tmp_path, [Path("a/b.py"), Path("a"), tmp_path, Path()]), ["a/b.py", "a/c.py"])


def test_targets_that_are_not_there_or_outside_are_told(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, "a.py")
    write(tmp_path, "secret.py", "root-other/b.py")
    (root / "link.py").symlink_to(tmp_path / "secret.py")
    targets = [Path("gone.py"), Path("../secret.py"), tmp_path / "root-other", Path("link.py"), Path("a\0b")]
    found = discover(root, targets)
    assert found.files == []
    assert [(skip.path.removeprefix(f"{tmp_path}/"), skip.reason.code) for skip in found.skipped] == [
        ("../secret.py", "outside-root"),
        ("root-other", "outside-root"),
        ("a\0b", "unreadable"),
        ("gone.py", "vanished"),
        ("link.py", "outside-root"),
    ]


def test_a_root_that_is_not_there_is_told(tmp_path: Path) -> None:
    check(discover(tmp_path / "gone"), [], {".": "vanished"})


def test_a_file_that_is_too_large_is_told_with_its_size_and_the_setting(tmp_path: Path) -> None:
    write(tmp_path, "a.py", content="x" * 10)
    with (tmp_path / "big.py").open("wb") as file:
        file.truncate(50_000_000)
    found = discover(tmp_path)
    check(found, ["a.py"], {"big.py": "too-large"})
    reason = found.skipped[0].reason
    assert "50,000,000 bytes" in reason.message
    assert "max_file_bytes" in reason.next_step
    check(
        discover(tmp_path, settings=DiscoverySettings(max_file_bytes=9)),
        [],
        {"a.py": "too-large", "big.py": "too-large"},
    )


def test_a_name_that_is_not_utf_8_is_told_in_printable_text(tmp_path: Path) -> None:
    write(tmp_path, "ä.py")
    (tmp_path / os.fsdecode(b"caf\xe9")).mkdir()
    (tmp_path / os.fsdecode(b"caf\xe9") / "inner.py").touch()
    (tmp_path / os.fsdecode(b"\xff.py")).touch()
    check(discover(tmp_path), ["ä.py"], {"caf\\xe9": "undecodable-name", "\\xff.py": "undecodable-name"})


def test_pipes_and_sockets_with_a_wanted_name_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.py"))
        found = discover(tmp_path, wanted=lambda name: name.endswith(".py"))
    check(found, [], {"pipe.py": "not-regular", "socket.py": "not-regular"})


@pytest.fixture
def unprivileged_folder() -> Iterator[Path]:
    """A folder of an ordinary user: root, who may read everything, steps down for the test."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        user = os.geteuid()
        if user == 0:
            os.chown(root, 65534, -1)
            os.seteuid(65534)
        try:
            yield root
        finally:
            os.seteuid(user)


def test_an_unreadable_folder_and_ignore_file_are_told(unprivileged_folder: Path) -> None:
    write(unprivileged_folder, "a.py", "closed/b.py", "blind/c.py", ".gitignore")
    (unprivileged_folder / ".gitignore").chmod(0)
    (unprivileged_folder / "closed").chmod(0)
    (unprivileged_folder / "blind").chmod(0o444)
    found = discover(unprivileged_folder, wanted=lambda name: name.endswith(".py"))
    (unprivileged_folder / "closed").chmod(0o755)
    (unprivileged_folder / "blind").chmod(0o755)
    check(found, ["a.py"], {"closed": "unreadable", "blind/c.py": "unreadable", ".gitignore": "unreadable"})
    assert "Permission denied" in found.skipped[0].reason.message


def test_an_ignore_file_that_is_a_link_is_not_obeyed_and_told(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "rules", content="a.py\n")
    (tmp_path / ".gitignore").symlink_to("rules")
    check(discover(tmp_path), ["a.py", "rules"], {".gitignore": "symlink-loop"})


def test_an_ignore_file_that_is_a_pipe_does_not_hang_the_walk(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    os.mkfifo(tmp_path / ".gitignore")
    check(discover(tmp_path, wanted=lambda name: name.endswith(".py")), ["a.py"])


def test_links_are_passed_over_unless_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "real/a.py")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "b.py").symlink_to("real/a.py")
    check(discover(tmp_path), ["real/a.py"])


FOLLOW = DiscoverySettings(follow_symlinks=True)


def test_a_followed_link_gives_each_file_once_under_its_real_path(tmp_path: Path) -> None:
    write(tmp_path, "z/a.py", "z/sub/b.py")
    (tmp_path / "a-link").symlink_to("z")
    (tmp_path / "a.py").symlink_to("z/a.py")
    check(discover(tmp_path, settings=FOLLOW), ["z/a.py", "z/sub/b.py"])


def test_what_only_a_link_leads_to_is_taken_under_the_first_of_them(tmp_path: Path) -> None:
    write(tmp_path, "node_modules/own/a.py", "node_modules/own/sub/b.py")
    (tmp_path / "link-2").symlink_to("node_modules/own/sub")
    (tmp_path / "link-1").symlink_to("node_modules/own")
    check(discover(tmp_path, settings=FOLLOW), ["link-1/a.py", "link-1/sub/b.py"])


def test_links_in_circles_end_and_are_told(tmp_path: Path) -> None:
    write(tmp_path, "a/b/c.py")
    (tmp_path / "a/b/up").symlink_to("..")
    (tmp_path / "a/self").symlink_to("self")
    (tmp_path / "a/top").symlink_to(tmp_path)
    circles = {"a/b/up": "symlink-loop", "a/self": "symlink-loop", "a/top": "symlink-loop"}
    check(discover(tmp_path, settings=FOLLOW), ["a/b/c.py"], circles)


def test_links_never_lead_out_of_the_root(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.py", "root/a.py", "root-2/b.py")
    root = tmp_path / "root"
    (root / "folder").symlink_to("../outside")
    (root / "file.py").symlink_to("../outside/secret.py")
    (root / "near").symlink_to("../root-2")
    (root / "gone.py").symlink_to("nothing")
    found = discover(root, settings=FOLLOW)
    out = dict.fromkeys(["folder", "file.py", "near"], "outside-root")
    check(found, ["a.py"], {**out, "gone.py": "vanished"})


def test_a_link_obeys_the_ignore_files_of_its_place(tmp_path: Path) -> None:
    write(tmp_path, "node_modules/a.py")
    write(tmp_path, ".gitignore", content="link/\n.gitignore\n")
    (tmp_path / "link").symlink_to("node_modules")
    check(discover(tmp_path, settings=FOLLOW), [])


def test_hard_links_are_files_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    os.link(tmp_path / "a.py", tmp_path / "b.py")
    check(discover(tmp_path, settings=FOLLOW), ["a.py", "b.py"])


def test_folders_nested_deeper_than_python_recurses_are_walked(tmp_path: Path) -> None:
    deep = "d/" * 200
    write(tmp_path, deep + "a.py")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        found = discover(tmp_path)
    finally:
        sys.setrecursionlimit(limit)
    check(found, [deep + "a.py"])
