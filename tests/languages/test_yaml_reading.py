"""YAML: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_glue, check_kept, read_text

SOURCE = """\
# yaml-language-server: $schema=x
a: 1 # one
b: |
  # no
  x
# two
c: "# no"
d: [1, # three
  2]
"""


def test_yaml_comments_are_glue() -> None:
    check_glue(
        "yaml",
        SOURCE,
        [
            "# one",
            "# two",
            "# three",
        ],
    )


def test_yaml_comments_that_are_read_are_kept() -> None:
    check_kept(
        "yaml",
        SOURCE,
        """
        pragma # yaml-language-server: $schema=x
        """,
    )


def test_yaml_indentation_that_its_scanner_does_not_survive_is_read_without_a_tree() -> None:
    reading = read_text("yaml", "- " * 400 + "a # b\n")
    assert not reading.parsed
    assert reading.broken
    assert [unit.kind for unit in reading.units] == ["module"]


def test_yaml_a_long_rule_of_dashes_is_ordinary_text() -> None:
    assert read_text("yaml", "a: |\n  " + "-" * 400 + "\nb: 1 # c\n").glue
