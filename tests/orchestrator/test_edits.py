"""Edits as models write them are found, applied whole, or refused with what to do."""

from __future__ import annotations

from difflib import unified_diff

import pytest
from aifirst_orchestrator.edits.apply_edits import apply_edit, apply_edits, check_path, show_changes
from aifirst_orchestrator.edits.edit import Edit, EditError
from aifirst_orchestrator.edits.read_edits import read_edits
from hypothesis import given, settings
from hypothesis import strategies as st

FILE = '''def load(path):
    """Load rows."""
    with open(path) as file:
        rows = [line.split(",") for line in file]
    return rows


def save(path, rows):
    """Save rows."""
    with open(path, "w") as file:
        for row in rows:
            file.write(",".join(row))


def count(path):
    rows = load(path)
    return len(rows)
'''


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


def applied(answer: str, text: str = FILE) -> str:
    found = apply_edits(read_edits(answer), {"a.py": text}.get).texts["a.py"]
    assert found is not None
    return found


@pytest.mark.parametrize("head", ["a.py", "`a.py`", "### a.py", "**a.py**", "Sure:\n\na.py\n```python"])
def test_a_block_is_read_below_its_path_however_that_is_dressed(head: str) -> None:
    answer = block(head, "    return len(rows)\n", "    return len(list(rows))\n")
    assert applied(answer) == FILE.replace("len(rows)", "len(list(rows))")


def test_several_blocks_follow_one_path_and_stand_on_each_other() -> None:
    answer = block("a.py", "    return rows\n", "    return sorted(rows)\n") + block(
        "", "    return sorted(rows)\n", "    return rows[1:]\n"
    )
    assert applied(answer) == FILE.replace("return rows", "return rows[1:]")


def test_other_white_space_is_the_same_and_the_file_keeps_its_indentation() -> None:
    answer = block(
        "a.py",
        "for row in rows:\n  file.write( ','.join(row))\n".replace("'", '"').replace("( ", "("),
        "for row in rows:\n    file.write(';'.join(row))\n",
    )
    assert applied(answer) == FILE.replace('",".join(row)', "';'.join(row)")


def test_lines_that_are_nearly_right_are_found_where_there_is_one_such_place() -> None:
    search = '    """Save the rows."""\n    with open(path, "w") as file:\n        for row in rows:\n'
    result = apply_edit(FILE, Edit("a.py", search, search.replace('"w"', '"a"')))
    assert result[1] == "near"
    assert 'open(path, "a")' in result[0]


def test_two_places_are_refused_unless_a_line_says_which() -> None:
    text = "x = 1\ny = 2\n" * 2
    with pytest.raises(EditError, match=r"2 places \(lines 1, 3\)"):
        apply_edit(text, Edit("a.py", "x = 1\n", "x = 3\n"))
    assert apply_edit(text, Edit("a.py", "x = 1\n", "x = 3\n", near=4))[0] == "x = 1\ny = 2\nx = 3\ny = 2\n"


def test_what_is_not_there_is_refused_with_what_is() -> None:
    with pytest.raises(
        EditError, match=r"'    return len\(rows\)'.*copy them".replace("'    return", "'return")
    ):
        apply_edit(FILE, Edit("a.py", "    return length(rows)\n", "    return 1\n"))
    with pytest.raises(EditError, match="the file is there already"):
        apply_edit(FILE, Edit("a.py", "", "x\n"))
    with pytest.raises(EditError, match="there is no such file"):
        apply_edit(None, Edit("a.py", "x\n", "y\n"))


def test_all_edits_are_applied_or_none() -> None:
    good, bad = (
        Edit("a.py", "    return rows\n", "    return 1\n"),
        Edit("a.py", "no such line here\n", "x\n"),
    )
    with pytest.raises(EditError, match="no such line here"):
        apply_edits([good, bad], {"a.py": FILE}.get)
    new = apply_edits([good, Edit("b.py", "", "x = 1\n")], {"a.py": FILE}.get)
    assert new.texts == {"a.py": FILE.replace("return rows", "return 1", 1), "b.py": "x = 1\n"}
    assert new.how == ("exact", "new")


