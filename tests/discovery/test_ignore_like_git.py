"""Ignore rules with git itself as the oracle: same tree, same ignore files, same files found."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from aifirst_codebase.discovery import DiscoverySettings, discover
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

GIT_ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=GIT_ENVIRONMENT, check=True, capture_output=True, text=True
    ).stdout


def listed_by_git(folder: Path) -> list[str]:
    return sorted(
        path for path in git(folder, "ls-files", "-co", "--exclude-standard", "-z").split("\0") if path
    )


def listed_by_discover(folder: Path) -> list[str]:
    return [found.path for found in discover(folder).files]


def write_tree(root: Path, files: Mapping[str, str]) -> None:
    """Write files, leaving out a path that would need a file to be a folder."""
    for path, content in sorted(files.items()):
        full = root / path
        if any(parent.is_file() for parent in full.parents) or full.is_dir():
            continue
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode())


def check_like_git(top: Path, files: Mapping[str, str]) -> None:
    git(top, "init", "-q")
    write_tree(top, files)
    assert listed_by_discover(top) == listed_by_git(top)


NAMES = (
    "a",
    "b",
    "ab",
    "ba",
    "a.b",
    "a-b",
    "a]",
    "#a",
    "!a",
    "a b",
    "a ",
    "[a]",
    "x.py",
    "x.pyc",
    ".x",
    "*",
    "\\a",
    "^",
)
PIECES = (
    *(
        "a",
        "b",
        "x",
        ".",
        "/",
        "/",
        "/",
        "*",
        "*",
        "**",
        "**/",
        "/**",
        "/**/",
        "***",
        "?",
        "!",
        "#",
        " ",
        "\\",
    ),
    *(
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-",
        "-",
        "]",
        "[",
        "[]a]",
        "[]-a]",
        "[[:alpha:]]",
        "[[:nope:]]",
        "[[:",
        "[a\\]]",
        "*.py",
    ),
    *(
        "[z-a]",
        "[!z-a]",
        "[.-0]",
        "[--0]",
        "[a-\\b]",
        "[\\a-b]",
        "[[:punct:]]",
        "[[:space:]b]",
        "[!/]",
        "[a/]",
    ),
)
LINES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join) | st.sampled_from(NAMES)
IGNORE_FILES = st.tuples(st.lists(LINES, max_size=5), st.sampled_from(["\n", "\r\n"])).map(
    lambda lines_and_end: lines_and_end[1].join(lines_and_end[0])
)
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
TREES = st.tuples(
    st.dictionaries(PATHS, st.just("x"), min_size=3, max_size=16),
    st.dictionaries(
        st.sampled_from(["", "a/", "ab/", "a/b/", "b/"]).map(lambda folder: folder + ".gitignore"),
        IGNORE_FILES,
        min_size=1,
        max_size=3,
    ),
).map(lambda trees: {**trees[0], **trees[1]})


@settings(derandomize=True, max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=TREES, exclude=IGNORE_FILES)
def test_any_tree_with_any_ignore_files_gives_what_git_lists(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, str], exclude: str
) -> None:
    top = tmp_path_factory.mktemp("tree")
    git(top, "init", "-q")
    write_tree(top, tree)
    (top / ".git/info/exclude").write_bytes(exclude.encode())
    assert listed_by_discover(top) == listed_by_git(top)
    # A root deep in the repository obeys the ignore files above it.
    for folder in (top / "a", top / "a/b"):
        if folder.is_dir() and (listed := listed_by_git(folder)):
            assert listed_by_discover(folder) == listed


@pytest.mark.parametrize(
    ("ignore", "what"),
    [
        ("build/\n!build/keep.py\n", "nothing comes back from below an ignored folder"),
        ("build/*\n!build/keep.py\n", "a file comes back when its folder was not ignored"),
        ("/keep.py\n", "a slash at the front binds to the ignore file's folder"),
        ("docs/keep.py\n", "a slash in the middle binds too"),
        ("keep.py/\n", "a slash at the end means folders only"),
        ("*\n!*/\n!*.py\n", "everything but one kind"),
        ("*.py\n!keep.py\nkeep.*\n", "the last line decides"),
        ("\ufeffkeep.py\r\n# *\r\n\r\n\\#a\r\n", "a byte order mark, CRLF and comments are no patterns"),
        ("keep.py   \n", "spaces at the end do not count"),
        ("a\\ \nb\\ \\ \n", "unless a backslash protects them"),
        ("**/docs\n", "two stars at the front"),
        ("docs/**\n", "two stars at the end"),
        ("docs/**/keep.py\n", "two stars in the middle stand for no folder too"),
        ("do**cs\n", "two stars inside a name are one"),
        ("Ä.py\n", "names beyond ASCII"),
    ],
)
def test_the_rules_of_the_manual_hold_as_in_git(tmp_path: Path, ignore: str, what: str) -> None:
    paths = [
        "keep.py",
        "build/keep.py",
        "build/x.js",
        "docs/keep.py",
        "docs/build/x.py",
        "docs/a/keep.py",
        "docs.py",
    ]
    names = ["#a", "a ", "b  ", "b", "Ä.py", "src/keep.py/x"]
    check_like_git(tmp_path, {".gitignore": ignore, **dict.fromkeys([*paths, *names], "x")})


def test_a_nested_ignore_file_outweighs_the_one_above(tmp_path: Path) -> None:
    files = {
        ".gitignore": "*.log\n!b.log\n",
        "sub/.gitignore": "!a.log\nb.log\n",
        "sub/deep/.gitignore": "a.log\n",
    }
    logs = [folder + name for folder in ("", "sub/", "sub/deep/") for name in ("a.log", "b.log", "c.log")]
    check_like_git(tmp_path, {**files, **dict.fromkeys(logs, "x")})


def test_a_linked_work_tree_obeys_the_exclude_file_of_its_repository(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    git(top, "init", "-q")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    git(top, *identity, "commit", "-q", "--allow-empty", "-m", "start")
    git(top, "worktree", "add", "-q", "../linked")
    (top / ".git/info/exclude").write_text("hidden.py\n")
    write_tree(tmp_path / "linked", {"hidden.py": "x", "shown.py": "x"})
    assert listed_by_discover(tmp_path / "linked") == listed_by_git(tmp_path / "linked") == ["shown.py"]


def test_a_repository_inside_a_repository_starts_over(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {".gitignore": "*.log\n", "a.log": "x", "sub/a.log": "x", "sub/a.txt": "x"})
    git(tmp_path / "sub", "init", "-q")
    (tmp_path / "sub/.git/info/exclude").write_text("*.txt\n")
    assert listed_by_git(tmp_path / "sub") == ["a.log"]
    assert listed_by_discover(tmp_path) == [".gitignore", "sub/a.log"]
    assert listed_by_discover(tmp_path / "sub") == ["a.log"]


def test_a_root_that_the_repository_around_it_ignores_is_no_part_of_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {".gitignore": "*\n", "project/a.py": "x", "project/sub/b.py": "x"})
    assert listed_by_discover(tmp_path) == []
    assert listed_by_discover(tmp_path / "project") == ["a.py", "sub/b.py"]
    assert listed_by_discover(tmp_path / "project/sub") == ["b.py"]


def test_ignore_files_of_git_can_be_left_aside(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {".gitignore": "a.py\n", ".aifirstignore": "b.py\n", "a.py": "x", "b.py": "x"})
    found = discover(tmp_path, settings=DiscoverySettings(use_gitignore=False)).files
    assert [file.path for file in found] == [".aifirstignore", ".gitignore", "a.py"]


def test_a_hostile_pattern_ends_where_git_hangs(tmp_path: Path) -> None:
    # Tried with every way to divide the name, this would outlast the universe, so git is not asked.
    files = ["a" * 250, "/".join(["aaaa"] * 40)]
    write_tree(tmp_path, dict.fromkeys(files, "x"))
    assert listed_by_discover(tmp_path) == sorted(files)
    write_tree(tmp_path, {".gitignore": "*a" * 60 + "b\n" + "**/*a*a*a/" * 12 + "b\n"})
    assert listed_by_discover(tmp_path) == sorted([".gitignore", *files])
    write_tree(tmp_path, {".gitignore": "*a" * 60 + "\n" + "**/*a*a*a/" * 12 + "aaaa\n"})
    assert listed_by_discover(tmp_path) == [".gitignore"]
