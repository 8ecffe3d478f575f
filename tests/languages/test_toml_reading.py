"""TOML: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_glue, check_kept, check_units

SOURCE = '''\
# /// script
name = "x" # the name
# Tools.
[tool.a]
b = "# no"

[[tool.list]]
c = 1
["quoted key"]
d = """
# no
"""
'''


def test_toml_definitions_are_units() -> None:
    check_units(
        "toml",
        SOURCE,
        """
        3-6 block tool.a
        7-8 block tool.list
        9-12 block quoted key
        """,
    )


def test_toml_comments_are_glue() -> None:
    check_glue(
        "toml",
        SOURCE,
        [
            "# the name",
            "# Tools.",
        ],
    )


def test_toml_comments_that_are_read_are_kept() -> None:
    check_kept(
        "toml",
        SOURCE,
        """
        pragma # /// script
        """,
    )


def test_toml_a_script_block_is_kept_and_tables_of_one_name_are_numbered() -> None:
    check_units(
        "toml",
        "[[a]]\nb = 1\n[[a]]\n",
        """
        1-2 block a
        3-3 block a#2
        """,
    )