@pytest.mark.parametrize(
    "path",
    [
        "../a.py",
        "/a.py",
        "a/../../b",
        "C:/a.py",
        "a\\b",
        ".git/config",
        ".aifirst/x",
        "",
        "a\0b",
        "./a.py",
        "sub//a.py",
        "sub/./a.py",
        ".GIT/config",
        "sub/.git/hooks/x",
        "a.py\n",
        "a.py ",
        "a.py.",
        "\x1b[2J.py",
    ],
)
def test_a_path_out_of_the_project_is_refused(path: str) -> None:
    with pytest.raises(EditError):
        check_path(path)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("I changed it.", "has no edit"),
        ("a.py\n<<<<<<< SEARCH\nx\n", "has no ======="),
        ("a.py\n<<<<<<< SEARCH\nx\n=======\ny\n", "has no >>>>>>> REPLACE"),
        ("<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n", "names no file"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused(answer: str, said: str) -> None:
    with pytest.raises(EditError, match=said):
        read_edits(answer)


def test_line_ends_of_the_file_stay() -> None:
    text = FILE.replace("\n", "\r\n")
    assert applied(block("a.py", "    return len(rows)\n", "    return 0\n"), text) == text.replace(
        "len(rows)", "0"
    )


def test_each_line_keeps_its_end_where_a_file_has_both_kinds() -> None:
    text = "a = 1\r\nb = 2\nc = 3\r\nd = 4"
    assert apply_edit(text, Edit("a.py", "c = 3\n", "c = 5\nc = 6\n"))[0] == text.replace(
        "c = 3\r\n", "c = 5\r\nc = 6\r\n"
    )
    assert apply_edit(text, Edit("a.py", "b = 2\n", "b = 5\n"))[0] == text.replace("b = 2", "b = 5")
    assert apply_edit(text, Edit("a.py", "d = 4\n", "d = 5\n"))[0] == text.replace("d = 4", "d = 5")
    assert apply_edit("a\r\nb\r\n", Edit("a.py", "b\n", "c\nd\n"))[0] == "a\r\nc\r\nd\r\n"


def test_only_a_line_feed_ends_a_line() -> None:
    text = "a = 1\n\x0c\nb = '\u2028'\n"
    assert (
        apply_edit(text, Edit("a.py", "\x0c\nb = '\u2028'\n", "\x0c\nb = '\u2028\x85'\n"))[0]
        == "a = 1\n\x0c\nb = '\u2028\x85'\n"
    )


def test_the_mask_of_a_secret_is_not_written_over_it() -> None:
    text = "import os\n\n\ndef load(path):\n    token = 'ghp_a1B2a1B2'\n    return open(path).read()\n"
    shown = "def load(path):\n    token = '[masked: a token]'\n    return open(path).read()\n"
    near = "def load(path):\n    token = '[masked: t]'\n    return open(path).read()\n"
    for search in (shown, near, "    return open(path).read()\n"):
        with pytest.raises(EditError):
            apply_edit(text, Edit("a.py", search, shown))
    with pytest.raises(EditError, match="secret that you are not shown"):
        apply_edit(None, Edit("b.py", "", shown))


def test_many_lines_that_are_alike_are_given_up_soon() -> None:
    # Rated one by one, these would take minutes: the test would never end.
    text = "".join(f'    "key_{number:05}": "value {number % 7}",\n' for number in range(4000))
    wanted = "".join(f'    "key_{number:05}": "valve {number % 7}",\n' for number in range(100, 130))
    with pytest.raises(EditError, match="are not there"):
        apply_edit(text, Edit("a.py", wanted, "x\n"))


def test_a_diff_makes_changes_and_deletes_lines() -> None:
    diff = (
        "```diff\n--- a/a.py\n+++ b/a.py\n@@ -1,9 +1,1 @@\n def load(path):\n"
        '-    """Load rows."""\n     with open(path) as file:\n'
        "--- /dev/null\n+++ b/b.py\n@@ -0,0 +1,2 @@\n+x = 1\n+y = 2\n```\n"
    )
    found = apply_edits(read_edits(diff), {"a.py": FILE}.get)
    assert found.texts == {"a.py": FILE.replace('    """Load rows."""\n', ""), "b.py": "x = 1\ny = 2\n"}
    assert show_changes({"a.py": FILE}, found.texts).startswith("--- a/a.py\n+++ b/a.py\n@@")


def _with_wrong_counts(head: str, shift: int) -> str:
    start = int(head.split("-")[1].split(",")[0].split(" ")[0])
    return f"@@ -{max(1, start + shift)},99 +1,99 @@"


lines = st.lists(
    st.sampled_from(["a = 1", "b = 2", "    c = 3", "", "def d():", "    return e", "f(g)"]),
    min_size=1,
    max_size=25,
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(lines, lines, st.integers(-3, 3))
def test_a_diff_of_two_texts_turns_one_into_the_other_though_its_counts_are_wrong(
    old: list[str], new: list[str], shift: int
) -> None:
    before, after = ("".join(f"{number} {line}\n" for number, line in enumerate(text)) for text in (old, new))
    diff = "".join(unified_diff(before.splitlines(True), after.splitlines(True), "a/x.py", "b/x.py"))
    if before == after:
        return
    wrong = "\n".join(
        _with_wrong_counts(line, shift) if line.startswith("@@") else line for line in diff.split("\n")
    )
    assert apply_edits(read_edits(wrong), {"x.py": before}.get).texts["x.py"] == after


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet="ab=<>+-@ \n/.`S", max_size=300))
def test_any_answer_is_read_or_refused(answer: str) -> None:
    for text in (
        answer,
        f"a.py\n<<<<<<< SEARCH\n{answer}\n=======\n{answer}\n>>>>>>> REPLACE\n",
        f"--- a/a.py\n+++ b/a.py\n@@\n{answer}",
    ):
        try:
            apply_edits(read_edits(text), {"a.py": FILE}.get)
        except EditError:
            continue  # refused, and nothing else was raised


def changed(diff: str, **files: str) -> dict[str, str | None]:
    return apply_edits(
        read_edits(diff), {name.replace("_py", ".py"): text for name, text in files.items()}.get
    ).texts


def test_context_that_was_copied_badly_stays_as_the_file_has_it() -> None:
    diff = (
        "--- a/a.py\n+++ b/a.py\n@@ -40,6 +40,6 @@\n def save(path, all_rows):\n"
        '     """Save the rows."""\n     with open(path, "w") as file:\n         for row in rows:\n'
        '-            file.write(",".join(row))\n+            file.write(";".join(row))\n'
    )
    assert changed(diff, a_py=FILE) == {"a.py": FILE.replace('file.write(",".join', 'file.write(";".join')}


def test_a_diff_removes_renames_and_makes_files() -> None:
    head = "diff --git a/a.py b/a.py\ndeleted file mode 100644\n"
    removed = f"{head}--- a/a.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x = 1\n-y = 2\n"
    assert changed(head, a_py="x = 1\n") == {"a.py": None}
    assert changed(removed, a_py="x = 1\ny = 2\n") == {"a.py": None}
    with pytest.raises(EditError, match="leaves lines such as 'z = 3'"):
        changed(removed, a_py="x = 1\ny = 2\nz = 3\n")
    renamed = "diff --git a/a.py b/b.py\nsimilarity index 90%\nrename from a.py\nrename to b.py\n"
    hunk = "--- a/a.py\n+++ b/b.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"
    assert changed(renamed, a_py="x = 1\n") == {"b.py": "x = 1\n", "a.py": None}
    assert changed(renamed + hunk, a_py="x = 1\n") == {"b.py": "x = 2\n", "a.py": None}
    assert changed(hunk, a_py="x = 1\n") == {"b.py": "x = 2\n", "a.py": None}
    with pytest.raises(EditError, match="there already"):
        changed(renamed, a_py="x = 1\n", b_py="")
    assert changed("diff --git a/a.py b/a.py\nnew file mode 100644\nindex 0..1\n") == {"a.py": ""}
    assert show_changes({"a.py": "x\n", "b.py": None}, {"a.py": None, "b.py": "x\n"}) == (
        "--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n--- /dev/null\n+++ b/b.py\n@@ -0,0 +1 @@\n+x\n"
    )


@pytest.mark.parametrize(
    ("before", "after"), [("x\ny", "x\nz\n"), ("x\ny\n", "x\nz"), ("x\r\ny\r\n", "x\r\nz\r\n")]
)
def test_line_ends_and_the_end_of_the_file_are_as_the_diff_says(before: str, after: str) -> None:
    diff = show_changes({"a.py": before}, {"a.py": after})
    assert changed(diff, a_py=before) == {"a.py": after}


def test_a_hunk_that_has_only_empty_lines_around_goes_to_its_line() -> None:
    assert changed("--- a/a.py\n+++ b/a.py\n@@ -2 +2,2 @@\n \n+y\n", a_py="x\n\nz\n") == {
        "a.py": "x\n\ny\nz\n"
    }
    with pytest.raises(EditError, match="give lines of context"):
        changed("--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n \n+y\n", a_py="x\n\nz\n")
